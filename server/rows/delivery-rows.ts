import { and, desc, eq, type SQL } from 'drizzle-orm';
import type { Queries } from '../../db/client.ts';
import { channel, delivery } from '../../db/schema/notices.ts';
import { type DeliveryAnswer, deliveryAnswerSchema } from '../../domain/delivery.ts';

/** One message to one receiver, as pages show it. */
export type DeliveryRow = {
  readonly id: string;
  readonly noticeId: string;
  readonly channel: { readonly id: string; readonly name: string; readonly kind: string };
  /** E-mail address; empty for a channel with one receiver. */
  readonly recipient: string;
  readonly part: 'begin' | 'end';
  readonly state: 'waiting' | 'sending' | 'sent' | 'dead' | 'withdrawn';
  readonly attempts: number;
  /** When it is tried next; null when it is not. */
  readonly nextAt: Date | null;
  readonly quiet: boolean;
  readonly maybeRepeated: boolean;
  /** Of the last attempt; null before the first. */
  readonly answer: DeliveryAnswer | null;
  readonly answeredAt: Date | null;
};

/** Deliveries, newest first. */
export async function deliveryRows(
  queries: Queries,
  where: SQL | undefined,
  window: { limit: number; offset?: number },
): Promise<DeliveryRow[]> {
  const rows = await queries
    .select({ row: delivery, name: channel.name, kind: channel.kind })
    .from(delivery)
    .innerJoin(channel, and(eq(channel.id, delivery.channelId), eq(channel.projectId, delivery.projectId)))
    .where(where)
    .orderBy(desc(delivery.createdAt), desc(delivery.id))
    .limit(window.limit)
    .offset(window.offset ?? 0);
  return rows.map(({ row, name, kind }) => ({
    id: row.id,
    noticeId: row.noticeId,
    channel: { id: row.channelId, name, kind },
    recipient: row.recipient,
    part: row.part,
    state: row.state,
    attempts: row.attempts,
    nextAt: row.state === 'waiting' ? row.dueAt : null,
    quiet: row.quiet,
    maybeRepeated: row.maybeRepeated,
    answer: row.answer === null ? null : deliveryAnswerSchema.parse(row.answer),
    answeredAt: row.answeredAt,
  }));
}
