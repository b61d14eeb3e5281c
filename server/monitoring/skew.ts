import { and, desc, eq, isNotNull, isNull } from 'drizzle-orm';
import type { Queries } from '../../db/client.ts';
import { driftReference } from '../../db/schema/drift.ts';
import { roleInterval } from '../../db/schema/services.ts';
import { noRows } from '../../domain/drift/counters.ts';
import { type FeatureStanding, featureStandings } from '../../domain/drift/feature-standing.ts';
import { dispersionsSchema } from '../../domain/drift/monitor-schema.ts';
import { judgeWindow } from '../../domain/drift/window-verdict.ts';
import { readCounters } from '../rows/drift-counters.ts';
import type { Monitored } from '../rows/monitored-service.ts';
import { countersOfReference } from '../rows/reference-counters.ts';
import { revisionRefs } from '../rows/revision-refs.ts';

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;

type Skew = {
  readonly revision: number;
  readonly version: string;
  readonly referenceName: string;
  readonly from: Date;
  readonly to: Date;
  /** Why there is no verdict: a sentence; null when there is one. */
  readonly whyNone: string | null;
  readonly features: readonly FeatureStanding[];
};

/**
 * Training–serving skew: the first day that the stable revision had all the traffic, against the training data; null
 * without training data, or before any revision was stable.
 */
export async function skewOf(db: Queries, monitored: Monitored, now: Date): Promise<Skew | null> {
  const { monitor, binningId } = monitored;
  const { serviceId } = monitor;
  const [reference] = await db
    .select()
    .from(driftReference)
    .where(
      and(
        eq(driftReference.serviceId, serviceId),
        eq(driftReference.kind, 'training'),
        isNull(driftReference.replacedAt),
      ),
    );
  const stable = await stableSince(db, serviceId);
  if (reference === undefined || stable === null) return null;
  const { revisionId, at } = stable;
  const ref = (await revisionRefs(db, [revisionId])).of(revisionId);
  const from = new Date(Math.ceil(at.getTime() / hourMs) * hourMs);
  const to = new Date(from.getTime() + dayMs);
  const shown = {
    revision: ref.number,
    version: `${ref.modelName} ${ref.versionNumber}`,
    referenceName: reference.name,
    from,
    to,
  };
  const none = (whyNone: string): Skew => ({ ...shown, whyNone, features: [] });
  if (reference.binningId !== binningId)
    return none('The training data was counted with other bins; upload it again.');
  if (reference.modelVersionId !== null && reference.modelVersionId !== ref.modelVersionId)
    return none('The training data is that of another version; upload that of this one.');
  if (now < to) return none('The first day of this revision is not over yet.');
  const counters = countersOfReference(reference.counters);
  return {
    ...shown,
    whyNone: null,
    features: await judged(db, monitored, { revisionId, from, to, counters }),
  };
}

type Day = {
  readonly revisionId: string;
  readonly from: Date;
  readonly to: Date;
  readonly counters: ReturnType<typeof countersOfReference>;
};

async function judged(
  db: Queries,
  { monitor, binningId, features }: Monitored,
  { revisionId, from, to, counters }: Day,
): Promise<FeatureStanding[]> {
  const asked = { serviceId: monitor.serviceId, binningId, revisionIds: [revisionId], from, to };
  const current = await readCounters(db, asked);
  // How rows hang together differs with the length of a window; of days it is known where days are judged.
  const known =
    monitor.windowLength === 'day' ? dispersionsSchema.safeParse(monitor.dispersions).data : undefined;
  const compared = features.flatMap(({ featureId, binning }) => {
    const reference = counters.get(featureId);
    if (reference === undefined) return [];
    const dispersions = known?.features[featureId] ?? {};
    return [
      { featureId, binning, reference, current: current.get(featureId) ?? noRows(binning), dispersions },
    ];
  });
  const ids = new Set(compared.map(({ featureId }) => featureId));
  return featureStandings(
    features.filter(({ featureId }) => ids.has(featureId)),
    judgeWindow(compared),
  );
}

async function stableSince(db: Queries, serviceId: string): Promise<{ revisionId: string; at: Date } | null> {
  const [row] = await db
    .select({ revisionId: roleInterval.revisionId, at: roleInterval.effectiveAt })
    .from(roleInterval)
    .where(
      and(
        eq(roleInterval.serviceId, serviceId),
        eq(roleInterval.role, 'stable'),
        isNotNull(roleInterval.effectiveAt),
        isNull(roleInterval.toAt),
      ),
    )
    .orderBy(desc(roleInterval.fromAt))
    .limit(1);
  return row === undefined || row.at === null ? null : { revisionId: row.revisionId, at: row.at };
}
