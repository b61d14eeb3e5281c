import { judgeStep, type StepJudgement } from './analysis/judge.ts';
import { durationText } from './figure-text.ts';
import { refusal } from './refusal.ts';
import type { Rollout, RolloutProgress } from './rollout.ts';
import { stepBlockers } from './rollout-blockers.ts';
import {
  type Advance,
  advance,
  backWords,
  failed,
  goBack,
  move,
  pausedBlockers,
  type Seen,
  waitForClusterMs,
} from './rollout-move.ts';
import { readiness, routeState } from './rollout-observed.ts';
import { stepWeight } from './rollout-weights.ts';
import { splitAgreement } from './traffic-split.ts';

/** Accepted and effective follow what is seen; both are lost when the route no longer carries the step's weights. */
function withSightings(rollout: Rollout, { observed, evidence }: Seen, now: Date): RolloutProgress {
  const { progress } = rollout;
  if (!observed.fresh) return progress;
  if (routeState(rollout, observed) !== 'accepted')
    return progress.acceptedAt === null ? progress : { ...progress, acceptedAt: null, effectiveAt: null };
  if (progress.acceptedAt === null) return { ...progress, acceptedAt: now };
  if (progress.effectiveAt !== null) return progress;
  const agreement = splitAgreement(evidence.split, stepWeight(rollout));
  return agreement === 'inside' ? { ...progress, effectiveAt: now } : progress;
}

/** The stepping phase: sightings, fail, promote, pass, continued step, deadline, else waiting; in this order. */
export function stepping(loaded: Rollout, seen: Seen, now: Date): Advance {
  const rollout = { ...loaded, progress: withSightings(loaded, seen, now) };
  const judgement = judgeStep(rollout, seen.evidence, now);
  if (judgement.verdict === 'fail') return failed(rollout, judgement, now);
  const { intent, progress, plan } = rollout;
  const last = plan.steps.length - 1;
  const mayRaise = raisable(rollout, seen);
  if (intent.promotedAt !== null && progress.stepIndex < last && mayRaise.toLast)
    return move({
      rollout,
      to: { phase: 'stepping', stepIndex: last },
      now,
      sentence: `Promoted by a person: 100 % of the traffic goes to revision ${rollout.toNumber}.`,
      withoutEvidence: judgement.verdict !== 'pass',
      judgement,
    });
  if (judgement.verdict === 'pass' && mayRaise.next)
    return nextStep(rollout, { now, judgement, why: 'No harm was seen', withoutEvidence: false });
  if (intent.continuedStep === progress.stepIndex && mayRaise.withoutSplit)
    return nextStep(rollout, {
      now,
      judgement,
      why: 'A person let this step pass without evidence',
      withoutEvidence: judgement.verdict !== 'pass',
    });
  const late = judgement.verdict === 'pass' ? null : atDeadline(rollout, { seen, judgement, now });
  return late ?? waiting(rollout, { seen, judgement, now });
}

/** Whether a weight may be raised now: to the next step, to the next step with an unmeasured split, or straight to the last. */
function raisable(
  rollout: Rollout,
  { observed, evidence, hold = null }: Seen,
): { next: boolean; withoutSplit: boolean; toLast: boolean } {
  const agreement = splitAgreement(evidence.split, stepWeight(rollout));
  const isFull = rollout.progress.stepIndex >= rollout.plan.steps.length - 1;
  const base =
    (hold === null || isFull) &&
    rollout.intent.pausedAt === null &&
    observed.fresh &&
    observed.fight === null &&
    readiness(observed, rollout.toNumber).whole;
  const accepted = base && rollout.progress.acceptedAt !== null;
  return {
    next: accepted && rollout.progress.effectiveAt !== null && agreement === 'inside',
    withoutSplit: accepted && agreement !== 'outside',
    toLast: base,
  };
}

type Pass = {
  readonly now: Date;
  readonly judgement: StepJudgement;
  readonly why: string;
  readonly withoutEvidence: boolean;
};

