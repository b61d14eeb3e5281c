import { type Blocker, blocker } from './refusal.ts';
import type { Rollout } from './rollout.ts';

/** How long the record of what happened may keep from being taken away what it is about. */
const recordingLimitMs = 20_000;

type Recorded = Pick<Rollout, 'fromNumber' | 'toNumber' | 'isWayBack' | 'recordedAt' | 'progress'>;

/** The revision that is about to be taken away and of which a record is due; null while nothing is. */
export function recordedNumber({ fromNumber, toNumber, isWayBack, progress }: Recorded): number | null {
  if (progress.phase === 'rollingBack') return toNumber;
  return progress.phase === 'finishing' && isWayBack ? fromNumber : null;
}

/** When its record has to be frozen; null while its traffic is not off yet, so that nothing is read before that. */
function recordingUntil(rollout: Recorded): Date | null {
  const { progress } = rollout;
  if (recordedNumber(rollout) === null) return null;
  const since = progress.phase === 'finishing' ? progress.stepStartedAt : progress.weightOffAt;
  return since === null ? null : new Date(since.getTime() + recordingLimitMs);
}

/** Milliseconds that may still be spent on the record: 0 when its time is over, null when none is due. */
export function recordingLeftMs(rollout: Recorded, now: Date): number | null {
  const until = recordingUntil(rollout);
  if (until === null || rollout.recordedAt !== null) return null;
  return Math.max(0, until.getTime() - now.getTime());
}

/** Why what served is not taken away yet; null once the record is frozen or its time is over. */
export function recordingBlocker(rollout: Recorded, now: Date): Blocker | null {
  const until = recordingUntil(rollout);
  if (until === null || rollout.recordedAt !== null || now >= until) return null;
  return blocker({
    code: 'recording',
    message: `Revision ${recordedNumber(rollout) ?? ''} takes no traffic any more and stays until its pods, events and logs are recorded.`,
    until,
  });
}
