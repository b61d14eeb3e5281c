import type { StepJudgement } from './analysis/judge.ts';
import type { CheckResult, Evidence } from './analysis/verdict.ts';
import { type Blocker, blocker, type Refusal, refusal } from './refusal.ts';
import { endedPhases, type Rollout, type RolloutPhase, type RolloutProgress } from './rollout.ts';
import type { ObservedServing } from './serving.ts';

/** What the world showed in this pass. */
export type Seen = {
  readonly observed: ObservedServing;
  readonly evidence: Evidence;
  /** Why no weight may be raised now, from outside the rollout: a budget that no longer lasts. Absent for nothing. */
  readonly hold?: Blocker | null;
};

type Place = { readonly phase: RolloutPhase; readonly stepIndex: number };

/** One audited move; `from` and `to` are equal when a step was held. */
export type Transition = {
  readonly action: 'rollouts.advance';
  readonly from: Place;
  readonly to: Place;
  readonly sentence: string;
  /** The weight was raised although nothing showed that this does no harm. */
  readonly withoutEvidence: boolean;
};

export type Advance = {
  readonly progress: RolloutProgress;
  readonly transitions: readonly Transition[];
  /** Why it does not move now; empty when it has just moved or has ended. */
  readonly blockers: readonly Blocker[];
  readonly results: readonly CheckResult[];
  readonly notes: readonly string[];
  /** When to look again at the latest; null when it has ended. */
  readonly requeueAfterMs: number | null;
};

/** While the cluster has to do something, look again this often even if it reports nothing. */
export const waitForClusterMs = 2_000;

type Draft = {
  readonly progress: RolloutProgress;
  readonly transitions?: readonly Transition[];
  readonly blockers?: readonly Blocker[];
  readonly judgement?: StepJudgement;
  readonly requeueAfterMs?: number;
};

/** An Advance from what is known of it: an ended rollout is not looked at again, one that just moved at once. */
export function advance(draft: Draft): Advance {
  const ended = endedPhases.includes(draft.progress.phase);
  const moved = (draft.transitions ?? []).length > 0;
  return {
    progress: draft.progress,
    transitions: draft.transitions ?? [],
    blockers: draft.blockers ?? [],
    results: draft.judgement?.results ?? [],
    notes: draft.judgement?.notes ?? [],
    requeueAfterMs: ended ? null : moved ? 0 : (draft.requeueAfterMs ?? waitForClusterMs),
  };
}

/** What going back means, as half a sentence. */
export function backWords(rollout: Rollout): string {
  return rollout.fromNumber === null
    ? `revision ${rollout.toNumber} is taken away`
    : `traffic goes back to revision ${rollout.fromNumber}`;
}

type Move = {
  readonly rollout: Rollout;
  readonly to: Place;
  readonly now: Date;
  readonly sentence: string;
  readonly withoutEvidence?: boolean;
  readonly judgement?: StepJudgement;
  readonly failure?: Refusal | null;
  readonly passedSteps?: number;
};

/** The rollout at another phase or step, its sightings forgotten unless the weights stay. */
export function move(moving: Move): Advance {
  const { rollout, to, now, sentence, withoutEvidence, judgement, failure } = moving;
  const { progress } = rollout;
  const transition: Transition = {
    action: 'rollouts.advance',
    from: { phase: progress.phase, stepIndex: progress.stepIndex },
    to,
    sentence,
    withoutEvidence: withoutEvidence ?? false,
  };
  // Finishing keeps the last step's weights, so what was seen of them still holds.
  const sameWeights = to.phase === 'finishing';
  return advance({
    progress: {
      phase: to.phase,
      stepIndex: to.stepIndex,
      stepStartedAt: now,
      acceptedAt: sameWeights ? progress.acceptedAt : null,
      effectiveAt: sameWeights ? progress.effectiveAt : null,
      heldAt: null,
      fullAt: progress.fullAt ?? (isFull(to.phase) ? now : null),
      endedAt: endedPhases.includes(to.phase) ? now : null,
      failure: failure === undefined ? progress.failure : failure,
      weightOffAt: progress.weightOffAt,
      passedSteps: moving.passedSteps ?? progress.passedSteps,
    },
    transitions: [transition],
    ...(judgement === undefined ? {} : { judgement }),
  });
}

function isFull(phase: RolloutPhase): boolean {
  return phase === 'finishing' || phase === 'succeeded';
}

type Return = {
  readonly now: Date;
  readonly failure: Refusal | null;
  readonly sentence: string;
  readonly judgement?: StepJudgement;
};

/** Sends traffic back; the failure is null when a person asked for it. */
export function goBack(rollout: Rollout, back: Return): Advance {
  const to = { phase: 'rollingBack', stepIndex: rollout.progress.stepIndex } as const;
  return move({ rollout, to, ...back });
}

/** Rolls back on a failing judgement, with the failing check's own sentence. */
export function failed(rollout: Rollout, judgement: StepJudgement, now: Date): Advance {
  const reason = judgement.results.find((result) => result.verdict === 'fail');
  const words = reason?.sentence ?? 'A check failed.';
  const failure = refusal({
    code: 'analysisFailed',
    message: words,
    params: { check: reason?.checkId ?? '', step: rollout.progress.stepIndex },
  });
  return goBack(rollout, { now, failure, judgement, sentence: `${words} So ${backWords(rollout)}.` });
}

/** Pause stops raising; who paused is on the timeline. */
export function pausedBlockers({ intent }: Rollout): Blocker[] {
  if (intent.pausedAt === null) return [];
  return [
    blocker({
      code: 'paused',
      message: 'It is paused: no weight is raised until somebody resumes it.',
      owner: 'an operator',
      fix: 'Resume it.',
    }),
  ];
}
