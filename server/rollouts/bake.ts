import type { Queries } from '../../db/client.ts';
import { type BakeOutcome, type BakeState, bakeState, bakeUntil } from '../../domain/bake.ts';
import { judgeRunningRails, type RailResult } from '../../domain/running-rail.ts';
import type { RolloutRecord } from '../rows/active-rollouts.ts';
import { bakedOf, watchedRails } from '../rows/baked-rollout.ts';
import { revisionRefs } from '../rows/revision-refs.ts';
import { runningBars } from '../rows/running-bars.ts';
import type { ServiceRecord } from '../rows/service-record.ts';

/** What becomes of a rollout after 100 %. */
export type Bake = {
  readonly state: BakeState;
  /** Until when a broken rail rolls back; null when it never does. */
  readonly until: Date | null;
  readonly outcome: BakeOutcome | null;
  /** Its rails, as they are now, while what it brought serves all traffic; empty otherwise. */
  readonly rails: readonly RailResult[];
};

const askedByWorker = { value: null, problem: 'the worker alone asks its query, and acts when it breaks' };

/** The bake time of a rollout and how its rails do now, by the rule that the worker decides with. */
export async function bakeOf(
  db: Queries,
  { record, place, now }: { record: RolloutRecord; place: ServiceRecord; now: Date },
): Promise<Bake> {
  const baked = bakedOf(record);
  const bake = { state: bakeState(baked, now), until: bakeUntil(baked), outcome: baked.outcome };
  if (record.phase !== 'succeeded') return { ...bake, rails: [] };
  const watch = await watchedRails(db, place.row);
  if (watch === null || watch.rollout.id !== record.id) return { ...bake, rails: [] };
  const revisions = await revisionRefs(db, [record.toRevisionId]);
  const { number } = revisions.of(record.toRevisionId);
  const bars = await runningBars(db, { serviceId: record.serviceId, revisionNumber: number, now });
  const queries = new Map(
    watch.rails.filter((rail) => rail.of === 'query').map((rail) => [rail.id, askedByWorker] as const),
  );
  const evidence = { bars, queries, sourceProblem: null };
  return { ...bake, rails: judgeRunningRails(watch.rails, evidence, { now, since: watch.since }) };
}
