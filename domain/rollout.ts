import { type Refusal, refusal } from './refusal.ts';
import type { RolloutPlan } from './rollout-plan.ts';

/**
 * starting: the new revision becomes ready · stepping: at a step of the plan · finishing: at 100 %, the old revision is
 * still kept · rollingBack: traffic goes back to the old one · then one of the three ends.
 */
export const rolloutPhases = [
  'starting',
  'stepping',
  'finishing',
  'rollingBack',
  'succeeded',
  'rolledBack',
  'aborted',
] as const;
export type RolloutPhase = (typeof rolloutPhases)[number];

export const endedPhases: readonly RolloutPhase[] = ['succeeded', 'rolledBack', 'aborted'];

export const rolloutVerbs = [
  'pause',
  'resume',
  'promote',
  'abort',
  'rollBack',
  'continueWithoutEvidence',
] as const;
export type RolloutVerb = (typeof rolloutVerbs)[number];

/** What people want of a rollout; only commands write it. */
export type RolloutIntent = {
  readonly goal: 'complete' | 'abort' | 'rollBack';
  readonly pausedAt: Date | null;
  /** Set by promote: go to 100 % without the steps between. */
  readonly promotedAt: Date | null;
  /** Index of the step that a person let pass without evidence; null when none. */
  readonly continuedStep: number | null;
  /** Until when the new revision stays at 0 % for debugging once traffic went back; null when nobody asked for it. */
  readonly keepUntil: Date | null;
};

/** How far it has come; only the reconciler writes it. */
export type RolloutProgress = {
  readonly phase: RolloutPhase;
  readonly stepIndex: number;
  /** When the present phase or step began. */
  readonly stepStartedAt: Date;
  /** When the gateway accepted the present weights. */
  readonly acceptedAt: Date | null;
  /** When the measured split first agreed with the present weights. */
  readonly effectiveAt: Date | null;
  /** When the plan's deadline held it; null when not held. */
  readonly heldAt: Date | null;
  /** When its steps were over and all traffic was the new revision's: bake time counts from it; null before. */
  readonly fullAt: Date | null;
  readonly endedAt: Date | null;
  /** Why it is rolling or was rolled back. */
  readonly failure: Refusal | null;
  /** When the route was first seen to carry the way back: from then on the record may take its time; null before. */
  readonly weightOffAt: Date | null;
  /** Leading steps that passed on evidence, those of the attempt that this one retries included. */
  readonly passedSteps: number;
};

/** One gradual change of traffic; from is null for a Service's first revision (rails only). */
export type Rollout = {
  readonly id: string;
  readonly serviceId: string;
  readonly fromNumber: number | null;
  readonly toNumber: number;
  readonly plan: RolloutPlan;
  /** Step that it begins with: 0, or a later one of a retry. */
  readonly firstStepIndex: number;
  /** A roll back of what was live already: then what it takes away is the revision that it comes from. */
  readonly isWayBack: boolean;
  /** When the record of what happened was frozen; null before. */
  readonly recordedAt: Date | null;
  readonly generation: number;
  readonly intent: RolloutIntent;
  readonly progress: RolloutProgress;
};

const active: readonly RolloutPhase[] = ['starting', 'stepping', 'finishing'];

const allowedFrom = {
  pause: ['starting', 'stepping'],
  resume: ['starting', 'stepping'],
  promote: ['stepping'],
  abort: active,
  rollBack: active,
  continueWithoutEvidence: ['stepping'],
} as const satisfies Record<RolloutVerb, readonly RolloutPhase[]>;

const phaseSentence: Record<RolloutPhase, string> = {
  starting: 'the new revision is still starting',
  stepping: 'it is under way',
  finishing: 'all traffic is on the new revision already',
  rollingBack: 'it is being rolled back already',
  succeeded: 'it has finished',
  rolledBack: 'it was rolled back',
  aborted: 'it was aborted',
};

/** Why the verb cannot be done now, or null: thrown by the command, shown on the disabled button. */
export function rolloutRefusal(
  rollout: Pick<Rollout, 'intent' | 'progress'>,
  verb: RolloutVerb,
): Refusal | null {
  const { intent, progress } = rollout;
  const phases: readonly RolloutPhase[] = allowedFrom[verb];
  if (!phases.includes(progress.phase))
    return refusal({
      code: 'wrongState',
      message: `This rollout cannot be changed so: ${phaseSentence[progress.phase]}.`,
      params: { phase: progress.phase },
    });
  if (intent.goal !== 'complete')
    return refusal({
      code: 'wrongState',
      message: 'Traffic is already being sent back.',
      params: { goal: intent.goal },
    });
  switch (verb) {
    case 'pause':
      return intent.pausedAt === null ? null : refusal({ code: 'paused', message: 'It is paused already.' });
    case 'resume':
      return intent.pausedAt === null ? refusal({ code: 'wrongState', message: 'It is not paused.' }) : null;
    case 'promote':
      return intent.promotedAt === null
        ? null
        : refusal({ code: 'wrongState', message: 'It is on its way to 100 % already.' });
    case 'continueWithoutEvidence':
      return continueRefusal(rollout);
    case 'abort':
    case 'rollBack':
      return null;
  }
}

function continueRefusal({ intent, progress }: Pick<Rollout, 'intent' | 'progress'>): Refusal | null {
  if (progress.heldAt === null)
    return refusal({
      code: 'wrongState',
      message: 'It is not held for want of evidence: it goes on by itself once its step passes.',
    });
  if (intent.continuedStep === progress.stepIndex)
    return refusal({ code: 'wrongState', message: 'This step was let pass already.' });
  return null;
}

/** The intent after the verb; the caller has checked the refusal. */
export function applyVerb(
  intent: RolloutIntent,
  verb: RolloutVerb,
  at: { now: Date; stepIndex: number },
): RolloutIntent {
  switch (verb) {
    case 'pause':
      return { ...intent, pausedAt: at.now };
    case 'resume':
      return { ...intent, pausedAt: null };
    case 'promote':
      return { ...intent, promotedAt: at.now, pausedAt: null };
    case 'abort':
      return { ...intent, goal: 'abort', pausedAt: null };
    case 'rollBack':
      return { ...intent, goal: 'rollBack', pausedAt: null };
    case 'continueWithoutEvidence':
      return { ...intent, continuedStep: at.stepIndex };
  }
}
