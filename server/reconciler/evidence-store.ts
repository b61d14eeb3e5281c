import { and, asc, eq, gt, max } from 'drizzle-orm';
import { type Database, type Queries, transaction } from '../../db/client.ts';
import { analysisInterval } from '../../db/schema/rollouts.ts';
import { metricInterval } from '../../db/schema/services.ts';
import { type AnalysisRow, requestsId } from './analysis-samples.ts';
import type { ChartRow } from './chart-samples.ts';
import { fence, type Lease } from './lease.ts';

export type NewIntervals = {
  readonly projectId: string;
  readonly serviceId: string;
  readonly rollout: { readonly id: string; readonly stepIndex: number } | null;
  readonly analysis: readonly AnalysisRow[];
  readonly charts: readonly ChartRow[];
};

/** Stores measured intervals once: what a retried pass measures again changes nothing. True when it wrote. */
export async function storeIntervals(db: Database, lease: Lease, fresh: NewIntervals): Promise<boolean> {
  const { projectId, serviceId, rollout } = fresh;
  const analysis =
    rollout === null
      ? []
      : fresh.analysis.map((row) => ({
          ...row,
          logE: [...row.logE],
          projectId,
          rolloutId: rollout.id,
          stepIndex: rollout.stepIndex,
        }));
  const charts = fresh.charts.map((row) => ({ ...row, projectId, serviceId }));
  if (analysis.length + charts.length === 0) return false;
  await transaction(db, async (tx) => {
    await fence(tx, lease);
    if (analysis.length > 0) await tx.insert(analysisInterval).values(analysis).onConflictDoNothing();
    if (charts.length > 0) await tx.insert(metricInterval).values(charts).onConflictDoNothing();
  });
  return true;
}

/** End of the newest interval in which the rollout's requests were counted; null when there is none. */
export async function newestAnalysisEnd(queries: Queries, rolloutId: string): Promise<Date | null> {
  const rows = await queries
    .select({ at: max(analysisInterval.intervalEnd) })
    .from(analysisInterval)
    .where(and(eq(analysisInterval.rolloutId, rolloutId), eq(analysisInterval.checkId, requestsId)));
  return rows[0]?.at ?? null;
}

/** End of the newest chart interval of a Service; null when there is none. */
export async function newestChartEnd(queries: Queries, serviceId: string): Promise<Date | null> {
  const rows = await queries
    .select({ at: max(metricInterval.intervalEnd) })
    .from(metricInterval)
    .where(eq(metricInterval.serviceId, serviceId));
  return rows[0]?.at ?? null;
}

export type StoredInterval = typeof analysisInterval.$inferSelect;

/** Stored intervals of a rollout that ended after an instant (null: all), oldest first. */
export async function analysisSince(
  queries: Queries,
  rolloutId: string,
  after: Date | null,
): Promise<StoredInterval[]> {
  return await queries
    .select()
    .from(analysisInterval)
    .where(
      and(
        eq(analysisInterval.rolloutId, rolloutId),
        after === null ? undefined : gt(analysisInterval.intervalEnd, after),
      ),
    )
    .orderBy(asc(analysisInterval.intervalEnd), asc(analysisInterval.checkId));
}
