import { and, asc, eq, gt } from 'drizzle-orm';
import type { Transaction } from '../../../db/client.ts';
import { driftMonitor, driftWindow } from '../../../db/schema/drift.ts';
import type { Monitored } from '../../rows/monitored-service.ts';
import { isOfLength } from '../../rows/window-length.ts';
import { judgeAndStore } from './judge-window.ts';

/** Of one look; the rest waits for the next. */
const mostWindows = 50;

/**
 * Judges windows anew whose rows have changed since they were judged; one whose input turns out to be the same keeps its
 * revision. Answers how many were looked at.
 */
export async function reviseStale(tx: Transaction, monitored: Monitored, now: Date): Promise<number> {
  const { monitor } = monitored;
  if (monitor.staleFrom === null) return 0;
  const rows = await tx
    .select({ start: driftWindow.windowStart, end: driftWindow.windowEnd })
    .from(driftWindow)
    .where(
      and(
        eq(driftWindow.monitorId, monitor.id),
        gt(driftWindow.windowEnd, monitor.staleFrom),
        isOfLength(monitor.windowLength),
      ),
    )
    .orderBy(asc(driftWindow.windowStart))
    .limit(mostWindows);
  for (const { start, end } of rows) {
    const span = { fromMs: start.getTime(), toMs: end.getTime() };
    await judgeAndStore(tx, monitored, { span, now });
  }
  const staleFrom = rows.length < mostWindows ? null : (rows.at(-1)?.end ?? null);
  await tx.update(driftMonitor).set({ staleFrom }).where(eq(driftMonitor.id, monitor.id));
  return rows.length;
}
