import { type Advance, type Seen } from '../../domain/rollout-move.ts';
import { routeState } from '../../domain/rollout-observed.ts';
import { advanceRollout } from '../../domain/rollout-progress.ts';
import { recordedNumber } from '../../domain/rollout-recording.ts';
import type { ObservedServing } from '../../domain/serving.ts';
import { freezeRecord } from './freeze-record.ts';
import type { LoadedRollout, LoadedService } from './load-service.ts';
import type { Hands } from './reconcile.ts';
import { saveProgress } from './save-progress.ts';

type Moving = {
  readonly loaded: LoadedService;
  readonly active: LoadedRollout;
  readonly seen: Seen;
  readonly observeAgain: () => Promise<ObservedServing>;
  readonly now: Date;
};

export type MovedOn = {
  /** The rollout as it is now on record. */
  readonly active: LoadedRollout;
  readonly advance: Advance;
  readonly observed: ObservedServing;
};

/**
 * Moves a rollout on, on record. Once the route carries a way back its record is frozen, and only then is it asked again
 * whether what served may go, by a picture that is as new. Null: somebody acted meanwhile, so nothing was stored.
 */
export async function moveOn(hands: Hands, moving: Moving): Promise<MovedOn | null> {
  const { loaded, active, seen, now } = moving;
  const advance = advanceRollout(active.rollout, seen, now);
  // Its 20 s were over without a record: what the database knows is frozen before anything may be taken away.
  if (endsUnrecorded(active, advance)) await freezeRecord(hands, { loaded, active, now });
  const saved = await saveProgress(hands.db, { ...hands, loaded, active, advance, now });
  if (saved === 'overtaken') return null;
  if (saved === 'written') hands.onWrite?.('progress');
  const after = { ...active, rollout: { ...active.rollout, progress: advance.progress } };
  const { observed } = seen;
  const moved = { active: after, advance, observed };
  if (!observed.fresh || routeState(after.rollout, observed) === 'behind') return moved;
  if (!(await freezeRecord(hands, { loaded, active: after, now }))) return moved;
  const recorded = { ...after, rollout: { ...after.rollout, recordedAt: now } };
  const again = { ...seen, observed: await moving.observeAgain() };
  return await moveOn(hands, { ...moving, active: recorded, seen: again });
}

/** A way back ends although its record was never frozen. */
function endsUnrecorded({ rollout }: LoadedRollout, { progress }: Advance): boolean {
  return progress.endedAt !== null && rollout.recordedAt === null && recordedNumber(rollout) !== null;
}
