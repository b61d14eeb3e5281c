import type { Queries } from '../../db/client.ts';
import { fitSentence } from '../../domain/budget/fit-date.ts';
import { anyProduct, peakExtraOf } from '../../domain/envelope/envelope.ts';
import { roomFit } from '../../domain/preflight/room-fit.ts';
import { type Preflight, type PreflightAsk, preflight } from './preflight.ts';
import { roomQuestion } from './room-question.ts';
import { askOfRequest, goesFirst, type WaitingRequest, waitingRequests } from './waiting-requests.ts';

/** Somebody who waits for the same room, as far as the reader's project may see. */
type QueueEntry = {
  /** Null for a request of another project. */
  readonly promotionId: string | null;
  readonly label: string;
  readonly isThis: boolean;
  readonly production: boolean;
  readonly since: Date;
  readonly gpus: number;
  /** GPU products and budgets that it wants, too. */
  readonly waitsFor: readonly string[];
  readonly fit: string;
};

/** Who holds GPUs now, as far as the reader's project may see. */
type RoomHolder = { readonly label: string; readonly gpus: number; readonly pendingGpus: number };

export type RoomQueue = { readonly entries: readonly QueueEntry[]; readonly holders: readonly RoomHolder[] };

const productsOf = ({ envelope }: Preflight): string[] => Object.keys(peakExtraOf(envelope));

const gpusOf = ({ envelope }: Preflight): number =>
  Math.ceil(Object.values(peakExtraOf(envelope)).reduce((sum, amount) => sum + amount, 0) / 1_000);

/** GPU products and budgets that both want, in words; empty when they are not in each other's way. */
export function sharedRoom(left: Preflight, right: Preflight): string[] {
  const [ours, theirs] = [productsOf(left), productsOf(right)];
  const any = ours.includes(anyProduct) || theirs.includes(anyProduct);
  const products = any
    ? theirs.length > 0 && ours.length > 0
      ? ['GPUs']
      : []
    : ours.filter((product) => theirs.includes(product));
  const budgets = new Set(right.holds.map(({ budgetId }) => budgetId));
  const names = left.counted
    .filter(({ state }) => budgets.has(state.budget.id))
    .map(({ state }) => `budget "${state.budget.name}"`);
  return [...products, ...names];
}

/** So many are worked out in full; whoever is behind them has time. */
const mostShown = 10;

type Own = Pick<WaitingRequest, 'promotionId' | 'since'> & {
  readonly ask: PreflightAsk;
  readonly found: Preflight;
};

/** The requests that wait for the same room in the order in which they go, this one among them, and who holds GPUs. */
export async function roomQueue(queries: Queries, own: Own): Promise<RoomQueue> {
  const { ask, found, promotionId, since } = own;
  const { environment, row } = ask.record;
  const waiting = await waitingRequests(queries, { clusterId: environment.clusterId, except: promotionId });
  const others: QueueEntry[] = [];
  for (const request of waiting.slice(0, mostShown)) {
    const entry = await entryOf(queries, request, { found, now: ask.now, projectId: row.projectId });
    if (entry !== null) others.push(entry);
  }
  const mine = { promotionId, since, production: environment.production };
  const self: QueueEntry = {
    ...mine,
    label: `${row.name} in ${environment.name}`,
    isThis: true,
    gpus: gpusOf(found),
    waitsFor: [],
    fit: await fitOf(queries, found, ask),
  };
  const before = others.filter((entry) =>
    goesFirst({ ...entry, promotionId: entry.promotionId ?? '' }, mine),
  );
  const after = others.filter((entry) => !before.includes(entry));
  return { entries: [...before, self, ...after], holders: holdersOf(found, environment.namespace) };
}

type Beside = { readonly found: Preflight; readonly now: Date; readonly projectId: string };

async function entryOf(
  queries: Queries,
  request: WaitingRequest,
  { found, now, projectId }: Beside,
): Promise<QueueEntry | null> {
  const ask = await askOfRequest(queries, request.promotionId, now);
  const judged = await preflight(queries, ask);
  const waitsFor = sharedRoom(found, judged);
  if (waitsFor.length === 0) return null;
  const visible = request.projectId === projectId;
  return {
    promotionId: visible ? request.promotionId : null,
    label: visible ? `${request.serviceName} in ${request.environmentName}` : 'another project',
    isThis: false,
    production: request.production,
    since: request.since,
    gpus: gpusOf(judged),
    waitsFor,
    fit: await fitOf(queries, judged, ask),
  };
}

async function fitOf(queries: Queries, found: Preflight, ask: PreflightAsk): Promise<string> {
  const words = (at: Date) => `${at.toISOString().slice(0, 16).replace('T', ' ')} UTC`;
  return fitSentence(roomFit(await roomQuestion(queries, found, ask)), words);
}

/** By workload in the own namespace, all others together. */
function holdersOf({ room }: Preflight, namespace: string): RoomHolder[] {
  if (room === null || room.cluster.holders.kind === 'unread') return [];
  const holders = room.cluster.holders.value.filter(({ gpus }) => gpus > 0);
  const own = holders
    .filter((holder) => holder.namespace === namespace)
    .map(({ workload, gpus, pendingGpus }) => ({ label: workload, gpus, pendingGpus }));
  const foreign = holders.filter((holder) => holder.namespace !== namespace);
  const sum = (of: (holder: (typeof holders)[number]) => number) =>
    foreign.reduce((total, holder) => total + of(holder), 0);
  const rest = {
    label: 'other namespaces',
    gpus: sum(({ gpus }) => gpus),
    pendingGpus: sum(({ pendingGpus }) => pendingGpus),
  };
  return [...own, ...(rest.gpus > 0 ? [rest] : [])].toSorted((left, right) => right.gpus - left.gpus);
}
