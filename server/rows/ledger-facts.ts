import { and, eq, gt, isNull, lt, or, type SQL, sql } from 'drizzle-orm';
import type { Queries } from '../../db/client.ts';
import { nodeInterval, podInterval, watchInterval } from '../../db/schema/metering.ts';
import { type KnownOwners, ownersOf } from '../../domain/ledger/attribution.ts';
import type { NodeHour, NodePiece, PodPiece } from '../../domain/ledger/node-hour.ts';
import { nobody } from '../../domain/ledger/owner.ts';
import { nodeFactsSchema, type PodFacts, podFactsSchema } from '../../domain/metering/facts.ts';
import { nodePrice, type PriceEntry, priceChanges } from '../../domain/price/node-price.ts';
import { knownOwners } from './known-owners.ts';
import { priceEntries } from './price-entries.ts';

type Span = { readonly fromMs: number; readonly toMs: number };

/** All that decides a cluster's rows over a range, by node. */
export type LedgerFacts = {
  readonly nodes: ReadonlyMap<string, readonly NodePiece[]>;
  readonly pods: ReadonlyMap<string, readonly PodPiece[]>;
  readonly watched: readonly Span[];
};

export type FactsRange = { readonly clusterId: string; readonly from: Date; readonly to: Date };

/** Reads intervals, prices and owners of a cluster over [from, to). */
export async function loadLedgerFacts(queries: Queries, range: FactsRange): Promise<LedgerFacts> {
  const [nodeRows, podRows, watchedRows, entries] = [
    await nodesIn(queries, range),
    await podsIn(queries, range),
    await watchedIn(queries, range),
    await priceEntries(queries, range),
  ];
  const runIds = podRows.flatMap(({ facts }) => (facts.runId === null ? [] : [facts.runId]));
  const owners = await knownOwners(queries, range.clusterId, runIds);
  return {
    nodes: grouped(
      nodeRows.map((row) => {
        const priced = pricedPieces(row, entries);
        return [row.nodeUid, priced.flatMap((piece) => claimedPieces(piece, owners))] as const;
      }),
    ),
    pods: grouped(podRows.map((row) => [row.nodeUid, ownedPieces(row, owners)] as const)),
    watched: watchedRows,
  };
}

function grouped<Piece>(found: readonly (readonly [string, readonly Piece[]])[]): Map<string, Piece[]> {
  const groups = new Map<string, Piece[]>();
  for (const [key, pieces] of found) {
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [...pieces]);
    else group.push(...pieces);
  }
  return groups;
}

const spanOf = (row: { fromAt: Date; toAt: Date | null }, { from, to }: FactsRange): Span => ({
  fromMs: Math.max(row.fromAt.getTime(), from.getTime()),
  toMs: Math.min(row.toAt?.getTime() ?? Number.POSITIVE_INFINITY, to.getTime()),
});

type NodeRow = Span & { nodeUid: string; facts: NodePiece['facts']; estimated: boolean };

async function nodesIn(queries: Queries, range: FactsRange): Promise<NodeRow[]> {
  const rows = await queries
    .select()
    .from(nodeInterval)
    .where(
      and(
        eq(nodeInterval.clusterId, range.clusterId),
        lt(nodeInterval.fromAt, range.to),
        or(isNull(nodeInterval.toAt), gt(nodeInterval.toAt, range.from)),
      ),
    );
  return rows.map((row) => ({
    ...spanOf(row, range),
    nodeUid: row.nodeUid,
    facts: nodeFactsSchema.parse(row.facts),
    estimated: row.estimated,
  }));
}

type PodRow = Span & {
  podUid: string;
  nodeUid: string;
  bucket: Exclude<PodPiece['bucket'], 'idleReserved'>;
  boundMs: number;
  facts: PodFacts;
  estimated: boolean;
};

type StoredPod = Pick<PodRow, 'podUid' | 'nodeUid' | 'bucket' | 'estimated'> & {
  readonly facts: unknown;
  readonly fromMs: string;
  readonly toMs: string | null;
  readonly boundMs: string;
};

/** As PostgreSQL gives them: of tens of thousands of rows, the query builder's mapping costs more than the query. */
async function podsIn(queries: Queries, { clusterId, from, to }: FactsRange): Promise<PodRow[]> {
  const ms = (at: SQL) => sql`(extract(epoch from ${at}) * 1000)::int8::text`;
  const { rows } = await queries.execute<StoredPod>(sql`
    select pod_uid as "podUid", node_uid as "nodeUid", bucket, facts, estimated, ${ms(sql`from_at`)} as "fromMs",
           ${ms(sql`to_at`)} as "toMs",
           (select ${ms(sql`min(first.from_at)`)} from ${podInterval} as first
            where first.cluster_id = pod.cluster_id and first.pod_uid = pod.pod_uid) as "boundMs"
    from ${podInterval} as pod
    where cluster_id = ${clusterId} and from_at < ${to.toISOString()}::timestamptz
      and (to_at is null or to_at > ${from.toISOString()}::timestamptz)`);
  return rows.map(({ podUid, nodeUid, bucket, estimated, ...row }) => {
    const facts = podFactsSchema.parse(row.facts);
    return {
      podUid,
      nodeUid,
      bucket,
      fromMs: Math.max(Number(row.fromMs), from.getTime()),
      toMs: Math.min(row.toMs === null ? Number.POSITIVE_INFINITY : Number(row.toMs), to.getTime()),
      facts,
      boundMs: Number(row.boundMs),
      estimated: estimated || facts.gpuEstimated,
    };
  });
}

