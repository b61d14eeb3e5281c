import { and, eq, isNull } from 'drizzle-orm';
import type { Transaction } from '../../db/client.ts';
import { healthInterval, type service } from '../../db/schema/services.ts';
import { longestUnseenMs, type ServiceHealth } from '../../domain/service-health.ts';
import { newId } from '../id.ts';

type Look = {
  readonly row: typeof service.$inferSelect;
  readonly health: ServiceHealth;
  readonly now: Date;
  /** Replayed history leaps from pass to pass, so a long time between two of them says nothing. */
  readonly origin: 'live' | 'demo';
};

/** Writes down how a service does, when that changes and only then; a time in which nobody looked becomes `unread`. */
export async function followHealth(tx: Transaction, look: Look): Promise<void> {
  const { row, health, now } = look;
  const open = await openInterval(tx, row.id);
  const unseenFrom = unseenSince(look);
  const isGap = open !== null && unseenFrom !== null && open.health !== 'unread';
  if (open?.health === health && !isGap) return;
  if (open !== null) await end(tx, open.id, isGap ? unseenFrom : now);
  const { projectId, id: serviceId } = row;
  const about = { projectId, serviceId };
  if (isGap)
    await tx
      .insert(healthInterval)
      .values({ ...about, id: newId(), health: 'unread', fromAt: unseenFrom, toAt: now });
  await tx.insert(healthInterval).values({ ...about, id: newId(), health, fromAt: now });
}

async function openInterval(tx: Transaction, serviceId: string) {
  const rows = await tx
    .select({ id: healthInterval.id, health: healthInterval.health })
    .from(healthInterval)
    .where(and(eq(healthInterval.serviceId, serviceId), isNull(healthInterval.toAt)));
  return rows[0] ?? null;
}

async function end(tx: Transaction, id: string, toAt: Date): Promise<void> {
  await tx.update(healthInterval).set({ toAt }).where(eq(healthInterval.id, id));
}

function unseenSince({ row, now, origin }: Look): Date | null {
  const { lookedAt } = row;
  if (origin === 'demo' || lookedAt === null) return null;
  return now.getTime() - lookedAt.getTime() > longestUnseenMs ? lookedAt : null;
}
