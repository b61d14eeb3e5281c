import { and, asc, eq } from 'drizzle-orm';
import type { Queries } from '../../db/client.ts';
import { channel, delivery, notice } from '../../db/schema/notices.ts';
import type { ToldRow } from '../../domain/rollout-record.ts';

/** Who was told of a rollout through which channel, and whether it arrived; by channel, never by address. */
export async function toldOf(queries: Queries, rolloutId: string): Promise<ToldRow[]> {
  const rows = await queries
    .select({
      notice: notice.kind,
      channel: channel.name,
      channelKind: channel.kind,
      state: delivery.state,
      at: delivery.answeredAt,
      beganAt: notice.beganAt,
    })
    .from(notice)
    .innerJoin(delivery, eq(delivery.noticeId, notice.id))
    .innerJoin(channel, eq(channel.id, delivery.channelId))
    .where(and(eq(notice.objectKind, 'rollout'), eq(notice.objectId, rolloutId)))
    .orderBy(asc(notice.beganAt), asc(channel.name))
    .limit(200);
  return rows.map(({ at, beganAt, ...row }) => ({
    ...row,
    noticedAt: beganAt.toISOString(),
    at: at?.toISOString() ?? null,
  }));
}
