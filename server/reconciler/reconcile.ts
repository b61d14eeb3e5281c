import { type Database, type Queries, snapshot } from '../../db/client.ts';
import type { Dispersion } from '../../domain/analysis/tempering.ts';
import { type Evidence, emptyEvidence } from '../../domain/analysis/verdict.ts';
import { desiredServing } from '../../domain/desired-serving.ts';
import { mayHoldGpus, podDemand } from '../../domain/preflight/pod-demand.ts';
import { type Blocker, blocker, DomainError, type Refusal } from '../../domain/refusal.ts';
import type { Advance } from '../../domain/rollout-move.ts';
import { type RolloutStatus, rolloutStatus } from '../../domain/rollout-status.ts';
import { startingReplicas } from '../../domain/service-spec.ts';
import { serviceStatus } from '../../domain/service-status.ts';
import type { DesiredServing, ObservedServing, ServingAction } from '../../domain/serving.ts';
import { plan, planBlockers } from '../../domain/serving-plan.ts';
import { servingStatus } from '../../domain/serving-status.ts';
import { databaseClock } from '../clock.ts';
import type { Cluster } from '../cluster/cluster.ts';
import type { Metrics } from '../metrics/metrics.ts';
import { settlePromotions } from '../promotion-settle.ts';
import type { AnalysisTotals } from './analysis-totals.ts';
import { gatherEvidence } from './evidence.ts';
import { makeRoom, type UnderFreeze, underFreeze } from './follow-freeze.ts';
import { type FollowedKept, followKept } from './follow-kept.ts';
import { followObjectives, type ObjectivePace } from './follow-objectives.ts';
import { type FollowedRails, followRails } from './follow-rails.ts';
import { type Followed, followTakeOver } from './follow-take-over.ts';
import { assertHeld, type Lease } from './lease.ts';
import {
  type LoadedRollout,
  type LoadedService,
  loadService,
  readService,
  type WaitingPromotion,
  withStarted,
} from './load-service.ts';
import { lookAtRoom } from './look-at-room.ts';
import type { MetricsAccess } from './metrics-sources.ts';
import { moveOn } from './move-on.ts';
import { recordStatus } from './record-status.ts';
import { withShortages } from './shortages.ts';
import { stableDispersion } from './stable-dispersion.ts';
import type { StartDispersions } from './start-dispersions.ts';
import { type StartInput, type StartOutcome, startRollout } from './start-rollout.ts';
import { stepHold } from './step-hold.ts';
import { watchService } from './watch-service.ts';
import type { LastKnown } from './without-database.ts';

/** The cluster's last no to a write of a revision, kept so that a deadline can repeat the cluster's own words. */
export type RefusedRevisions = Map<string, { readonly number: number; readonly found: Blocker }>;

/** Everything a pass may touch. */
export type Hands = {
  readonly db: Database;
  readonly cluster: Cluster;
  readonly metricsOf: (access: MetricsAccess) => Metrics;
  readonly lease: Lease;
  /** Read once a pass. */
  readonly clock: (queries: Queries) => Promise<Date>;
  readonly origin: 'live' | 'demo';
  readonly refusedRevisions: RefusedRevisions;
  readonly totals: AnalysisTotals;
  readonly pace: ObjectivePace;
  readonly dispersions: StartDispersions;
  /** Told what a pass decided, for an outage of the database; null when no rollout is active. */
  readonly remember?: (serviceId: string, known: LastKnown | null) => void;
  /** Why nothing may be written in a namespace now; null, and left out, when all may be. */
  readonly mayWrite?: (namespace: string, lease: Lease) => Promise<Blocker | null>;
  /** Told after each commit and each write to the cluster; tests stop the loop here. */
  readonly onWrite?: (what: string) => void;
};

export type Pass = {
  /** When to look again; null when only a change can ask for it, 0 for at once. */
  readonly requeueAfterMs: number | null;
  readonly actions: readonly ServingAction[];
};

