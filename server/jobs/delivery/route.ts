import { and, asc, eq, inArray, isNotNull, isNull, sql } from 'drizzle-orm';
import { type Database, type Transaction, transaction } from '../../../db/client.ts';
import { account } from '../../../db/schema/identity.ts';
import { channel, delivery, notice as noticeTable } from '../../../db/schema/notices.ts';
import { service } from '../../../db/schema/services.ts';
import {
  type ChannelRules,
  type ChannelTarget,
  type Concerned,
  channelRulesSchema,
  channelTargetSchema,
  keepsOpen,
  receiversOf,
} from '../../../domain/channel.ts';
import { type Notice, noticeManners, noticeSchema } from '../../../domain/notice.ts';
import { quietUntil } from '../../../domain/quiet-hours.ts';
import { databaseClock } from '../../clock.ts';
import { newId } from '../../id.ts';

type NoticeRow = typeof noticeTable.$inferSelect;
type Channel = { readonly id: string; readonly target: ChannelTarget; readonly rules: ChannelRules };

/** More wait for the next call. */
export const mostRoutedAtOnce = 20;

/**
 * Looks up who hears of the notices that are due, and writes a delivery for each: at most twenty a call. Several workers
 * share the work. Returns how many were looked up.
 */
export async function routeNotices(db: Database): Promise<number> {
  return await transaction(db, async (tx) => {
    const rows = await tx
      .select()
      .from(noticeTable)
      .where(and(isNotNull(noticeTable.routeAt), sql`${noticeTable.routeAt} <= clock_timestamp()`))
      .orderBy(asc(noticeTable.routeAt), asc(noticeTable.id))
      .limit(mostRoutedAtOnce)
      .for('update', { skipLocked: true });
    if (rows.length === 0) return 0;
    const now = await databaseClock(tx);
    for (const row of rows) {
      const notice = noticeSchema.parse(row.params);
      if (row.routedAt === null) await routeBegin(tx, { row, notice, now });
      else await routeEnd(tx, { row, notice, now });
    }
    return rows.length;
  });
}

type Routing = { readonly row: NoticeRow; readonly notice: Notice; readonly now: Date };

/** The one channel to which a notice goes, whatever that tells otherwise; null for one that all may tell. */
function onlyChannel({ kind, objectId, params }: NoticeRow): string | null {
  if (kind === 'test') return objectId;
  const notice = noticeSchema.parse(params);
  return notice.kind === 'retrainStart' ? notice.channelId : null;
}

async function channelsOf(tx: Transaction, row: NoticeRow): Promise<Channel[]> {
  const { projectId, kind } = row;
  const only = onlyChannel(row);
  const rows = await tx
    .select({ id: channel.id, target: channel.target, rules: channel.rules })
    .from(channel)
    .where(
      and(
        eq(channel.projectId, projectId),
        isNull(channel.removedAt),
        only === null ? undefined : eq(channel.id, only),
        kind === 'test' ? undefined : eq(channel.enabled, true),
      ),
    );
  return rows.map(({ id, target, rules }) => ({
    id,
    target: channelTargetSchema.parse(target),
    rules: channelRulesSchema.parse(rules),
  }));
}

const nobody: Concerned = { owner: null, signers: [] };

async function concerned(tx: Transaction, { row, notice }: Routing): Promise<Concerned> {
  const signerIds = 'signerIds' in notice ? notice.signerIds : [];
  const owners =
    row.serviceId === null
      ? []
      : await tx
          .select({ id: service.ownerUserId })
          .from(service)
          .where(and(eq(service.id, row.serviceId), isNotNull(service.ownerUserId)));
  const ownerId = notice.kind === 'test' ? notice.askedById : (owners[0]?.id ?? null);
  const ids = [...signerIds, ...(ownerId === null ? [] : [ownerId])];
  if (ids.length === 0) return nobody;
  const people = await tx
    .select({ id: account.userId, email: account.email })
    .from(account)
    .where(and(inArray(account.userId, ids), isNull(account.disabledAt)));
  const emailOf = new Map(people.map(({ id, email }) => [id, email]));
  return {
    owner: ownerId === null ? null : (emailOf.get(ownerId) ?? null),
    signers: signerIds.flatMap((id) => emailOf.get(id) ?? []),
  };
}

