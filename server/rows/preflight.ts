import type { Queries, Transaction } from '../../db/client.ts';
import type { BudgetUnit } from '../../domain/budget/budget-schema.ts';
import {
  anyProduct,
  type Envelope,
  extraOf,
  type GpuAmounts,
  heldOf,
  needsNoGpu,
} from '../../domain/envelope/envelope.ts';
import { type RevisionLoad, runEnvelope } from '../../domain/envelope/run-envelope.ts';
import { resolvedPodTemplate } from '../../domain/pod-template.ts';
import type { PreflightCheck } from '../../domain/preflight/check.ts';
import { checkBudget } from '../../domain/preflight/check-budget.ts';
import { withClaims } from '../../domain/preflight/claim-template.ts';
import { inUnit } from '../../domain/preflight/money-of.ts';
import { mayHoldGpus, type PodDemand, podDemand } from '../../domain/preflight/pod-demand.ts';
import { priceAgeCheck } from '../../domain/preflight/price-age.ts';
import type { RateMode } from '../../domain/price/rates.ts';
import type { RolloutPlan } from '../../domain/rollout-plan.ts';
import { startingReplicas } from '../../domain/service-spec.ts';
import { lockBudgets } from './budget-rows.ts';
import {
  type BudgetState,
  budgetStates,
  budgetsById,
  countedBudgetIds,
  countsWork,
} from './counted-budgets.ts';
import { type GpuPrices, gpuPrices } from './gpu-rates.ts';
import { currencyOf } from './price-entries.ts';
import type { RevisionRecord } from './revision-record.ts';
import { lockRoom, type Room, roomOf } from './room.ts';
import { roomChecks } from './room-checks.ts';
import type { ServiceRecord } from './service-record.ts';

export type PreflightAsk = {
  readonly record: ServiceRecord;
  readonly from: RevisionRecord | null;
  readonly to: RevisionRecord;
  readonly plan: RolloutPlan;
  readonly firstStepIndex: number;
  /** On the cluster's clock. */
  readonly now: Date;
};

type BudgetHold = {
  readonly budgetId: string;
  readonly unit: BudgetUnit;
  readonly rateMode: RateMode;
  readonly amount: bigint;
};

export type Preflight = {
  readonly envelope: Envelope;
  readonly checks: readonly PreflightCheck[];
  /** What it would hold of each budget; a budget of money that knows no price holds nothing. */
  readonly holds: readonly BudgetHold[];
  /** The look at the cluster that the checks rest on; null when there is none. */
  readonly room: Room | null;
  readonly prices: GpuPrices | null;
  /** Budgets that count it, with what is wanted of each. */
  readonly counted: readonly { readonly state: BudgetState; readonly wanted: bigint | null }[];
};

/** Replicas, the most of them where an autoscaler acts, and GPUs of each. */
function loadOf({ scaling }: ServiceRecord, demand: PodDemand): RevisionLoad {
  const replicas = scaling.kind === 'fixed' ? scaling.replicas : scaling.maxReplicas;
  return {
    replicas,
    milliGpuPerPod: demand.milliGpu === 0 ? {} : { [demand.product ?? anyProduct]: demand.milliGpu },
  };
}

/** What a revision runs, as far as its pods show it. */
type Runs = Pick<RevisionRecord, 'spec'> & { readonly version: Parameters<typeof resolvedPodTemplate>[1] };

function demandOf({ spec, version }: Runs): PodDemand {
  return podDemand(resolvedPodTemplate(spec, version));
}

/** The GPUs of a rollout over its plan; claims count by what was last seen of their templates. */
function envelopeOf(
  { record, from, to, plan, firstStepIndex }: Omit<PreflightAsk, 'now'>,
  room: Room | null,
): Envelope {
  const load = (revision: RevisionRecord) =>
    loadOf(record, withClaims(demandOf(revision), room?.namespace.claimTemplates ?? null));
  return runEnvelope({
    plan,
    from: from === null ? null : load(from),
    to: load(to),
    firstStepIndex,
  });
}

const productsOf = ({ before, after }: Envelope): string[] => [
  ...new Set([...Object.keys(before), ...Object.keys(after)]),
];

/** Whether neither revision takes a GPU, told without running the rollout. */
export function asksForNoGpu({ from, to }: { readonly from: Runs | null; readonly to: Runs }): boolean {
  return [from, to].every((revision) => revision === null || !mayHoldGpus(demandOf(revision)));
}

function workOf({ record, to }: PreflightAsk, envelope: Envelope) {
  return {
    projectId: record.row.projectId,
    environmentId: record.environment.id,
    modelId: to.version.modelId,
    products: productsOf(envelope),
  };
}

/**
 * Keeps every other start away from what this one counts, until the transaction ends: the budgets with all their ancestors
 * by id, then the namespace and the GPU products of the cluster.
 */
export async function lockForStart(tx: Transaction, ask: PreflightAsk): Promise<void> {
  // Which products it touches is the same whatever their amounts are; an unread claim touches one at least.
  const envelope = envelopeOf(ask, null);
  const { clusterId, namespace } = ask.record.environment;
  await lockBudgets(tx, await countedBudgetIds(tx, workOf(ask, envelope)));
  await lockRoom(tx, { clusterId, namespace, products: productsOf(envelope) });
}

