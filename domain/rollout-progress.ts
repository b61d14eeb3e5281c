import { judgeStep } from './analysis/judge.ts';
import { durationText } from './figure-text.ts';
import { type Blocker, blocker, refusal } from './refusal.ts';
import { endedPhases, type Rollout, type RolloutProgress } from './rollout.ts';
import { fightBlockers } from './rollout-blockers.ts';
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
import { clusterBlockers, type RouteState, readiness, routeState } from './rollout-observed.ts';
import { recordingBlocker } from './rollout-recording.ts';
import { stepping } from './rollout-stepping.ts';
import { stepWeight } from './rollout-weights.ts';
import type { ObservedServing } from './serving.ts';

/**
 * Decides how far a rollout has come: pure, synchronous, at most one move a call. Guarantees: a weight is raised only
 * while the cluster's picture is fresh, the new revision is wholly ready, the present weight is accepted and the measured
 * split does not contradict it, and (unless a person or the plan says otherwise, which is marked) a passing judgement
 * newer than `effectiveAt`, and never while it is held from outside; a fail or another goal sends traffic back from every active phase, paused or not, without
 * needing metrics. What is taken away at the end of a way back stays until the record of it is frozen, or its 20 s are
 * over. An ended rollout never moves.
 */
export function advanceRollout(rollout: Rollout, seen: Seen, now: Date): Advance {
  const { progress, intent } = rollout;
  if (endedPhases.includes(progress.phase)) return advance({ progress });
  if (progress.phase === 'rollingBack') return rollingBack(rollout, seen, now);
  if (intent.goal !== 'complete') {
    const who = intent.goal === 'abort' ? 'Aborted by a person' : 'Rolled back by a person';
    return goBack(rollout, { now, failure: null, sentence: `${who}: ${backWords(rollout)}.` });
  }
  switch (progress.phase) {
    case 'starting':
      return starting(rollout, seen, now);
    case 'stepping':
      return stepping(rollout, seen, now);
    case 'finishing':
      return finishing(rollout, seen, now);
    default:
      return advance({ progress });
  }
}

function starting(rollout: Rollout, { observed, hold = null }: Seen, now: Date): Advance {
  const { progress, plan, intent, toNumber } = rollout;
  const ready = readiness(observed, toNumber);
  const deadline = new Date(progress.stepStartedAt.getTime() + plan.progressDeadlineMs);
  if (!observed.fresh)
    return advance({ progress, blockers: clusterBlockers(observed), requeueAfterMs: waitForClusterMs });
  if (!ready.whole) {
    if (now >= deadline) {
      const words = `Revision ${toNumber} was not ready within ${durationText(plan.progressDeadlineMs)}: ${ready.reason}`;
      const failure = refusal({ code: 'progressDeadline', message: words, params: { revision: toNumber } });
      return goBack(rollout, { now, failure, sentence: `${words} So ${backWords(rollout)}.` });
    }
    const waiting = ready.blockers.map((found) => ({
      ...found,
      until: found.until ?? deadline.toISOString(),
    }));
    return advance({ progress, blockers: [...waiting, ...pausedBlockers(rollout)] });
  }
  if (intent.pausedAt !== null || observed.fight !== null)
    return advance({ progress, blockers: [...fightBlockers(observed), ...pausedBlockers(rollout)] });
  if (hold !== null) return advance({ progress, blockers: [hold] });
  const straight = rollout.fromNumber === null || intent.promotedAt !== null;
  const stepIndex = straight ? plan.steps.length - 1 : rollout.firstStepIndex;
  const weight = stepWeight({ ...rollout, progress: { ...progress, stepIndex } });
  return move({
    rollout,
    to: { phase: 'stepping', stepIndex },
    now,
    sentence: `Revision ${toNumber} is ready: ${weight} % of the traffic goes to it.`,
  });
}

function finishing(loaded: Rollout, seen: Seen, now: Date): Advance {
  const judgement = judgeStep(loaded, seen.evidence, now);
  if (judgement.verdict === 'fail') return failed(loaded, judgement, now);
  const { progress, plan, toNumber, fromNumber } = loaded;
  const until = new Date(progress.stepStartedAt.getTime() + plan.scaleDownDelayMs);
  const requeueAfterMs = Math.max(50, Math.min(10_000, until.getTime() - now.getTime()));
  if (now < until) {
    const message = `Revision ${fromNumber ?? ''} is kept until then, so that rolling back is quick.`;
    const found = blocker({ code: 'scaleDownDelay', message, until, fix: null });
    return advance({ progress, blockers: [found], judgement, requeueAfterMs });
  }
  const { observed } = seen;
  const ready = readiness(observed, toNumber);
  if (!observed.fresh) return advance({ progress, judgement, blockers: clusterBlockers(observed) });
  if (!ready.ready) return advance({ progress, judgement, blockers: ready.blockers });
  const route = routeState(loaded, observed);
  if (route !== 'accepted')
    return advance({ progress, judgement, blockers: routeBlockers(loaded, observed) });
  const recording = recordingBlocker(loaded, now);
  if (recording !== null) return advance({ progress, judgement, blockers: [recording] });
  return move({
    rollout: loaded,
    to: { phase: 'succeeded', stepIndex: progress.stepIndex },
    now,
    judgement,
    sentence: `Revision ${toNumber} is stable; revision ${fromNumber ?? ''} is taken away.`,
  });
}

function routeBlockers(rollout: Rollout, observed: ObservedServing): Blocker[] {
  if (observed.route.blockers.length > 0) return [...observed.route.blockers];
  const requested = routeState(rollout, observed) === 'requested';
  const message = requested
    ? 'The gateway has not accepted the weights yet.'
    : 'The route does not carry the weights yet.';
  return [
    blocker({ code: requested ? 'routeNotAccepted' : 'waitingForCluster', message, owner: 'the cluster' }),
  ];
}

/** The record may begin once the route carries the way back, whether or not the gateway has accepted it. */
function withWeightOff(progress: RolloutProgress, state: RouteState, now: Date): RolloutProgress {
  return state === 'behind' || progress.weightOffAt !== null ? progress : { ...progress, weightOffAt: now };
}

/** Needs no metrics: it ends when the route carries the old revision alone and the gateway accepted that. */
function rollingBack(rollout: Rollout, { observed }: Seen, now: Date): Advance {
  const { intent, fromNumber } = rollout;
  if (!observed.fresh) return advance({ progress: rollout.progress, blockers: clusterBlockers(observed) });
  const state = routeState(rollout, observed);
  const progress = withWeightOff(rollout.progress, state, now);
  const recording = recordingBlocker({ ...rollout, progress }, now);
  if (state === 'accepted' && recording === null) {
    const phase = intent.goal === 'abort' ? 'aborted' : 'rolledBack';
    const sentence =
      fromNumber === null
        ? `Nothing serves any more: revision ${rollout.toNumber} is taken away.`
        : `All traffic is back on revision ${fromNumber}.`;
    const to = { phase, stepIndex: progress.stepIndex } as const;
    return move({ rollout: { ...rollout, progress }, to, now, sentence });
  }
  if (state === 'accepted') return advance({ progress, blockers: recording === null ? [] : [recording] });
  const stable = fromNumber === null ? null : readiness(observed, fromNumber);
  const unready = stable === null || stable.ready ? [] : stable.blockers;
  return advance({
    progress,
    blockers: [...fightBlockers(observed), ...unready, ...routeBlockers(rollout, observed)],
  });
}
