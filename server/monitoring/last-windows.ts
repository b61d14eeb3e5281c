import { desc, eq, sql } from 'drizzle-orm';
import type { Queries } from '../../db/client.ts';
import { driftMonitor, driftWindow } from '../../db/schema/drift.ts';
import { windowVerdictsSchema } from '../../domain/drift/monitor-schema.ts';
import { isOfLength } from '../rows/window-length.ts';

type Monitor = Pick<typeof driftMonitor.$inferSelect, 'id' | 'windowLength'>;

/** The last window of a monitor that was judged; null before the first. */
export async function lastWindow(db: Queries, { id, windowLength }: Monitor) {
  const [row] = await db
    .select()
    .from(driftWindow)
    .where(sql`${eq(driftWindow.monitorId, id)} and ${isOfLength(windowLength)}`)
    .orderBy(desc(driftWindow.windowStart))
    .limit(1);
  if (row === undefined) return null;
  return { ...row, ...windowVerdictsSchema.parse(row.verdicts) };
}
