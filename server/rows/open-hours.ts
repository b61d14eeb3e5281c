import { eq, sql } from 'drizzle-orm';
import type { Queries } from '../../db/client.ts';
import { cluster } from '../../db/schema/environments.ts';
import { ledgerProgress } from '../../db/schema/ledger.ts';
import { nodeInterval } from '../../db/schema/metering.ts';
import { type LedgerRow, nodeHourRows } from '../../domain/ledger/node-hour.ts';
import { clockOffsetMs, databaseClock } from '../clock.ts';
import { loadLedgerFacts, nodeHoursOf } from './ledger-facts.ts';

/** A row of an hour that is not sealed yet: what the seal would write if nothing more came to be known. */
export type OpenRow = LedgerRow & {
  readonly clusterId: string;
  readonly nodeUid: string;
  readonly hourAt: Date;
};

const hourMs = 3_600_000;

type OpenRange = { readonly from: Date; readonly to: Date; readonly clusterId?: string | null };

/** Rows of the hours in [from, to) that are not sealed, up to now by the clock of each cluster. */
export async function openRows(queries: Queries, range: OpenRange): Promise<OpenRow[]> {
  return (await openNodeHours(queries, range)).flatMap(({ clusterId, nodeUid, hourAt, rows }) =>
    rows.map((row) => ({ ...row, clusterId, nodeUid, hourAt })),
  );
}

/** The rows of a node in an hour that is not sealed. */
type OpenNodeHour = Pick<OpenRow, 'clusterId' | 'nodeUid' | 'hourAt'> & {
  readonly rows: readonly LedgerRow[];
};

/** The same by node and hour: to give each of thousands of rows its place costs more than to compute it. */
export async function openNodeHours(
  queries: Queries,
  { from, to, clusterId = null }: OpenRange,
): Promise<OpenNodeHour[]> {
  const found: OpenNodeHour[] = [];
  for (const known of await clustersOf(queries, clusterId)) {
    const now = (await databaseClock(queries)).getTime() + (await clockOffsetMs(queries, known.clusterId));
    const fromMs = Math.max(known.sealedUntilMs, Math.floor(from.getTime() / hourMs) * hourMs);
    const toMs = Math.min(to.getTime(), now);
    if (fromMs < toMs) found.push(...(await hoursOf(queries, known.clusterId, { fromMs, toMs })));
  }
  return found;
}

/**
 * Of rows that were read a moment ago those whose hours are not sealed since. Asked after the sealed hours were read, no hour
 * counts twice.
 */
export async function stillOpen(queries: Queries, open: readonly OpenRow[]): Promise<OpenRow[]> {
  if (open.length === 0) return [];
  const rows = await queries.select().from(ledgerProgress);
  const sealedUntil = new Map(rows.map((row) => [row.clusterId, row.sealedUntil]));
  return open.filter(({ clusterId, hourAt }) => {
    const sealed = sealedUntil.get(clusterId);
    return sealed === undefined || hourAt >= sealed;
  });
}

async function hoursOf(
  queries: Queries,
  clusterId: string,
  { fromMs, toMs }: { fromMs: number; toMs: number },
): Promise<OpenNodeHour[]> {
  const facts = await loadLedgerFacts(queries, { clusterId, from: new Date(fromMs), to: new Date(toMs) });
  const found: OpenNodeHour[] = [];
  for (let hour = fromMs; hour < toMs; hour += hourMs) {
    const hourAt = new Date(hour);
    for (const { nodeUid, hour: input } of nodeHoursOf(facts, hour, toMs))
      found.push({ clusterId, nodeUid, hourAt, rows: nodeHourRows(input).rows });
  }
  return found;
}

/** Clusters of which anything was metered, and up to where each is sealed. */
async function clustersOf(
  queries: Queries,
  clusterId: string | null,
): Promise<{ clusterId: string; sealedUntilMs: number }[]> {
  const rows = await queries
    .select({
      clusterId: cluster.id,
      sealedUntil: ledgerProgress.sealedUntil,
      // Asked only before the first seal: a cluster may have had many nodes.
      first: sql<string | null>`case when ${ledgerProgress.sealedUntil} is null then (
        select to_char(min(node.from_at) at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')
        from ${nodeInterval} as node where node.cluster_id = ${cluster}.id) end`,
    })
    .from(cluster)
    .leftJoin(ledgerProgress, eq(ledgerProgress.clusterId, cluster.id))
    .where(clusterId === null ? undefined : eq(cluster.id, clusterId));
  return rows.flatMap((row) => {
    const begin = row.sealedUntil ?? (row.first === null ? null : new Date(row.first));
    if (begin === null) return [];
    return [{ clusterId: row.clusterId, sealedUntilMs: Math.floor(begin.getTime() / hourMs) * hourMs }];
  });
}
