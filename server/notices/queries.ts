import { and, asc, count, desc, eq, inArray, isNotNull, isNull, type SQL, sql } from 'drizzle-orm';
import * as z from 'zod';
import type { Queries } from '../../db/client.ts';
import { delivery, notice } from '../../db/schema/notices.ts';
import { idSchema } from '../../domain/name.ts';
import { noticeManners, noticeSchema } from '../../domain/notice.ts';
import { type NoticeObject, noticeKinds } from '../../domain/notice-kind.ts';
import { noticeEndSentence, noticeSentence } from '../../domain/notice-text.ts';
import { query } from '../query.ts';
import { deliveryRows } from '../rows/delivery-rows.ts';
import { acknowledgeRefusal, tryAgainRefusal } from '../rows/notice-refusals.ts';
import { offsetOf, pageOf, pageSchema } from '../rows/paging.ts';
import { type PrincipalRef, principalRefs } from '../rows/principal-refs.ts';
import { onlyRow, rowProject } from '../rows/row-project.ts';
import { viewerRefusal } from '../rows/viewer-refusal.ts';

type Row = typeof notice.$inferSelect;

function noticeOf(row: Row, personOf: (id: string) => PrincipalRef) {
  const told = noticeSchema.parse(row.params);
  const { endedAt, beganAt, acknowledgedBy } = row;
  const { lasts } = noticeManners[told.kind];
  return {
    id: row.id,
    kind: told.kind,
    severity: row.severity,
    sentence: noticeSentence(told),
    endSentence: endedAt === null ? null : noticeEndSentence(told, endedAt.getTime() - beganAt.getTime()),
    object: { kind: row.objectKind as NoticeObject['kind'], id: row.objectId },
    beganAt,
    endedAt,
    /** Whether it lasts until something ends it. */
    lasts,
    acknowledgedAt: row.acknowledgedAt,
    acknowledgedBy: acknowledgedBy === null ? null : personOf(acknowledgedBy),
  };
}

/** A high one that nobody has acknowledged: what the bell counts. */
const unheard: SQL = sql`(${notice.severity} = 'high' and ${notice.acknowledgedAt} is null)`;

const filters = {
  all: undefined,
  unacknowledged: unheard,
  open: and(isNull(notice.endedAt), isNotNull(notice.openKey)),
  high: eq(notice.severity, 'high'),
} as const;

/** Notices of the project, newest first; tests of channels are not among them. */
export const listNotices = query(
  {
    permission: 'notices.list',
    schema: pageSchema.extend({
      projectId: idSchema,
      filter: z.enum(['all', 'unacknowledged', 'open', 'high']).default('all'),
      kind: z.enum(noticeKinds).optional(),
      serviceId: idSchema.optional(),
    }),
    project: (_db, input) => input.projectId,
  },
  async ({ db, input, projectId }) => {
    const { filter, kind, serviceId } = input;
    const lasting = noticeKinds.filter((each) => noticeManners[each].lasts);
    const where = and(
      eq(notice.projectId, projectId),
      inArray(notice.kind, filter === 'open' ? lasting : [...noticeKinds]),
      filters[filter],
      kind === undefined ? undefined : eq(notice.kind, kind),
      serviceId === undefined ? undefined : eq(notice.serviceId, serviceId),
    );
    const totals = await db.select({ total: count() }).from(notice).where(where);
    const rows = await db
      .select()
      .from(notice)
      .where(where)
      .orderBy(desc(notice.beganAt), desc(notice.id))
      .limit(input.pageSize)
      .offset(offsetOf(input));
    const told = await toldCounts(
      db,
      rows.map(({ id }) => id),
    );
    const personOf = await principalRefs(
      db,
      rows.map((row) => row.acknowledgedBy),
    );
    return pageOf(input, {
      rows: rows.map((row) => ({ ...noticeOf(row, personOf), told: told.get(row.id) ?? noneTold })),
      total: totals[0]?.total ?? 0,
    });
  },
);

const noneTold = { sent: 0, waiting: 0, dead: 0 };

/** How many receivers have heard of the beginning, are still to, or were given up. */
async function toldCounts(db: Queries, ids: readonly string[]): Promise<Map<string, typeof noneTold>> {
  if (ids.length === 0) return new Map();
  const rows = await db
    .select({
      id: delivery.noticeId,
      sent: sql<number>`count(*) filter (where ${delivery.state} = 'sent')::int`,
      waiting: sql<number>`count(*) filter (where ${delivery.state} in ('waiting', 'sending'))::int`,
      dead: sql<number>`count(*) filter (where ${delivery.state} = 'dead')::int`,
    })
    .from(delivery)
    .where(and(inArray(delivery.noticeId, [...ids]), eq(delivery.part, 'begin')))
    .groupBy(delivery.noticeId)
    .orderBy(asc(delivery.noticeId));
  return new Map(rows.map(({ id, ...counts }) => [id, counts]));
}

/** How many high notices of the project nobody has acknowledged. */
export const countNotices = query(
  {
    permission: 'notices.count',
    schema: z.object({ projectId: idSchema }),
    project: (_db, input) => input.projectId,
  },
  async ({ db, projectId }) => {
    const rows = await db
      .select({ unacknowledged: count() })
      .from(notice)
      .where(and(eq(notice.projectId, projectId), unheard));
    return { unacknowledged: rows[0]?.unacknowledged ?? 0 };
  },
);

/** One notice: what happened, whether it is over, and who was told how. */
export const getNotice = query(
  {
    permission: 'notices.get',
    schema: z.object({ noticeId: idSchema }),
    project: (db, input) => rowProject(db, notice, input.noticeId),
  },
  async ({ db, input, projectId, principal }) => {
    const row = onlyRow(await db.select().from(notice).where(eq(notice.id, input.noticeId)));
    const own = and(eq(delivery.noticeId, row.id), eq(delivery.projectId, projectId));
    const deliveries = await deliveryRows(db, own, { limit: 200 });
    const viewer = { principal, projectId };
    const mayTryAgain = viewerRefusal(viewer, 'notices.tryAgain');
    return {
      ...noticeOf(row, await principalRefs(db, [row.acknowledgedBy])),
      projectId,
      origin: row.origin,
      /** Null while its channels are still to be looked up. */
      routedAt: row.routedAt,
      deliveries: deliveries.toReversed().map((found) => ({
        ...found,
        tryAgainRefusal: mayTryAgain ?? tryAgainRefusal(found),
      })),
      refusals: { acknowledge: viewerRefusal(viewer, 'notices.acknowledge') ?? acknowledgeRefusal(row) },
    };
  },
);
