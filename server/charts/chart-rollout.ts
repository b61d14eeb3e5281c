import { and, desc, eq, gte, isNull, lte, or } from 'drizzle-orm';
import { rollout } from '../../db/schema/rollouts.ts';
import { type ToldRollout } from '../../domain/chart/rollout-words.ts';
import type { RolloutRecord } from '../rows/active-rollouts.ts';
import { revisionRefs } from '../rows/revision-refs.ts';
import { currentWeight, statusOf } from '../rows/rollout-rows.ts';
import type { ChartAsk } from './chart-part.ts';
import { type ChartService, rangeOfService } from './chart-service.ts';

/** The newest rollout of a service that was under way in the range; null when none was. */
export async function rolloutIn(
  { db, range }: ChartAsk,
  service: ChartService,
): Promise<RolloutRecord | null> {
  const { from, to } = rangeOfService(range, service);
  const [row] = await db
    .select()
    .from(rollout)
    .where(
      and(
        eq(rollout.serviceId, service.row.id),
        lte(rollout.startedAt, to),
        or(isNull(rollout.endedAt), gte(rollout.endedAt, from)),
      ),
    )
    .orderBy(desc(rollout.startedAt))
    .limit(1);
  return row ?? null;
}

/** Both arms of a rollout by revision number; `from` is null for a service's first revision. */
export async function armsOf({ db }: ChartAsk, record: RolloutRecord) {
  const revisions = await revisionRefs(db, [record.fromRevisionId, record.toRevisionId]);
  return { stable: revisions.maybe(record.fromRevisionId), canary: revisions.of(record.toRevisionId) };
}
type Arms = Awaited<ReturnType<typeof armsOf>>;

/** What is told of it, and the name of what it brought. */
export function toldOf(record: RolloutRecord, { canary }: Arms): { told: ToldRollout; name: string } {
  const status = statusOf(record);
  const measured = status?.measured ?? { nCanary: 0, nStable: 0 };
  const total = measured.nCanary + measured.nStable;
  return {
    name: `${canary.modelName} v${canary.versionNumber}`,
    told: {
      to: `modelVersion ${canary.modelVersionId}`,
      phase: record.phase,
      share: total === 0 ? currentWeight(record) / 100 : measured.nCanary / total,
      failed: record.failure !== null,
      results: status?.results ?? [],
    },
  };
}
