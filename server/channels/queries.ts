import { and, asc, count, desc, eq, isNull, sql } from 'drizzle-orm';
import * as z from 'zod';
import type { Queries } from '../../db/client.ts';
import { channel, delivery, notice } from '../../db/schema/notices.ts';
import { channelRulesSchema, channelTargetSchema } from '../../domain/channel.ts';
import { idSchema } from '../../domain/name.ts';
import { noticeSchema } from '../../domain/notice.ts';
import { noticeEndSentence, noticeSentence } from '../../domain/notice-text.ts';
import { query } from '../query.ts';
import { deliveryRows } from '../rows/delivery-rows.ts';
import { offsetOf, pageOf, pageSchema } from '../rows/paging.ts';
import { principalRefs } from '../rows/principal-refs.ts';
import { onlyRow } from '../rows/row-project.ts';
import { viewerRefusal } from '../rows/viewer-refusal.ts';

function channelOf(row: typeof channel.$inferSelect) {
  const { id, name, kind, enabled, createdAt } = row;
  return {
    id,
    name,
    kind,
    enabled,
    createdAt,
    target: channelTargetSchema.parse(row.target),
    rules: channelRulesSchema.parse(row.rules),
    /** Whether a secret is stored; itself it is never read back. */
    hasSecret: row.sealedSecret !== null,
  };
}

/** Channels of the project by name, each with its newest delivery and how many are dead in the last week. */
export const listChannels = query(
  {
    permission: 'channels.list',
    schema: z.object({ projectId: idSchema }),
    project: (_db, input) => input.projectId,
  },
  async ({ db, projectId, principal }) => {
    const rows = await db
      .select()
      .from(channel)
      .where(and(eq(channel.projectId, projectId), isNull(channel.removedAt)))
      .orderBy(asc(channel.name))
      .limit(200);
    const dead = await deadCounts(db, projectId);
    const channels = [];
    for (const row of rows) {
      const [latest = null] = await deliveryRows(
        db,
        and(eq(delivery.channelId, row.id), eq(delivery.projectId, projectId)),
        { limit: 1 },
      );
      channels.push({ ...channelOf(row), latest, dead: dead.get(row.id) ?? 0 });
    }
    return { channels, refusals: { create: viewerRefusal({ principal, projectId }, 'channels.create') } };
  },
);

async function deadCounts(db: Queries, projectId: string): Promise<Map<string, number>> {
  const rows = await db
    .select({ channelId: delivery.channelId, dead: count() })
    .from(delivery)
    .where(
      and(
        eq(delivery.projectId, projectId),
        eq(delivery.state, 'dead'),
        sql`${delivery.createdAt} > clock_timestamp() - interval '7 days'`,
      ),
    )
    .groupBy(delivery.channelId);
  return new Map(rows.map((row) => [row.channelId, row.dead]));
}

/** One channel with a page of what it told, newest first. */
export const getChannel = query(
  {
    permission: 'channels.get',
    schema: pageSchema.extend({ channelId: idSchema }),
    project: async (db, { channelId }) =>
      onlyRow(
        await db
          .select({ projectId: channel.projectId })
          .from(channel)
          .where(and(eq(channel.id, channelId), isNull(channel.removedAt))),
      ).projectId,
  },
  async ({ db, input, projectId, principal }) => {
    const own = and(eq(delivery.channelId, input.channelId), eq(delivery.projectId, projectId));
    const row = onlyRow(await db.select().from(channel).where(eq(channel.id, input.channelId)));
    const totals = await db.select({ total: count() }).from(delivery).where(own);
    const window = { limit: input.pageSize, offset: offsetOf(input) };
    const deliveries = await deliveryRows(db, own, window);
    const sentences = await sentencesOf(
      db,
      deliveries.map(({ noticeId }) => noticeId),
    );
    const personOf = await principalRefs(db, [row.createdBy]);
    const rows = deliveries.map((found) => ({
      ...found,
      sentence: sentences.get(`${found.noticeId} ${found.part}`) ?? '',
    }));
    return {
      ...channelOf(row),
      createdBy: personOf(row.createdBy),
      deliveries: pageOf(input, { rows, total: totals[0]?.total ?? 0 }),
      refusals: {
        update: viewerRefusal({ principal, projectId }, 'channels.update'),
        tryAgain: viewerRefusal({ principal, projectId }, 'notices.tryAgain'),
      },
    };
  },
);

async function sentencesOf(db: Queries, ids: readonly string[]): Promise<Map<string, string>> {
  if (ids.length === 0) return new Map();
  const rows = await db
    .select()
    .from(notice)
    .where(sql`${notice.id} = any(${sql.param(ids)}::uuid[])`)
    .orderBy(desc(notice.id));
  return new Map(
    rows.flatMap((row) => {
      const found = noticeSchema.parse(row.params);
      const lastedMs = (row.endedAt ?? row.beganAt).getTime() - row.beganAt.getTime();
      return [
        [`${row.id} begin`, noticeSentence(found)] as const,
        [`${row.id} end`, noticeEndSentence(found, lastedMs)] as const,
      ];
    }),
  );
}
