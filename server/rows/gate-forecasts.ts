import { eq } from 'drizzle-orm';
import type { Queries } from '../../db/client.ts';
import { driftBinning } from '../../db/schema/drift.ts';
import { isGated } from '../../domain/drift/canary-gate.ts';
import { binnedRows, noRows } from '../../domain/drift/counters.ts';
import { independentRows } from '../../domain/drift/dispersion.ts';
import { type GateForecast, gateForecast } from '../../domain/drift/gate-forecast.ts';
import { fiveMinutesMs } from '../../domain/drift/window.ts';
import type { RolloutPlan } from '../../domain/rollout-plan.ts';
import { activeBinnings } from './active-binning.ts';
import { readCounters } from './drift-counters.ts';
import { featureDispersions } from './feature-dispersions.ts';

const dayMs = 86_400_000;

type Asked = { readonly serviceId: string; readonly plan: RolloutPlan; readonly now: Date };

/** When each drift check of a plan has its rows, at the rows that came in the last day, or since they are counted if that is less. */
export async function gateForecasts(
  queries: Queries,
  { serviceId, plan, now }: Asked,
): Promise<GateForecast[]> {
  const checks = plan.checks.filter((check) => check.kind === 'drift');
  if (checks.length === 0) return [];
  const traffic = await featureTraffic(queries, serviceId, now);
  return checks.map((check) =>
    gateForecast(
      check,
      traffic.filter(({ role }) => isGated(check.of, role)),
      plan.steps,
    ),
  );
}

async function featureTraffic(queries: Queries, serviceId: string, now: Date) {
  const binning = (await activeBinnings(queries, serviceId)).find(({ state }) => state === 'active');
  if (binning === undefined) return [];
  const { binningId } = binning;
  const from = await countedSince(queries, binningId, now);
  const counters = await readCounters(queries, { serviceId, binningId, from, to: now });
  const dispersions = await featureDispersions(queries, serviceId);
  const seconds = Math.max(now.getTime() - from.getTime(), fiveMinutesMs) / 1_000;
  return binning.features.map(({ featureId, name, role, binning: bins }) => {
    const counted = counters.get(featureId) ?? noRows(bins);
    return {
      name,
      role,
      bins: counted.counts.length,
      phi: (dispersions[featureId]?.distribution ?? independentRows).phi,
      rowsPerSecond: binnedRows(counted) / seconds,
    };
  });
}

/** A day ago, or when rows began to be counted on these bins if that came later. */
async function countedSince(queries: Queries, binningId: string, now: Date): Promise<Date> {
  const [binning] = await queries
    .select({ createdAt: driftBinning.createdAt })
    .from(driftBinning)
    .where(eq(driftBinning.id, binningId));
  return new Date(Math.max(now.getTime() - dayMs, binning?.createdAt.getTime() ?? 0));
}
