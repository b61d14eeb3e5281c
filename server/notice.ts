import { and, eq, inArray, sql } from 'drizzle-orm';
import type { Transaction } from '../db/client.ts';
import { prepared, type ValueOf } from '../db/prepared.ts';
import { notice as noticeTable } from '../db/schema/notices.ts';
import { type Notice, noticeManners, severityOf } from '../domain/notice.ts';
import { type NoticeObject } from '../domain/notice-kind.ts';
import { notifyChange, told } from './audit/append.ts';
import { newId } from './id.ts';

/** What a change tells people, besides being done. */
export type NoticeDraft = {
  /** Made when left out. */
  readonly id?: string;
  readonly projectId: string;
  readonly notice: Notice;
  readonly object: NoticeObject;
  /** The Service whose owner hears of it; null for what concerns several. */
  readonly serviceId: string | null;
  /** A second one with the same key is not told: as long as the first lasts, or ever when it happened once. */
  readonly dedupKey: string;
};

export type When = { readonly now: Date; readonly origin: 'live' | 'demo' };

/** Live notices are timed by the database's clock, which a sandbox's runs ahead of; the seeder tells its own. */
function at({ now, origin }: When) {
  return origin === 'demo' ? now : sql`clock_timestamp()`;
}

/**
 * Writes the notice in the transaction of the change that it tells of; the worker sends it after the commit. Answers its
 * id, or null when the same one is open already, and then nothing is written. Call it before the audit entry.
 */
export async function emitNotice(tx: Transaction, draft: NoticeDraft, when: When): Promise<string | null> {
  const { projectId, notice, object, serviceId, dedupKey, id = newId() } = draft;
  const { graceMs } = noticeManners[notice.kind];
  const rows = await tx
    .insert(noticeTable)
    .values({
      id,
      projectId,
      kind: notice.kind,
      severity: severityOf(notice),
      params: { schema: 1, ...notice },
      objectKind: object.kind,
      objectId: object.id,
      serviceId,
      dedupKey,
      openKey: dedupKey,
      beganAt: at(when),
      origin: when.origin,
      // What the demo tells is on record and is sent to nobody.
      routeAt: when.origin === 'demo' ? null : sql`clock_timestamp() + ${graceMs} * interval '1 millisecond'`,
    })
    .onConflictDoNothing({ target: [noticeTable.projectId, noticeTable.openKey] })
    .returning({ id: noticeTable.id });
  if (rows.length === 0) return null;
  await notifyChange(tx, { projectId, topic: 'notice', id });
  return id;
}

/** Says that it is over; nothing is written when it is not open. Those who heard of its beginning hear of its end. */
export function endNotice(
  tx: Transaction,
  key: { readonly projectId: string; readonly dedupKey: string },
  now: Date,
) {
  return endedNotices(tx, { ...key, now: now.toISOString() });
}

type Ended = { readonly projectId: string; readonly dedupKey: string; readonly now: string };

const endedNotices = prepared((queries, value: ValueOf<Ended>) => {
  const { projectId, id } = noticeTable;
  const ended = queries.$with('ended').as(
    queries
      .update(noticeTable)
      .set({
        endedAt: sql`case when ${noticeTable.origin} = 'demo' then ${value('now')}::timestamptz else clock_timestamp() end`,
        openKey: null,
        routeAt: sql`case when ${noticeTable.routedAt} is null then null else clock_timestamp() end`,
      })
      .where(and(eq(projectId, value('projectId')), eq(noticeTable.openKey, value('dedupKey'))))
      .returning({ projectId, id }),
  );
  const hint = sql`json_build_object('projectId', ${ended.projectId}, 'topic', 'noticeEnd', 'id', ${ended.id})::text`;
  return queries
    .with(ended)
    .select({ told: told(hint) })
    .from(ended);
});

/** One thing that lasts or not: what tells of it while it does, made only when it is news. */
export type Condition = {
  readonly dedupKey: string;
  /** Null while it does not hold. */
  readonly draft: null | (() => Promise<Omit<NoticeDraft, 'projectId' | 'dedupKey'>>);
  /** Asked before an open notice ends; left out, it ends. */
  readonly isOver?: () => Promise<boolean>;
};

/**
 * Level, not edge: makes the open notices of these keys those that hold now. Reads once for all, and writes nothing while
 * nothing changes.
 */
export async function followConditions(
  tx: Transaction,
  about: { readonly projectId: string; readonly conditions: readonly Condition[] },
  when: When,
): Promise<void> {
  const { projectId, conditions } = about;
  const keys = conditions.map(({ dedupKey }) => dedupKey);
  const rows = await tx
    .select({ key: noticeTable.openKey })
    .from(noticeTable)
    .where(and(eq(noticeTable.projectId, projectId), inArray(noticeTable.openKey, keys)));
  const open = new Set(rows.map(({ key }) => key));
  for (const { dedupKey, draft, isOver } of conditions) {
    const isOpen = open.has(dedupKey);
    if (draft !== null && !isOpen) await emitNotice(tx, { projectId, dedupKey, ...(await draft()) }, when);
    if (draft === null && isOpen && (await isOver?.()) !== false)
      await endNotice(tx, { projectId, dedupKey }, when.now);
  }
}
