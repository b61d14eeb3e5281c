import { and, asc, eq, inArray, isNull, ne, notInArray, sql } from 'drizzle-orm';
import { alias } from 'drizzle-orm/pg-core';
import { type Database, type Queries, type Transaction, transaction } from '../../../db/client.ts';
import { channel, delivery, notice } from '../../../db/schema/notices.ts';
import { channelTargetSchema, takesDigests } from '../../../domain/channel.ts';
import { mostAttempts, nextAttempt } from '../../../domain/delivery.ts';
import { notifyChange } from '../../audit/append.ts';
import type { Attempt } from './send-http.ts';

type DeliveryRow = typeof delivery.$inferSelect;
type ChannelRow = typeof channel.$inferSelect;

/** Deliveries that this process has taken and that go out as one message; nobody else has them until the claim ends. */
export type Claimed = {
  readonly channel: ChannelRow;
  readonly rows: readonly [DeliveryRow, ...DeliveryRow[]];
};

const mostInDigest = 100;

const begun = alias(delivery, 'begun');

/** Due, or taken by somebody who did not come back. */
const isDue = sql`(
  (${delivery.state} = 'waiting' and ${delivery.dueAt} <= clock_timestamp())
  or (${delivery.state} = 'sending' and ${delivery.claimUntil} <= clock_timestamp()))`;

/** An end is not told before its beginning is settled. */
const beginIsSettled = sql`(${delivery.part} = 'begin' or not exists (
  select from ${delivery} as ${sql.identifier('begun')}
  where ${begun.noticeId} = ${delivery.noticeId} and ${begun.channelId} = ${delivery.channelId}
    and ${begun.recipient} = ${delivery.recipient} and ${begun.part} = 'begin'
    and ${begun.state} in ('waiting', 'sending')))`;

/**
 * Takes the next message that is due in a channel that is not busy, with everything that goes out together with it; null when
 * there is none. Whoever had it before and did not come back may have sent it, so it then counts as possibly repeated.
 */
export async function claimMessage(
  db: Database,
  { busy, claimMs }: { busy: ReadonlySet<string>; claimMs: number },
): Promise<Claimed | null> {
  return await transaction(db, async (tx) => {
    const found = await nextDue(tx, busy);
    if (found === undefined) return null;
    if (found.row.attempts >= mostAttempts) return await giveUp(tx, found.row);
    const ids = await together(tx, found);
    const rows = await tx
      .update(delivery)
      .set({
        state: 'sending',
        attempts: sql`${delivery.attempts} + 1`,
        claimUntil: sql`clock_timestamp() + ${claimMs} * interval '1 millisecond'`,
        maybeRepeated: sql`${delivery.maybeRepeated} or ${delivery.state} = 'sending'`,
      })
      .where(inArray(delivery.id, ids))
      .returning();
    const [first, ...others] = rows.sort((left, right) => left.id.localeCompare(right.id));
    return first === undefined ? null : { channel: found.channel, rows: [first, ...others] };
  });
}

/** Whoever had it never came back, every time: a message that ends its worker is not tried for ever. */
async function giveUp(tx: Transaction, { id }: DeliveryRow): Promise<null> {
  await tx
    .update(delivery)
    .set({ state: 'dead', claimUntil: null, maybeRepeated: true })
    .where(eq(delivery.id, id));
  return null;
}

type Due = { readonly row: DeliveryRow; readonly channel: ChannelRow };

async function nextDue(tx: Transaction, busy: ReadonlySet<string>): Promise<Due | undefined> {
  const rows = await tx
    .select({ row: delivery, channel })
    .from(delivery)
    .innerJoin(channel, eq(channel.id, delivery.channelId))
    .where(
      and(
        isDue,
        beginIsSettled,
        isNull(channel.removedAt),
        busy.size === 0 ? undefined : notInArray(delivery.channelId, [...busy]),
      ),
    )
    .orderBy(asc(delivery.dueAt), asc(delivery.id))
    .limit(1)
    .for('update', { of: delivery, skipLocked: true });
  return rows[0];
}

