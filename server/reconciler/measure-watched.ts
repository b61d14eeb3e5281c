import type { Workload } from '../../domain/workload.ts';
import { chartRows } from './chart-samples.ts';
import { chartBoundaries, measurableUntilMs } from './evidence.ts';
import { storeIntervals } from './evidence-store.ts';
import type { LoadedService } from './load-service.ts';
import type { Hands } from './reconcile.ts';

/** A query names each pod; beyond so many nothing is counted rather than a part of it. */
const mostPods = 300;

type Watched = {
  readonly loaded: LoadedService;
  readonly workload: Workload;
  /** Number of the revision that its pods run. */
  readonly number: number;
  readonly now: Date;
};

/**
 * Counts what the pods of a watched service's workload answer, in the same intervals as those of managed ones; one query
 * to the metrics source a pass and none to the cluster. Only services that promise something are counted.
 */
export async function measureWatched(
  hands: Hands,
  { loaded, workload, number, now }: Watched,
): Promise<void> {
  const { row, serving, metrics } = loaded;
  if (workload.podNames.length > mostPods) return;
  const boundaries = await chartBoundaries(hands.db, row.id, measurableUntilMs(loaded, now));
  if (boundaries.length === 0) return;
  const answer = await hands.metricsOf(metrics).counters({
    scope: serving.scope,
    boundaries: boundaries.map((at) => new Date(at)),
    workload: { name: workload.ref.name, podNames: workload.podNames, revisionNumber: number },
  });
  if (answer.kind !== 'samples') return;
  const wrote = await storeIntervals(hands.db, hands.lease, {
    projectId: row.projectId,
    serviceId: row.id,
    rollout: null,
    analysis: [],
    charts: chartRows(answer.samples, boundaries),
  });
  if (wrote) hands.onWrite?.('intervals');
}