function nextStep(rollout: Rollout, { now, judgement, why, withoutEvidence }: Pass): Advance {
  const { progress, plan, fromNumber, toNumber } = rollout;
  const at = `${why} at ${stepWeight(rollout)} %`;
  const following = plan.steps[progress.stepIndex + 1];
  // A step counts as passed only behind others that did: what a retry may leave out must have been proven wholly.
  const proven = !withoutEvidence && progress.passedSteps === progress.stepIndex;
  const passedSteps = proven ? progress.stepIndex + 1 : progress.passedSteps;
  const shared = { rollout, now, judgement, withoutEvidence, passedSteps };
  if (following !== undefined && fromNumber !== null)
    return move({
      ...shared,
      to: { phase: 'stepping', stepIndex: progress.stepIndex + 1 },
      sentence: `${at}: ${following.weightPercent} % of the traffic goes to revision ${toNumber}.`,
    });
  if (fromNumber === null)
    return move({
      ...shared,
      to: { phase: 'succeeded', stepIndex: progress.stepIndex },
      sentence: `${at}: revision ${toNumber} is the Service's first stable revision.`,
    });
  return move({
    ...shared,
    to: { phase: 'finishing', stepIndex: progress.stepIndex },
    sentence: `${at}: revision ${fromNumber} is kept for ${durationText(plan.scaleDownDelayMs)} more.`,
  });
}

type Waiting = { readonly seen: Seen; readonly judgement: StepJudgement; readonly now: Date };

/** When the step's deadline ends: counted from the moment the weight took effect, or from its request when it never did. */
function deadlineOf({ plan, progress }: Rollout): Date {
  const deadlineMs = (plan.steps[progress.stepIndex] ?? plan.steps.at(-1))?.deadlineMs ?? 0;
  return new Date((progress.effectiveAt ?? progress.stepStartedAt).getTime() + deadlineMs);
}

function atDeadline(rollout: Rollout, { seen, judgement, now }: Waiting): Advance | null {
  const { progress, plan } = rollout;
  if (now < deadlineOf(rollout)) return null;
  const lack = judgement.missing.join('; ') || 'a check has not decided';
  const message = `The deadline of the step at ${stepWeight(rollout)} % has passed without a verdict: ${lack}.`;
  switch (plan.onDeadline) {
    case 'hold': {
      if (progress.heldAt !== null) return null;
      const place = { phase: progress.phase, stepIndex: progress.stepIndex };
      const held = { ...rollout, progress: { ...progress, heldAt: now } };
      return {
        ...waiting(held, { seen, judgement, now }),
        transitions: [
          {
            action: 'rollouts.advance',
            from: place,
            to: place,
            sentence: `Held: ${message}`,
            withoutEvidence: false,
          },
        ],
      };
    }
    case 'rollBack': {
      const failure = refusal({ code: 'noEvidence', message, params: { step: progress.stepIndex } });
      return goBack(rollout, { now, failure, judgement, sentence: `${message} So ${backWords(rollout)}.` });
    }
    case 'continue':
      if (!raisable(rollout, seen).withoutSplit) return null;
      return nextStep(rollout, {
        now,
        judgement,
        why: `The plan goes on at its deadline: ${lack}`,
        withoutEvidence: true,
      });
  }
}

function waiting(rollout: Rollout, { seen, judgement, now }: Waiting): Advance {
  const { progress, plan } = rollout;
  const deadline = deadlineOf(rollout);
  const { hold = null } = seen;
  const isFull = progress.stepIndex >= plan.steps.length - 1;
  const blockers = [
    ...(hold === null || isFull ? [] : [hold]),
    ...stepBlockers(rollout, { ...seen, judgement, deadline, now }),
    ...pausedBlockers(rollout),
  ];
  const times = [judgement.minimumUntil, deadline].filter((at) => at !== null && at > now);
  const untilNext = times.map((at) => (at?.getTime() ?? 0) - now.getTime());
  const pace = progress.acceptedAt === null ? waitForClusterMs : Math.min(plan.intervalMs, 10_000);
  return advance({
    progress,
    blockers,
    judgement,
    requeueAfterMs: Math.max(50, Math.min(pace, ...untilNext)),
  });
}
