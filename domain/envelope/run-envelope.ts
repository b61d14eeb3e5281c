import type { Evidence } from '../analysis/verdict.ts';
import { desiredServing } from '../desired-serving.ts';
import { endedPhases, type Rollout } from '../rollout.ts';
import { type Advance } from '../rollout-move.ts';
import { type RolloutPlan, rollBackPlan } from '../rollout-plan.ts';
import { advanceRollout } from '../rollout-progress.ts';
import { recordingLeftMs } from '../rollout-recording.ts';
import { rolloutWeights } from '../rollout-weights.ts';
import type { DesiredRevision, ServingScope } from '../serving.ts';
import { plan as planWrites } from '../serving-plan.ts';
import type { Envelope, EnvelopePart, GpuAmounts } from './envelope.ts';
import { IdealCluster } from './ideal-cluster.ts';

/** What a revision takes at full size: its replicas (the most of them where an autoscaler acts) and milli-GPU of each. */
export type RevisionLoad = { readonly replicas: number; readonly milliGpuPerPod: GpuAmounts };

type Asked = {
  readonly plan: RolloutPlan;
  /** Null for a service's first revision. */
  readonly from: RevisionLoad | null;
  readonly to: RevisionLoad;
  /** Step that it begins with; later than 0 for a retry. */
  readonly firstStepIndex?: number;
  /** From a revision's first write until all its replicas are ready; the most that the plan allows unless given. */
  readonly startupMs?: number;
};

/**
 * The GPUs of a rollout over its plan, found by running the loop's own `advanceRollout` and `plan` over a cluster where
 * everything goes well: each step takes its least time and no check finds harm.
 */
export function runEnvelope(asked: Asked): Envelope {
  // A revision that is not ready by then is taken away.
  const startupMs = Math.min(asked.startupMs ?? Number.POSITIVE_INFINITY, asked.plan.progressDeadlineMs);
  const { plan, from, to, firstStepIndex = 0 } = asked;
  const parts = run({ plan, from, to, firstStepIndex, startupMs });
  const back =
    from === null ? [] : run({ plan: rollBackPlan(plan), from: to, to: from, firstStepIndex: 0, startupMs });
  return {
    schema: 1,
    before: from === null ? {} : sizeOf(from),
    after: sizeOf(to),
    parts,
    rollBack: back,
    longestMs: longestMs({ ...asked, firstStepIndex, startupMs }),
  };
}

/** The same run with every step at its deadline. */
function longestMs(asked: Required<Asked>): number {
  const steps = asked.plan.steps.map((step) => ({ ...step, minimumMs: step.deadlineMs }));
  return run({ ...asked, plan: { ...asked.plan, steps } }).reduce((sum, { ms }) => sum + ms, 0);
}

/** What a revision takes at full size, by product. */
function sizeOf({ replicas, milliGpuPerPod }: RevisionLoad): GpuAmounts {
  return Object.fromEntries(
    Object.entries(milliGpuPerPod)
      .map(([product, amount]) => [product, amount * replicas] as const)
      .filter(([, amount]) => amount > 0),
  );
}

const scope: ServingScope = {
  projectId: '',
  serviceId: '',
  serviceName: '',
  clusterId: '',
  namespace: '',
  gateway: { name: '', namespace: '' },
  hostnames: [],
  pathPrefix: '/',
  port: 80,
};
const [oldNumber, newNumber] = [1, 2];

function revisionOf(number: number, { replicas }: RevisionLoad): DesiredRevision {
  return {
    number,
    revisionId: String(number),
    modelVersionId: String(number),
    specDigest: String(number),
    podTemplate: { spec: { containers: [{ name: 'server', image: 'server' }] } },
    port: 80,
    scaling: { kind: 'fixed', replicas },
  };
}

/** More turns than any plan of twenty steps takes. */
const mostTurns = 1_000;

