import type { Queries } from '../../db/client.ts';
import { type GateFeature, isGated } from '../../domain/drift/canary-gate.ts';
import { noRows } from '../../domain/drift/counters.ts';
import { gateWatermarkMs } from '../../domain/drift/gate-forecast.ts';
import { fiveMinutesMs } from '../../domain/drift/window.ts';
import type { Check } from '../../domain/rollout-plan.ts';
import { activeBinnings } from '../rows/active-binning.ts';
import { readCounters } from '../rows/drift-counters.ts';
import { featureDispersions } from '../rows/feature-dispersions.ts';
import type { LoadedRollout } from './load-service.ts';

type Gate = {
  readonly db: Queries;
  readonly serviceId: string;
  readonly active: {
    readonly row: Pick<LoadedRollout['row'], 'fromRevisionId' | 'toRevisionId'>;
    readonly rollout: Pick<LoadedRollout['rollout'], 'plan' | 'progress'>;
  };
  readonly now: Date;
};

/** Whole windows of five minutes in which the step's weight was effective; null before the first. */
function spanOf({ active, now }: Gate): { from: Date; to: Date } | null {
  const { effectiveAt } = active.rollout.progress;
  if (effectiveAt === null) return null;
  const fromMs = Math.ceil(effectiveAt.getTime() / fiveMinutesMs) * fiveMinutesMs;
  const toMs = Math.floor((now.getTime() - gateWatermarkMs) / fiveMinutesMs) * fiveMinutesMs;
  return toMs > fromMs ? { from: new Date(fromMs), to: new Date(toMs) } : null;
}

/** Nothing is read before the step could end, because drift is judged once a step. */
function mayEnd({ active, now }: Gate): boolean {
  const { plan, progress } = active.rollout;
  const step = plan.steps[progress.stepIndex];
  const { effectiveAt } = progress;
  return (
    step !== undefined && effectiveAt !== null && now.getTime() >= effectiveAt.getTime() + step.minimumMs
  );
}

/** Reads what was counted of both arms for a plan's drift checks, once for all of them; undefined for other checks. */
export function gateReader(gate: Gate): (check: Check) => Promise<readonly GateFeature[] | undefined> {
  let read: Promise<readonly (GateFeature & { role: Parameters<typeof isGated>[1] })[]> | null = null;
  return async (check) => {
    if (check.kind !== 'drift' || !mayEnd(gate)) return undefined;
    read ??= armsOf(gate);
    return (await read).filter(({ role }) => isGated(check.of, role));
  };
}

async function armsOf(gate: Gate) {
  const { db, serviceId, active } = gate;
  const span = spanOf(gate);
  const binning = (await activeBinnings(db, serviceId)).find(({ state }) => state === 'active');
  const { fromRevisionId, toRevisionId } = active.row;
  if (span === null || binning === undefined || fromRevisionId === null) return [];
  const { binningId } = binning;
  const dispersions = await featureDispersions(db, serviceId);
  const arm = async (revisionId: string) =>
    await readCounters(db, { serviceId, binningId, revisionIds: [revisionId], ...span });
  const [stable, canary] = [await arm(fromRevisionId), await arm(toRevisionId)];
  return binning.features.map(({ featureId, name, role, binning: bins }) => ({
    featureId,
    name,
    role,
    binning: bins,
    reference: stable.get(featureId) ?? noRows(bins),
    current: canary.get(featureId) ?? noRows(bins),
    dispersions: dispersions[featureId] ?? {},
  }));
}