async function routeBegin(tx: Transaction, routing: Routing): Promise<void> {
  const { row, notice, now } = routing;
  const channels = await channelsOf(tx, row);
  // Only a mail channel asks who is concerned.
  const who = channels.some(({ target }) => target.kind === 'smtp') ? await concerned(tx, routing) : nobody;
  const rows = channels.flatMap((found) =>
    receivers(found, { row, notice, who }).map((recipient) => ({
      recipient,
      channelId: found.id,
      part: 'begin' as const,
      ...dueOf(found, { row, now }),
    })),
  );
  await insertDeliveries(tx, row, rows);
  // What ended meanwhile is looked at again at once, so that its end follows.
  const routeAt = row.endedAt === null ? null : sql`clock_timestamp()`;
  await tx
    .update(noticeTable)
    .set({ routedAt: sql`clock_timestamp()`, routeAt })
    .where(eq(noticeTable.id, row.id));
}

function receivers(
  found: Channel,
  { row, notice, who }: { row: NoticeRow; notice: Notice; who: Concerned },
): string[] {
  // A test goes wherever the channel leads, whatever it tells otherwise.
  const all = { ...found.rules, severity: 'all' as const, muted: [], toOwner: true };
  const rules = onlyChannel(row) === null ? found.rules : all;
  return receiversOf({ target: found.target, rules }, { notice, severity: row.severity }, who);
}

function dueOf({ rules }: Channel, { row, now }: { row: NoticeRow; now: Date }) {
  // Whoever chose the hour of a report chose it for its readers.
  const waits = row.severity === 'low' && onlyChannel(row) === null && row.kind !== 'weeklyReport';
  const until = waits ? quietUntil(rules.quietHours, now) : null;
  return { quiet: until !== null, dueAt: until ?? sql`clock_timestamp()` };
}

type Draft = Pick<typeof delivery.$inferInsert, 'recipient' | 'channelId' | 'part' | 'quiet'> & {
  readonly dueAt: ReturnType<typeof dueOf>['dueAt'];
};

async function insertDeliveries(tx: Transaction, row: NoticeRow, drafts: readonly Draft[]): Promise<void> {
  if (drafts.length === 0) return;
  const common = { projectId: row.projectId, noticeId: row.id, state: 'waiting' as const };
  await tx
    .insert(delivery)
    .values(drafts.map((draft) => ({ id: newId(), ...common, ...draft, createdAt: sql`clock_timestamp()` })))
    .onConflictDoNothing();
}

/**
 * Those who surely have not heard of the beginning hear nothing at all; the others hear the end when it is told, and so does
 * every system that would keep it open.
 */
async function routeEnd(tx: Transaction, { row, notice, now }: Routing): Promise<void> {
  const own = and(eq(delivery.noticeId, row.id), eq(delivery.part, 'begin'));
  await tx
    .update(delivery)
    .set({ state: 'withdrawn' })
    .where(and(own, eq(delivery.state, 'waiting'), eq(delivery.maybeRepeated, false)));
  const told = await tx
    .select({ channelId: delivery.channelId, recipient: delivery.recipient })
    .from(delivery)
    .where(and(own, sql`(${delivery.state} in ('sent', 'sending') or ${delivery.maybeRepeated})`))
    .orderBy(asc(delivery.id));
  const channels = new Map((await channelsOf(tx, row)).map((found) => [found.id, found]));
  const drafts = told.flatMap(({ channelId, recipient }): Draft[] => {
    const found = channels.get(channelId);
    if (found === undefined) return [];
    if (!noticeManners[notice.kind].tellsEnd && !keepsOpen(found.target)) return [];
    return [{ channelId, recipient, part: 'end', ...dueOf(found, { row, now }) }];
  });
  await insertDeliveries(tx, row, drafts);
  await tx
    .update(noticeTable)
    .set({ endRoutedAt: sql`clock_timestamp()`, routeAt: null })
    .where(eq(noticeTable.id, row.id));
}