function run({ plan, from, to, firstStepIndex, startupMs }: Required<Asked>): EnvelopePart[] {
  const loads = new Map([[newNumber, to], ...(from === null ? [] : [[oldNumber, from] as const])]);
  const revisions = {
    from: from === null ? null : revisionOf(oldNumber, from),
    to: revisionOf(newNumber, to),
  };
  const cluster = new IdealCluster(startupMs);
  if (revisions.from !== null) cluster.serves(revisions.from, 0);
  let rollout = starting({ plan, firstStepIndex, isFirst: from === null });
  const parts: EnvelopePart[] = [];
  let nowMs = 0;
  for (let turn = 0; turn < mostTurns; turn += 1) {
    const observed = cluster.observe(nowMs);
    const advance = advanceRollout(
      rollout,
      { observed, evidence: flawless(rollout, nowMs) },
      new Date(nowMs),
    );
    const moved =
      advance.transitions.length > 0 || advance.progress.acceptedAt !== rollout.progress.acceptedAt;
    const effective = advance.progress.effectiveAt !== rollout.progress.effectiveAt;
    rollout = recorded({ ...rollout, progress: advance.progress }, nowMs);
    if (endedPhases.includes(rollout.progress.phase)) return parts;
    const service = { scope, generation: 1, stable: revisions.from };
    const writes = planWrites(desiredServing(service, { rollout, ...revisions }), observed);
    for (const action of writes) cluster.apply(action, nowMs);
    if (moved || effective || writes.length > 0) continue;
    const untilMs = nextLook(advance, cluster, nowMs);
    add(parts, rollout, { ms: untilMs - nowMs, milliGpu: heldBy(cluster, loads) });
    nowMs = untilMs;
  }
  throw new Error('A rollout where everything goes well did not end.');
}

function starting({
  plan,
  firstStepIndex,
  isFirst,
}: {
  plan: RolloutPlan;
  firstStepIndex: number;
  isFirst: boolean;
}): Rollout {
  return {
    id: '',
    serviceId: '',
    fromNumber: isFirst ? null : oldNumber,
    toNumber: newNumber,
    // Checks that find nothing decide nothing; what holds a step are its least time and its requests.
    plan: { ...plan, checks: [] },
    firstStepIndex,
    isWayBack: false,
    recordedAt: null,
    generation: 1,
    intent: { goal: 'complete', pausedAt: null, promotedAt: null, continuedStep: null, keepUntil: null },
    progress: {
      phase: 'starting',
      stepIndex: 0,
      stepStartedAt: new Date(0),
      acceptedAt: null,
      effectiveAt: null,
      heldAt: null,
      fullAt: null,
      endedAt: null,
      failure: null,
      weightOffAt: null,
      passedSteps: 0,
    },
  };
}

function recorded(rollout: Rollout, nowMs: number): Rollout {
  const now = new Date(nowMs);
  return recordingLeftMs(rollout, now) === null ? rollout : { ...rollout, recordedAt: now };
}

/** As many requests as any step asks for, split as the weights say, measured this very moment. */
function flawless(rollout: Rollout, nowMs: number): Evidence {
  const weights = rolloutWeights(rollout);
  const requests = 1_000_000_000;
  const nCanary = ((weights[newNumber] ?? 0) / 100) * requests;
  const split = { nCanary, nStable: requests - nCanary };
  return {
    requests: { ...split, stepNCanary: requests, newestAt: new Date(nowMs + 1) },
    checks: [],
    split: { nCanary: Math.round(nCanary / 1_000_000), nStable: Math.round(split.nStable / 1_000_000) },
    phi: 1,
    phiBackedByHistory: true,
    sourceProblem: null,
  };
}

/** When the next pass can find anything new: the cluster's own change or the end of what it waits for. */
function nextLook(advance: Advance, cluster: IdealCluster, nowMs: number): number {
  const change = cluster.nextChangeMs(nowMs);
  const ends = advance.blockers
    .map(({ until }) => (until === null ? Number.NaN : Date.parse(until)))
    .filter((at) => at > nowMs);
  const times = [...ends, ...(change === null ? [] : [change])];
  return times.length === 0 ? nowMs + Math.max(1, advance.requeueAfterMs ?? 1) : Math.min(...times);
}

function heldBy(cluster: IdealCluster, loads: ReadonlyMap<number, RevisionLoad>): GpuAmounts {
  const held: Record<string, number> = {};
  for (const number of cluster.revisions.keys()) {
    const load = loads.get(number);
    if (load === undefined) continue;
    for (const [product, amount] of Object.entries(sizeOf(load)))
      held[product] = (held[product] ?? 0) + amount;
  }
  return held;
}

function add(
  parts: EnvelopePart[],
  { progress }: Rollout,
  stretch: Pick<EnvelopePart, 'ms' | 'milliGpu'>,
): void {
  const { phase, stepIndex } = progress;
  if (phase !== 'starting' && phase !== 'stepping' && phase !== 'finishing') return;
  const last = parts.at(-1);
  const same =
    last?.phase === phase &&
    last.stepIndex === stepIndex &&
    JSON.stringify(last.milliGpu) === JSON.stringify(stretch.milliGpu);
  if (same) parts[parts.length - 1] = { ...last, ms: last.ms + stretch.ms };
  else parts.push({ phase, stepIndex, ...stretch });
}