const answerLastsMs = 1_000;
/** After a write the cluster answers soon. */
const afterWriteMs = 1_000;
/** A Service at rest is looked at this often, for its charts and for what was changed by hand. */
const atRestMs = 30_000;

/**
 * One pass over one Service: load intent, observe, gather evidence, advance, save progress, plan, apply, record status.
 * Every step before is on record when the next begins, so stopping anywhere loses nothing. Throws LeaseLost when
 * another worker may have taken over, and what the database throws; what the cluster refuses becomes a blocker.
 * `ahead` is the intent where it was read together with the claim.
 */
export async function reconcile(hands: Hands, serviceId: string, ahead?: Intent): Promise<Pass> {
  const { db } = hands;
  const { now, found } =
    ahead ?? (await snapshot(db, (queries) => readIntent(queries, { ...hands, serviceId })));
  if (found === null) return { requeueAfterMs: null, actions: [] };
  if (isWatched(found)) return await watchService(hands, found, now);
  const forbidden = askable(() => writesForbidden(hands, found));
  const told = askable(() => hands.cluster.observe(found.serving.scope));
  // A start changes nothing of what is seen, so that is asked while the database stores it.
  const onSent = () => {
    forbidden.ahead();
    told.ahead();
  };
  const { loaded, refused } = await startApproved(hands, found, { now, onSent });
  if (loaded === null) return { requeueAfterMs: null, actions: [] };
  const first = await observe(hands, loaded, { told: told.ask(), forbidden: forbidden.ask() });
  const onWrite = hands.onWrite ?? (() => undefined);
  const metrics = hands.metricsOf(loaded.metrics);
  const measure = () => gatherEvidence({ ...hands, metrics }, { loaded, now, onWrite });
  const { active } = loaded;
  // A slow metrics source must hold up neither a start nor a way back: those are decided without it, and measured after.
  const before = needsEvidence(active) ? await measure() : null;
  const evidence = before ?? unmeasured(active);
  const hold = active === null ? null : await stepHold(db, { active, observed: first.observed }, now);
  const seen = { observed: first.observed, evidence, hold };
  const observeAgain = async () => {
    const told = hands.cluster.observe(loaded.serving.scope);
    return (await observe(hands, loaded, { told, forbidden: writesForbidden(hands, loaded) })).observed;
  };
  const moved = active === null ? null : await moveOn(hands, { loaded, active, seen, observeAgain, now });
  if (active !== null && moved === null) return { requeueAfterMs: 0, actions: [] };
  const advance = moved?.advance ?? null;
  const after = moved?.active ?? null;
  const observed = moved?.observed ?? first.observed;
  const kept = await followKept(hands, { loaded, active: after, now });
  const own = desiredServing(loaded.serving, after, kept.revision);
  const takeOver = await followTakeOver(hands, { loaded, own, observed, now });
  if (takeOver === null) return { requeueAfterMs: 0, actions: [] };
  const managed = loaded.row.mode === 'managed';
  const freeze = await underFreeze(hands, { loaded, active: after, desired: takeOver.desired, observed });
  const { desired } = freeze;
  if (active !== null && advance?.progress.endedAt !== null) hands.totals.forget(active.row.id);
  hands.remember?.(
    serviceId,
    active === null || first.forbidden || advance?.progress.endedAt !== null
      ? null
      : { desired, rollout: active.rollout },
  );
  const actions = managed ? plan(desired, observed) : [];
  await makeRoom(hands, { loaded, freeze, actions });
  const problem = await applyAll(hands, desired, actions);
  const measured = before ?? (desired.revisions.length > 0 ? await measure() : null);
  const watchesRails = active === null && managed && !first.forbidden && observed.fresh && measured !== null;
  const rails = watchesRails
    ? await followRails(hands, { loaded, metrics, sourceProblem: measured.sourceProblem, now })
    : null;
  if (rails?.rolledBack) return { requeueAfterMs: 0, actions };
  await followObjectives(hands, { row: loaded.row, now });
  const looks = { observed, desired, freeze, takeOver, kept, evidence, rails };
  const situation = { loaded, refused, ...looks, advance, actions, problem, now };
  const requeueAfterMs = requeue(situation);
  const { lease, origin } = hands;
  const recording = { lease, loaded, now, origin, requeueAfterMs, ...statuses(situation) };
  await recordStatus(db, { ...recording, metricsProblem: metricsProblem(loaded, measured) });
  onWrite('status');
  const databaseNow = origin === 'demo' ? now : await databaseClock(db);
  await settlePromotions(db, { serviceId, now: databaseNow, origin });
  return { requeueAfterMs, actions };
}