async function watchedIn(queries: Queries, range: FactsRange): Promise<Span[]> {
  const rows = await queries
    .select()
    .from(watchInterval)
    .where(
      and(
        eq(watchInterval.clusterId, range.clusterId),
        lt(watchInterval.fromAt, range.to),
        gt(watchInterval.seenUntil, range.from),
      ),
    );
  return rows.map(({ fromAt, seenUntil }) => spanOf({ fromAt, toAt: seenUntil }, range));
}

/** A node's interval, cut where its price may change. */
function pricedPieces(
  { fromMs, toMs, facts, estimated }: NodeRow,
  entries: readonly PriceEntry[],
): NodePiece[] {
  const changes = priceChanges(entries, new Date(fromMs), new Date(toMs)).map((at) => at.getTime());
  const edges = [fromMs, ...changes, toMs];
  return edges.slice(0, -1).map((edge, index) => ({
    fromMs: edge,
    toMs: edges[index + 1] ?? toMs,
    facts,
    price: nodePrice(facts, new Date(edge), entries),
    estimated,
  }));
}

/** A node's piece, cut where who answers for one of its claims without a pod changes. */
function claimedPieces(piece: NodePiece, owners: KnownOwners): NodePiece[] {
  const { fromMs, toMs, facts } = piece;
  if (facts.claims === undefined) return [piece];
  const owned = facts.claims.map(({ namespace, gpu }) => ({
    gpu,
    pieces: ownersOf({ fromMs, toMs, bucket: 'serving', facts: claimFacts(namespace, gpu) }, owners),
  }));
  const cuts = owned.flatMap(({ pieces }) => pieces.map((each) => each.fromMs));
  const edges = [...new Set([...cuts, toMs])].sort((left, right) => left - right);
  return edges.slice(0, -1).map((edge, index) => ({
    ...piece,
    fromMs: edge,
    toMs: edges[index + 1] ?? toMs,
    claims: owned.flatMap(({ gpu, pieces }) => {
      const owner = pieces.find((each) => each.fromMs <= edge && edge < each.toMs)?.owner ?? nobody;
      return owner.projectId === null ? [] : [{ owner, gpu }];
    }),
  }));
}

/** A claim by itself, as who pays for a pod is found: by its namespace alone. */
function claimFacts(namespace: string, gpu: PodFacts['gpu']): PodFacts {
  return {
    schema: 1,
    namespace,
    name: '',
    owners: [],
    labels: {},
    revisionId: null,
    imageDigests: [],
    gpu,
    gpuEstimated: false,
    milliCpu: 0,
    memoryMib: 0,
    runId: null,
  };
}

function ownedPieces(row: PodRow, owners: KnownOwners): PodPiece[] {
  const { podUid, boundMs, estimated, facts } = row;
  const holds = { gpu: facts.gpu, milliCpu: facts.milliCpu, memoryMib: facts.memoryMib };
  // What a CapacityBuffer keeps free is asked for by nobody yet.
  const reserved = facts.owners.some(({ kind }) => kind === 'CapacityBuffer');
  return ownersOf(row, owners).map(({ owner, ...span }) => ({
    ...span,
    podUid,
    boundMs,
    estimated,
    holds,
    bucket: reserved ? 'idleReserved' : row.bucket,
    owner: reserved ? nobody : owner,
  }));
}

const hourMs = 3_600_000;

export type NodeHourOf = { readonly nodeUid: string; readonly hour: NodeHour };

/** The inputs of every node that was there in the UTC hour that begins at `fromMs`, up to `untilMs` at the latest. */
export function nodeHoursOf(facts: LedgerFacts, fromMs: number, untilMs: number): NodeHourOf[] {
  const span = { fromMs, toMs: Math.min(fromMs + hourMs, untilMs) };
  const watched = within(facts.watched, span);
  return [...facts.nodes].flatMap(([nodeUid, pieces]) => {
    const node = within(pieces, span);
    if (node.length === 0) return [];
    return [{ nodeUid, hour: { ...span, node, pods: within(facts.pods.get(nodeUid) ?? [], span), watched } }];
  });
}

function within<Piece extends Span>(pieces: readonly Piece[], { fromMs, toMs }: Span): Piece[] {
  return pieces
    .filter((piece) => piece.fromMs < toMs && piece.toMs > fromMs)
    .map((piece) => ({ ...piece, fromMs: Math.max(piece.fromMs, fromMs), toMs: Math.min(piece.toMs, toMs) }));
}
