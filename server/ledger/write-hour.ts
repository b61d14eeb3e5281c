import { and, eq, inArray, isNull, sql } from 'drizzle-orm';
import { alias } from 'drizzle-orm/pg-core';
import type { Transaction } from '../../db/client.ts';
import { ledgerEntry, ledgerHour, ledgerMonth } from '../../db/schema/ledger.ts';
import { type LedgerRow, nodeHourRows } from '../../domain/ledger/node-hour.ts';
import { ownerKey } from '../../domain/ledger/owner.ts';
import { sha256 } from '../digest.ts';
import type { NodeHourOf } from '../rows/ledger-facts.ts';
import { insertEntries } from './insert-entries.ts';
import type { EntryContent } from './sum-entries.ts';

type Hour = {
  readonly clusterId: string;
  readonly hourAt: Date;
  readonly now: Date;
  readonly nodes: readonly NodeHourOf[];
};

/**
 * Brings the sealed rows of an hour in line with its facts. A node whose facts have the digest under which it was sealed is
 * not touched; of another, rows that differ are reversed and written anew, in the same transaction as the sums.
 */
export async function writeHour(tx: Transaction, hour: Hour): Promise<void> {
  const { clusterId, hourAt, now } = hour;
  const ofHour = and(eq(ledgerHour.clusterId, clusterId), eq(ledgerHour.hourAt, hourAt));
  const sealed = new Map(
    (await tx.select().from(ledgerHour).where(ofHour)).map((row) => [row.nodeUid, row.inputDigest]),
  );
  const present = new Map(hour.nodes.map(({ nodeUid, hour: input }) => [nodeUid, input]));
  const changed = [...new Set([...present.keys(), ...sealed.keys()])].flatMap((nodeUid) => {
    const input = present.get(nodeUid);
    const digest = input === undefined ? noFacts : inputDigest(input);
    if (digest === sealed.get(nodeUid)) return [];
    const { rows, faults } = input === undefined ? { rows: [], faults: 0n } : nodeHourRows(input);
    return [{ nodeUid, digest, rows, cut: faults }];
  });
  if (changed.length === 0) return;
  const again = changed.filter(({ nodeUid }) => sealed.has(nodeUid)).map(({ nodeUid }) => nodeUid);
  const live = await liveRows(tx, hour, again);
  const postedMonth = await postedMonthOf(tx, hourAt, now);
  const entries = changed.flatMap(({ nodeUid, digest, rows }) => {
    return difference(live.get(nodeUid) ?? [], rows).map((entry) => ({
      ...entry,
      nodeUid,
      inputDigest: digest,
    }));
  });
  await insertEntries(tx, { clusterId, hourAt, sealedAt: now, postedMonth }, entries);
  await tx
    .insert(ledgerHour)
    .values(
      changed.map(({ nodeUid, digest, cut }) => ({
        clusterId,
        hourAt,
        nodeUid,
        inputDigest: digest,
        sealedAt: now,
        cutMilliGpuSeconds: cut,
      })),
    )
    .onConflictDoUpdate({
      target: [ledgerHour.clusterId, ledgerHour.hourAt, ledgerHour.nodeUid],
      set: {
        inputDigest: sql`excluded.input_digest`,
        sealedAt: sql`excluded.sealed_at`,
        cutMilliGpuSeconds: sql`excluded.cut_milli_gpu_seconds`,
      },
    });
}

/** Of a node that turned out not to have been there. */
const noFacts = 'none';

/** The pieces as they are, in one order; amounts of money as text. */
function inputDigest({ node, pods, watched, ...span }: NodeHourOf['hour']): string {
  const ordered = (pieces: readonly object[]) =>
    pieces.map((piece) => JSON.stringify(piece, bigintText)).sort();
  return sha256(JSON.stringify([span, ordered(node), ordered(pods), ordered(watched)]));
}

const bigintText = (_key: string, value: unknown): unknown =>
  typeof value === 'bigint' ? String(value) : value;

type Live = LedgerRow & { readonly id: string };

/** Rows of these nodes that nothing reversed. */
async function liveRows(
  tx: Transaction,
  { clusterId, hourAt }: Hour,
  nodeUids: readonly string[],
): Promise<Map<string, Live[]>> {
  if (nodeUids.length === 0) return new Map();
  const reversal = alias(ledgerEntry, 'reversal');
  const rows = await tx
    .select({ entry: ledgerEntry })
    .from(ledgerEntry)
    .leftJoin(reversal, and(eq(reversal.hourAt, ledgerEntry.hourAt), eq(reversal.reversesId, ledgerEntry.id)))
    .where(
      and(
        eq(ledgerEntry.clusterId, clusterId),
        eq(ledgerEntry.hourAt, hourAt),
        inArray(ledgerEntry.nodeUid, [...nodeUids]),
        isNull(ledgerEntry.reversesId),
        isNull(reversal.id),
      ),
    );
  return Map.groupBy(
    rows.map(({ entry }) => entry),
    ({ nodeUid }) => nodeUid,
  );
}

const contentOf = (row: LedgerRow): string =>
  [
    row.podUid,
    row.bucket,
    row.line,
    ownerKey(row),
    row.gpuProduct,
    row.capacityType,
    row.quantity,
    row.loadedNano,
    row.openCostNano,
    row.priceEntryId,
    row.estimated,
  ].join('~');

type Content = Omit<EntryContent, 'nodeUid' | 'inputDigest'>;

/** Reversals of what is not so any more, and what is new. */
function difference(live: readonly Live[], rows: readonly LedgerRow[]): Content[] {
  if (live.length === 0) return rows.map((row) => ({ ...row, reversesId: null }));
  const wanted = new Set(rows.map(contentOf));
  const kept = new Set(live.map(contentOf));
  const negated = (amount: bigint | null) => (amount === null ? null : -amount);
  const reversals = live
    .filter((row) => !wanted.has(contentOf(row)))
    .map((row) => ({
      ...row,
      quantity: -row.quantity,
      loadedNano: negated(row.loadedNano),
      openCostNano: negated(row.openCostNano),
      reversesId: row.id,
    }));
  const fresh = rows.filter((row) => !kept.has(contentOf(row))).map((row) => ({ ...row, reversesId: null }));
  return [...reversals, ...fresh];
}

/** The month of use while it is open; a correction of a closed one counts in the present month. */
async function postedMonthOf(tx: Transaction, hourAt: Date, now: Date): Promise<Date> {
  const monthOf = (at: Date) => new Date(Date.UTC(at.getUTCFullYear(), at.getUTCMonth()));
  const month = monthOf(hourAt);
  const closed = await tx.select().from(ledgerMonth).where(eq(ledgerMonth.month, month));
  return closed.length === 0 ? month : monthOf(now);
}