/** What is wanted of a Service, null when there is none, and when that was read. */
export type Intent = { readonly now: Date; readonly found: LoadedService | null };

/** Reads what a pass begins with, inside a snapshot of the caller's. */
export async function readIntent(
  queries: Queries,
  { serviceId, clock }: Pick<Hands, 'clock'> & { readonly serviceId: string },
): Promise<Intent> {
  const [now, found] = await Promise.all([clock(queries), readService(queries, serviceId)]);
  return { now, found };
}

/** Others write its objects. A service that is being rolled out is not among them, whatever its mode. */
function isWatched({ row, active }: LoadedService): boolean {
  return row.mode === 'watched' && row.adoption !== null && active === null;
}

/**
 * What the cluster holds. Where nothing may be written, because the cluster is another one or the namespace another
 * Fairlead's, what is seen there is not the state of our service: it counts as unread, so nothing is decided by it.
 */
async function observe(
  hands: Hands,
  { row, serving: { scope } }: LoadedService,
  asked: { readonly told: Promise<ObservedServing>; readonly forbidden: Promise<Blocker | null> },
): Promise<{ observed: ObservedServing; forbidden: boolean }> {
  const [told, found] = await Promise.all([
    asked.told.then((observed) => withShortages(hands.db, scope, observed)),
    asked.forbidden,
  ]);
  if (found) return { observed: { ...told, fresh: false, blockers: [found] }, forbidden: true };
  return { observed: withRefusal(told, hands.refusedRevisions.get(row.id)), forbidden: false };
}

/** Why nothing may be written in the namespace of a managed service now; null when all may be. */
async function writesForbidden(
  { mayWrite, lease }: Hands,
  { row, serving }: LoadedService,
): Promise<Blocker | null> {
  if (row.mode !== 'managed' || mayWrite === undefined) return null;
  return await mayWrite(serving.scope.namespace, lease);
}

/**
 * What can be asked ahead, once what goes out to the database now is out, and is then there when it is needed; an answer
 * that has waited for long is asked for again.
 */
function askable<T>(ask: () => Promise<T>): { ahead(): void; ask(): Promise<T> } {
  let early: { readonly atMs: number; readonly answer: Promise<T> } | null = null;
  const ahead = () => {
    early = { atMs: performance.now(), answer: ask() };
    // Whoever takes the answer hears of its failure.
    early.answer.catch(() => undefined);
  };
  return {
    ahead: () => void setImmediate(ahead),
    ask: () => (early !== null && performance.now() - early.atMs < answerLastsMs ? early.answer : ask()),
  };
}

/** Why the metrics source gave nothing; undefined when it was not asked, or there is none. */
function metricsProblem({ metrics }: LoadedService, measured: Evidence | null): string | null | undefined {
  return measured === null || metrics.source.kind === 'none' ? undefined : measured.sourceProblem;
}

function needsEvidence(active: LoadedRollout | null): boolean {
  if (active === null || active.rollout.intent.goal !== 'complete') return false;
  const { phase } = active.rollout.progress;
  return phase === 'stepping' || phase === 'finishing';
}

function unmeasured(active: LoadedRollout | null): Evidence {
  return emptyEvidence(active?.row ?? { phi: 1, phiBackedByHistory: false }, null);
}