/** Every check of a rollout by what the database knows now; none, and no holds, for one that touches no GPU. */
export async function preflight(queries: Queries, ask: PreflightAsk): Promise<Preflight> {
  const room = await roomOf(queries, ask.record.environment);
  const envelope = envelopeOf(ask, room);
  if (needsNoGpu(envelope)) return { envelope, checks: [], holds: [], room, prices: null, counted: [] };
  const prices = await gpuPrices(queries, {
    clusterId: ask.record.environment.clusterId,
    products: productsOf(envelope),
    now: ask.now,
  });
  const money = await budgetChecks(queries, ask, { envelope, prices });
  const asked = {
    namespace: ask.record.environment.namespace,
    workload: `${ask.record.row.name}-r${ask.to.number}`,
    pods: startingReplicas(ask.record.scaling),
    demand: withClaims(demandOf(ask.to), room?.namespace.claimTemplates ?? null),
  };
  const checks = [
    ...(room === null
      ? []
      : await roomChecks(queries, room, { asked, clusterId: ask.record.environment.clusterId })),
    ...money.checks,
    ...reserveCheck(envelope),
  ];
  return { envelope, checks, holds: money.holds, room, prices, counted: money.counted };
}

type Known = { readonly envelope: Envelope; readonly prices: GpuPrices };

async function budgetChecks(
  queries: Queries,
  ask: PreflightAsk,
  { envelope, prices }: Known,
): Promise<Pick<Preflight, 'checks' | 'holds' | 'counted'>> {
  const work = workOf(ask, envelope);
  const rows = await budgetsById(queries, await countedBudgetIds(queries, work));
  const states = await budgetStates(queries, rows, ask.now);
  const currency = await currencyOf(queries);
  const counted = states
    .filter(({ budget }) => countsWork(budget.scope, work))
    .map((state) => ({ state, wanted: wantedOf(state, { envelope, prices }) }));
  const checks = counted.flatMap(({ state, wanted }) =>
    checkBudget(
      {
        ...state.budget,
        amount: state.amount,
        actual: state.actual,
        held: state.held,
        expected: state.expected,
        wanted,
        steadyMore: steadyMore(state, { envelope, prices, now: ask.now }),
      },
      currency,
    ),
  );
  const countsMoney = counted.some(({ state }) => state.budget.unit === 'currency');
  return {
    checks: [...checks, ...(countsMoney ? priceAgeCheck(prices.entries, ask.now) : [])],
    holds: counted.map(({ state: { budget }, wanted }) => ({
      budgetId: budget.id,
      unit: budget.unit,
      rateMode: budget.settings.rateMode,
      amount: wanted ?? 0n,
    })),
    counted,
  };
}

function ofProduct<Amount>(
  amounts: Readonly<Record<string, Amount>>,
  product: string | null,
): Record<string, Amount> {
  return Object.fromEntries(
    Object.entries(amounts).filter(([name]) => product === null || name === product || name === anyProduct),
  );
}

/** What the rollout would hold of the budget at its start. */
function wantedOf({ budget }: BudgetState, { envelope, prices }: Known): bigint | null {
  const held = heldOf(envelope, { phase: 'starting', stepIndex: 0 });
  return inUnit(ofProduct(held, budget.scope.gpuProduct), {
    unit: budget.unit,
    rates: prices.rateOf(budget.settings.rateMode),
  });
}

const rollingOutlookMs = 72 * 3_600_000;

/** What the revision after it takes more than the one before, from the end of the plan to the end of the period. */
function steadyMore(
  { budget, toAt }: BudgetState,
  { envelope, prices, now }: Known & { readonly now: Date },
): bigint | null {
  const planMs = envelope.parts.reduce((sum, { ms }) => sum + ms, 0);
  const endMs = toAt?.getTime() ?? now.getTime() + rollingOutlookMs;
  const leftMs = Math.max(0, endMs - now.getTime() - planMs);
  const over = (amounts: GpuAmounts) =>
    inUnit(
      ofProduct(
        extraOf([{ phase: 'finishing', stepIndex: 0, ms: leftMs, milliGpu: amounts }], {}),
        budget.scope.gpuProduct,
      ),
      { unit: budget.unit, rates: prices.rateOf(budget.settings.rateMode) },
    );
  const [before, after] = [over(envelope.before), over(envelope.after)];
  return before === null || after === null ? null : after - before;
}

/** The way back is funded with the way there: how much of the hold it is. */
function reserveCheck(envelope: Envelope): PreflightCheck[] {
  const reserve = Object.values(extraOf(envelope.rollBack, envelope.after)).reduce(
    (sum, part) => sum + part,
    0n,
  );
  if (reserve === 0n) return [];
  const hours = Number(reserve) / 3_600_000;
  return [
    {
      kind: 'rollBackReserve',
      subject: '',
      verdict: 'PASS',
      sentence: `Until it has ended the old revision stays at full size; ${hours.toFixed(1)} GPU-hours are held for bringing it back right after that.`,
      figures: { gpuHours: Number(hours.toFixed(1)) },
      fix: null,
    },
  ];
}