/** What waited for the end of the same quiet hours goes out once, and stays together in later attempts. */
async function together(tx: Transaction, { row, channel: found }: Due): Promise<string[]> {
  if (row.batchId !== null) {
    const rows = await tx
      .select({ id: delivery.id })
      .from(delivery)
      .where(and(eq(delivery.batchId, row.batchId), inArray(delivery.state, ['waiting', 'sending'])))
      .for('update');
    return rows.map(({ id }) => id);
  }
  if (!row.quiet || row.attempts > 0 || !takesDigests(channelTargetSchema.parse(found.target)))
    return [row.id];
  const others = await tx
    .select({ id: delivery.id })
    .from(delivery)
    .where(
      and(
        eq(delivery.channelId, row.channelId),
        eq(delivery.recipient, row.recipient),
        eq(delivery.quiet, true),
        eq(delivery.attempts, 0),
        isNull(delivery.batchId),
        ne(delivery.id, row.id),
        isDue,
        beginIsSettled,
      ),
    )
    .orderBy(asc(delivery.id))
    .limit(mostInDigest - 1)
    .for('update', { skipLocked: true });
  if (others.length === 0) return [row.id];
  const ids = [row.id, ...others.map(({ id }) => id)];
  await tx.update(delivery).set({ batchId: row.id }).where(inArray(delivery.id, ids));
  return ids;
}

/**
 * Writes down what came of it, unless somebody else has taken it meanwhile. When the beginning was never told, its end is not
 * told either.
 */
export async function settle(db: Database, claimed: Claimed, { answer, askedMs }: Attempt): Promise<void> {
  const [first] = claimed.rows;
  await transaction(db, async (tx) => {
    const kinds = await tx.select({ kind: notice.kind }).from(notice).where(eq(notice.id, first.noticeId));
    // Whoever sends a test waits for its answer.
    const most = kinds[0]?.kind === 'test' ? 1 : mostAttempts;
    const chances = { attempts: first.attempts, most, random: Math.random(), askedMs };
    const next = nextAttempt(answer, chances);
    const lost = answer.outcome === 'lost';
    const afterMs = next.state === 'waiting' ? next.afterMs : 0;
    const rows = await tx
      .update(delivery)
      .set({
        state: next.state,
        claimUntil: null,
        dueAt: sql`clock_timestamp() + ${afterMs} * interval '1 millisecond'`,
        maybeRepeated: lost ? true : sql`${delivery.maybeRepeated}`,
        answer,
        answeredAt: sql`clock_timestamp()`,
      })
      .where(
        and(
          inArray(
            delivery.id,
            claimed.rows.map(({ id }) => id),
          ),
          eq(delivery.state, 'sending'),
          eq(delivery.attempts, first.attempts),
        ),
      )
      .returning();
    for (const row of rows) {
      if (row.state === 'dead' && row.part === 'begin' && !row.maybeRepeated) await withdrawEnd(tx, row);
      await notifyChange(tx, { projectId: row.projectId, topic: 'notice', id: row.noticeId });
    }
  });
}

async function withdrawEnd(tx: Transaction, { noticeId, channelId, recipient }: DeliveryRow): Promise<void> {
  await tx
    .update(delivery)
    .set({ state: 'withdrawn' })
    .where(
      and(
        eq(delivery.noticeId, noticeId),
        eq(delivery.channelId, channelId),
        eq(delivery.recipient, recipient),
        eq(delivery.part, 'end'),
        eq(delivery.state, 'waiting'),
      ),
    );
}

/** Milliseconds until something is to be looked up or sent, or a claim ends; null when nothing waits. */
export async function untilNextDelivery(queries: Queries): Promise<number | null> {
  const { rows } = await queries.execute<{ ms: number | null }>(sql`
    select extract(epoch from min(at) - clock_timestamp())::float8 * 1000 as ms from (
      select min(due_at) as at from delivery where state = 'waiting'
      union all select min(claim_until) from delivery where state = 'sending'
      union all select min(route_at) from notice where route_at is not null) as waiting`);
  return rows[0]?.ms ?? null;
}