/** Starts the oldest approved promotion when no rollout is active; for one that waits for signatures it measures ahead. */
async function startApproved(
  hands: Hands,
  loaded: LoadedService,
  { now, onSent }: { readonly now: Date; readonly onSent: () => void },
): Promise<{ loaded: LoadedService | null; refused: Refusal | Blocker | null }> {
  if (loaded.waiting === null || loaded.row.mode !== 'managed') return { loaded, refused: null };
  const { db, lease, origin } = hands;
  const { waiting: approved } = loaded;
  if (approved.state === 'open') {
    void dispersionOf(hands, loaded, { waiting: approved, now }).catch(() => undefined);
    return { loaded, refused: null };
  }
  const start = { lease, promotion: approved, now, origin, onSent };
  const templates = [approved.podTemplate, loaded.serving.stable?.podTemplate].filter(
    (template) => template !== undefined,
  );
  if (templates.some((template) => mayHoldGpus(podDemand(template)))) await lookAtRoom(hands);
  // What was refused may be refused for days, so it is asked before anything is measured for it.
  const asked = approved.waits ? await startRollout(db, { ...start, dispersion: () => null }) : null;
  const starting =
    asked === null || asked.kind === 'ready'
      ? startMeasured(db, start, dispersionOf(hands, loaded, { waiting: approved, now }))
      : asked;
  if (asked === null)
    // While the database judges, which has to be asked first.
    setImmediate(() => hands.cluster.foresee?.(loaded.serving.scope, approved.revisionNumber));
  const outcome = await starting;
  hands.onWrite?.(`start ${outcome.kind}`);
  if (outcome.kind === 'started') hands.dispersions.forget(loaded.row.id);
  if (outcome.kind === 'refused') return { loaded, refused: outcome.refusal };
  const started =
    outcome.kind === 'started'
      ? await withStarted(db, loaded, outcome)
      : await loadService(db, loaded.row.id);
  return { loaded: started, refused: null };
}

/** Measures while the start is judged; a source that is slower than that holds no lock, and the start is judged again. */
async function startMeasured(
  db: Database,
  start: Omit<StartInput, 'dispersion'>,
  measuring: Promise<Dispersion>,
): Promise<StartOutcome> {
  let measured: Dispersion | null = null;
  const kept = measuring.then((found) => {
    measured = found;
    return found;
  });
  // Where the start is refused nobody asks for it any more.
  kept.catch(() => undefined);
  const outcome = await startRollout(db, { ...start, dispersion: () => measured });
  if (outcome.kind !== 'ready') return outcome;
  const found = await kept;
  return await startRollout(db, { ...start, dispersion: () => found });
}

async function dispersionOf(
  hands: Hands,
  loaded: LoadedService,
  { waiting, now }: { waiting: Pick<WaitingPromotion, 'id' | 'plan'>; now: Date },
): Promise<Dispersion> {
  const { stable, scope } = loaded.serving;
  if (stable === null) return { phi: 1, backedByHistory: false, df: 0 };
  const measure = () =>
    stableDispersion(hands.metricsOf(loaded.metrics), {
      scope,
      stableNumber: stable.number,
      canaryPodCount: startingReplicas(stable.scaling),
      plan: waiting.plan,
      now,
    });
  const key = `${waiting.id} ${stable.number}`;
  return await hands.dispersions.prepare(loaded.row.id, key, { now, measure });
}

/** A revision that the cluster refused does not exist, but why is known. */
function withRefusal(
  observed: ObservedServing,
  refused: { number: number; found: Blocker } | undefined,
): ObservedServing {
  if (refused === undefined || !observed.fresh) return observed;
  if (observed.revisions.some((revision) => revision.number === refused.number)) return observed;
  const absent = {
    number: refused.number,
    owned: true,
    specDigest: null,
    scaling: null,
    complete: false,
    desiredReplicas: 0,
    readyReplicas: 0,
    settled: false,
    ready: false,
    blockers: [refused.found],
  };
  return { ...observed, revisions: [...observed.revisions, absent] };
}

