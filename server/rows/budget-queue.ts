import { and, asc, eq, inArray } from 'drizzle-orm';
import type { Queries } from '../../db/client.ts';
import type { budget } from '../../db/schema/budgets.ts';
import { environment } from '../../db/schema/environments.ts';
import { project } from '../../db/schema/identity.ts';
import { fitSentence } from '../../domain/budget/fit-date.ts';
import { peakExtraOf } from '../../domain/envelope/envelope.ts';
import { roomFit } from '../../domain/preflight/room-fit.ts';
import { clockOffsetMs } from '../clock.ts';
import { budgetOf } from './budget-rows.ts';
import { type Preflight, type PreflightAsk, preflight } from './preflight.ts';
import { roomQuestion } from './room-question.ts';
import { askOfRequest, goesFirst, type WaitingRequest, waitingRequests } from './waiting-requests.ts';

/** An approved request that waits, and wants something of the budget. */
type QueuedForBudget = {
  readonly promotionId: string;
  readonly service: string;
  readonly environment: string;
  readonly project: string;
  readonly production: boolean;
  readonly since: Date;
  /** GPUs more than now, at the most, and the products that they are of. */
  readonly gpus: number;
  readonly products: readonly string[];
  /** What it would hold of the budget; null while a product has no price. */
  readonly wanted: bigint | null;
  /** When it fits, in a sentence. */
  readonly fit: string;
};

export type BudgetQueue = {
  /** In the order in which they go. */
  readonly entries: readonly QueuedForBudget[];
  /** More wait than were worked out. */
  readonly more: number;
};

/** So many are worked out in full; whoever is behind them has time. */
const mostShown = 20;

/**
 * Who waits for a budget, over all clusters, production first and then the older one. Only for those who may see everything
 * that the budget counts: its project's members, or the keepers of the instance.
 */
export async function budgetQueue(
  queries: Queries,
  row: typeof budget.$inferSelect,
  now: Date,
): Promise<BudgetQueue> {
  const { id, scope } = budgetOf(row);
  const { projectId, environmentId } = scope;
  const places = await queries
    .selectDistinct({ clusterId: environment.clusterId })
    .from(environment)
    .where(
      and(
        projectId === null ? undefined : eq(environment.projectId, projectId),
        environmentId === null ? undefined : eq(environment.id, environmentId),
      ),
    )
    .orderBy(asc(environment.clusterId));
  const waiting: (WaitingRequest & { readonly at: Date })[] = [];
  for (const { clusterId } of places) {
    const at = new Date(now.getTime() + (await clockOffsetMs(queries, clusterId)));
    const found = await waitingRequests(queries, { clusterId });
    waiting.push(
      ...found
        .filter((request) => projectId === null || request.projectId === projectId)
        .map((request) => ({ ...request, at })),
    );
  }
  waiting.sort((left, right) => (goesFirst(left, right) ? -1 : 1));
  const names = await projectNames(queries, waiting);
  const entries: QueuedForBudget[] = [];
  for (const request of waiting.slice(0, mostShown)) {
    const ask = await askOfRequest(queries, request.promotionId, request.at);
    const found = await preflight(queries, ask);
    const counted = found.counted.find(({ state }) => state.budget.id === id);
    if (counted === undefined) continue;
    entries.push({
      ...entryOf(request, found),
      project: names.get(request.projectId) ?? '',
      wanted: counted.wanted,
      fit: await fitOf(queries, found, ask),
    });
  }
  return { entries, more: Math.max(0, waiting.length - mostShown) };
}

function entryOf(
  { promotionId, serviceName, environmentName, production, since }: WaitingRequest,
  { envelope }: Preflight,
) {
  const extra = peakExtraOf(envelope);
  const milli = Object.values(extra).reduce((sum, amount) => sum + amount, 0);
  return {
    promotionId,
    service: serviceName,
    environment: environmentName,
    production,
    since,
    gpus: Math.ceil(milli / 1_000),
    products: Object.keys(extra),
  };
}

async function fitOf(queries: Queries, found: Preflight, ask: PreflightAsk): Promise<string> {
  const words = (at: Date) => `${at.toISOString().slice(0, 16).replace('T', ' ')} UTC`;
  return fitSentence(roomFit(await roomQuestion(queries, found, ask)), words);
}

async function projectNames(
  queries: Queries,
  waiting: readonly WaitingRequest[],
): Promise<Map<string, string>> {
  const ids = [...new Set(waiting.map(({ projectId }) => projectId))];
  if (ids.length === 0) return new Map();
  const rows = await queries
    .select({ id: project.id, name: project.name })
    .from(project)
    .where(inArray(project.id, ids));
  return new Map(rows.map(({ id, name }) => [id, name]));
}
