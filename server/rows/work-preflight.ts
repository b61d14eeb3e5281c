import type { Queries, Transaction } from '../../db/client.ts';
import { anyProduct } from '../../domain/envelope/envelope.ts';
import type { PreflightCheck } from '../../domain/preflight/check.ts';
import { checkBudget } from '../../domain/preflight/check-budget.ts';
import { withClaims } from '../../domain/preflight/claim-template.ts';
import { inUnit } from '../../domain/preflight/money-of.ts';
import { podDemand } from '../../domain/preflight/pod-demand.ts';
import { priceAgeCheck } from '../../domain/preflight/price-age.ts';
import type { WorkDemand } from '../../domain/retrain/template.ts';
import { lockBudgets } from './budget-rows.ts';
import { budgetStates, budgetsById, countedBudgetIds, countsWork } from './counted-budgets.ts';
import { gpuPrices } from './gpu-rates.ts';
import { currencyOf } from './price-entries.ts';
import type { RetrainPlace } from './retrain-place.ts';
import { lockRoom, type Room, roomOf } from './room.ts';
import { roomChecks } from './room-checks.ts';

export type WorkAsk = {
  readonly place: RetrainPlace;
  readonly modelId: string;
  readonly demand: WorkDemand;
  /** Name of the object, as the owner of its pods. */
  readonly name: string;
  /** On the cluster's clock. */
  readonly now: Date;
};

export type WorkPreflight = {
  readonly checks: readonly PreflightCheck[];
  /** What it would hold of each budget until its deadline. */
  readonly holds: readonly { readonly budgetId: string; readonly amount: bigint }[];
  /** The look at the cluster that the checks rest on; null when there is none. */
  readonly room: Room | null;
};

/** Milli-GPU of all its pods together, claims by what was last seen of their templates, and the product that they are pinned to. */
export function workGpus(
  { podTemplate, pods, declared }: WorkDemand,
  room: Room | null,
): { milliGpu: number; product: string } {
  if (podTemplate === null)
    return { milliGpu: declared.gpus * 1_000, product: declared.product ?? anyProduct };
  const { milliGpu, product } = withClaims(podDemand(podTemplate), room?.namespace.claimTemplates ?? null);
  return { milliGpu: milliGpu * pods, product: product ?? anyProduct };
}

const workOf = ({ place, modelId, demand }: WorkAsk) => ({
  projectId: place.projectId,
  environmentId: place.environmentId,
  modelId,
  products: [workGpus(demand, null).product],
});

/** Keeps every other start away from what this one counts until the transaction ends, in the order in which rollouts lock. */
export async function lockForWork(tx: Transaction, ask: WorkAsk): Promise<void> {
  const { clusterId, namespace } = ask.place;
  const work = workOf(ask);
  await lockBudgets(tx, await countedBudgetIds(tx, work));
  await lockRoom(tx, { clusterId, namespace, products: work.products });
}

/** Every check of a training that takes GPUs, by what the database knows now: money by its deadline, and room. */
export async function workPreflight(queries: Queries, ask: WorkAsk): Promise<WorkPreflight> {
  const { place, demand, name } = ask;
  const { clusterId, namespace } = place;
  const room = await roomOf(queries, { clusterId, namespace });
  const money = await budgetChecks(queries, ask, room);
  // Only its controller knows the pods of another kind, so for one that is no Job there is nothing to place.
  if (room === null || demand.podTemplate === null) return { ...money, room };
  const asked = {
    namespace,
    workload: name,
    pods: demand.pods,
    demand: withClaims(podDemand(demand.podTemplate), room.namespace.claimTemplates),
  };
  return {
    ...money,
    room,
    checks: [...(await roomChecks(queries, room, { asked, clusterId })), ...money.checks],
  };
}

const fewer = 'Raise the budget, wait for its next period, or train with fewer GPUs or an earlier deadline.';

async function budgetChecks(
  queries: Queries,
  ask: WorkAsk,
  room: Room | null,
): Promise<Omit<WorkPreflight, 'room'>> {
  const { place, demand, now } = ask;
  const work = workOf(ask);
  const { milliGpu, product } = workGpus(demand, room);
  const amount = BigInt(milliGpu) * BigInt(demand.mostSeconds);
  const prices = await gpuPrices(queries, { clusterId: place.clusterId, products: [product], now });
  const states = await budgetStates(
    queries,
    await budgetsById(queries, await countedBudgetIds(queries, work)),
    now,
  );
  const currency = await currencyOf(queries);
  const counted = states
    .filter(({ budget }) => countsWork(budget.scope, work))
    .map((state) => {
      const { unit, settings } = state.budget;
      const wanted = inUnit({ [product]: amount }, { unit, rates: prices.rateOf(settings.rateMode) });
      return { state, wanted };
    });
  const checks = counted.flatMap(({ state: { budget, ...state }, wanted }) =>
    checkBudget({ ...budget, ...state, wanted, steadyMore: null }, currency).map((check) =>
      check.kind === 'budget' && check.fix !== null ? { ...check, fix: fewer } : check,
    ),
  );
  const countsMoney = counted.some(({ state }) => state.budget.unit === 'currency');
  return {
    checks: [...checks, ...(countsMoney ? priceAgeCheck(prices.entries, now) : [])],
    holds: counted.map(({ state, wanted }) => ({ budgetId: state.budget.id, amount: wanted ?? 0n })),
  };
}