/** Does the planned writes in order and stops at the first no, which it returns as a blocker; null when all were done. */
async function applyAll(
  { cluster, lease, refusedRevisions, onWrite }: Hands,
  { scope, generation }: DesiredServing,
  actions: readonly ServingAction[],
): Promise<Blocker | null> {
  for (const action of actions) {
    assertHeld(lease);
    try {
      await cluster.apply(scope, action, { epoch: lease.epoch, generation });
    } catch (error) {
      if (!(error instanceof DomainError)) throw error;
      const found = blocker({ ...error.refusal, owner: 'the cluster' });
      if (action.kind === 'applyRevision')
        refusedRevisions.set(scope.serviceId, { number: action.revision.number, found });
      return found;
    }
    if (action.kind === 'applyRevision') refusedRevisions.delete(scope.serviceId);
    onWrite?.(action.kind);
  }
  return null;
}

type Situation = {
  readonly loaded: LoadedService;
  readonly observed: ObservedServing;
  readonly desired: DesiredServing;
  readonly freeze: UnderFreeze;
  readonly takeOver: Followed;
  readonly kept: FollowedKept;
  readonly evidence: Evidence;
  readonly advance: Advance | null;
  readonly actions: readonly ServingAction[];
  readonly problem: Blocker | null;
  readonly rails: FollowedRails | null;
  /** Why the approved promotion was not started in this pass; null when none was refused. */
  readonly refused: Refusal | Blocker | null;
  readonly now: Date;
};

function requeue(situation: Situation): number | null {
  const { loaded, advance, takeOver, kept, rails, actions, problem, desired, observed } = situation;
  const waits = advance?.requeueAfterMs ?? null;
  const nothingThere = desired.revisions.length === 0 && observed.fresh && observed.revisions.length === 0;
  const rest = loaded.active === null && nothingThere ? null : atRestMs;
  const candidates = [
    waits,
    takeOver.requeueAfterMs,
    kept.requeueAfterMs,
    rails?.requeueAfterMs ?? null,
    rest,
    startAgainMs(situation),
    actions.length > 0 ? afterWriteMs : null,
  ].filter((ms) => ms !== null);
  if (advance !== null && advance.requeueAfterMs === null) candidates.push(afterWriteMs);
  if (candidates.length === 0) return null;
  const soonest = Math.min(...candidates);
  return problem === null ? soonest : Math.max(afterWriteMs, soonest);
}

/** A start that was refused is tried again, at the latest when its wait ends by itself; null when none waits. */
function startAgainMs({ loaded, refused, now }: Situation): number | null {
  if (loaded.active !== null || loaded.waiting?.state !== 'approved') return null;
  const until = refused !== null && 'until' in refused ? refused.until : null;
  if (until === null) return atRestMs;
  return Math.min(atRestMs, Math.max(afterWriteMs, Date.parse(until) - now.getTime()));
}

function statuses(situation: Situation): {
  service: ReturnType<typeof serviceStatus>;
  rollout: RolloutStatus | null;
} {
  const { loaded, observed, desired, freeze, takeOver, evidence, advance, actions, problem } = situation;
  const { active } = loaded;
  const writes = [
    ...planBlockers(desired, observed),
    ...freeze.blockers,
    ...(problem === null ? [] : [problem]),
  ];
  const ended = advance !== null && advance.requeueAfterMs === null;
  const stable = advance?.progress.phase === 'succeeded' ? active?.to : loaded.serving.stable;
  const service = serviceStatus({
    desired,
    observed,
    activeRolloutId: ended ? null : (active?.row.id ?? null),
    stableNumber: stable?.number ?? null,
    pendingWrites: actions.length,
    blockers: distinct([...writes, ...takeOver.blockers, ...(advance?.blockers ?? [])]),
  });
  if (active === null || advance === null) return { service, rollout: null };
  const serving = servingStatus(desired, observed);
  const blockers = ended ? [] : distinct([...advance.blockers, ...writes]);
  const { results, notes, progress } = advance;
  return { service, rollout: rolloutStatus({ progress, serving, evidence, results, notes, blockers }) };
}

function distinct(blockers: readonly Blocker[]): Blocker[] {
  return [...new Map(blockers.map((found) => [`${found.code} ${found.message}`, found])).values()];
}
