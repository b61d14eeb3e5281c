import { durationText } from '../../domain/figure-text.ts';
import type { StepState } from '../ui/step-bar.tsx';
import type { RolloutDetail } from './rollout-answers.ts';

export type PlannedStep = {
  readonly key: string;
  readonly label: string;
  readonly state: StepState;
  /** Share of the minimum time that is over; only of the current step. */
  readonly share: number;
  readonly text: string | null;
  /** When the current step may end at the earliest; null when only evidence or the cluster decides. */
  readonly until: Date | null;
};

type Input = Pick<
  RolloutDetail,
  'phase' | 'stepIndex' | 'plan' | 'stepStartedAt' | 'effectiveAt' | 'promotedAt' | 'checkResults' | 'failure'
>;

/** The segments of the rollout's bar: start, the plan's weights, and the time that the old revision is kept. */
export function prepareSteps(rollout: Input, nowMs: number): PlannedStep[] {
  return [startStep(rollout), ...weightSteps(rollout, nowMs), keepStep(rollout, nowMs)];
}

const backPhases: readonly Input['phase'][] = ['rollingBack', 'rolledBack', 'aborted'];

function startStep({ phase }: Input): PlannedStep {
  const isNow = phase === 'starting';
  const text = isNow ? 'until its pods are ready' : null;
  return { key: 'start', label: 'Start', state: isNow ? 'current' : 'done', share: 0, text, until: null };
}

function weightSteps(rollout: Input, nowMs: number): PlannedStep[] {
  return rollout.plan.steps.map((step, index) => {
    const state = weightState(rollout, index);
    const base = { key: `step-${index}`, label: `${step.weightPercent} %`, state };
    if (state === 'waiting')
      return { ...base, share: 0, until: null, text: `at least ${durationText(step.minimumMs)}` };
    if (state !== 'current') return { ...base, share: 1, until: null, text: null };
    const { effectiveAt } = rollout;
    if (effectiveAt === null) return { ...base, share: 0, until: null, text: 'until the split is measured' };
    const until = new Date(effectiveAt.getTime() + step.minimumMs);
    const share = step.minimumMs === 0 ? 1 : (nowMs - effectiveAt.getTime()) / step.minimumMs;
    const isOver = until.getTime() <= nowMs;
    return {
      ...base,
      share: Math.min(1, Math.max(0, share)),
      until: isOver ? null : until,
      text: isOver ? 'until the evidence decides' : null,
    };
  });
}

function weightState(rollout: Input, index: number): StepState {
  const { phase, stepIndex, failure } = rollout;
  if (phase === 'starting') return 'waiting';
  if (backPhases.includes(phase)) {
    if (index < stepIndex) return passedState(rollout, index);
    return index === stepIndex && failure !== null ? 'failed' : 'skipped';
  }
  if (phase === 'stepping' && index >= stepIndex) return index === stepIndex ? 'current' : 'waiting';
  return passedState(rollout, index);
}

/** After a promote, a step without any judgement was never stood on. */
function passedState({ promotedAt, checkResults, plan }: Input, index: number): StepState {
  const isLast = index === plan.steps.length - 1;
  const isJudged = checkResults.some((result) => result.step === index);
  return promotedAt !== null && checkResults.length > 0 && !isJudged && !isLast ? 'skipped' : 'done';
}

function keepStep({ phase, plan, stepStartedAt }: Input, nowMs: number): PlannedStep {
  const base = { key: 'keep', label: 'Clean up' };
  if (phase === 'succeeded') return { ...base, state: 'done', share: 1, text: null, until: null };
  if (backPhases.includes(phase)) return { ...base, state: 'skipped', share: 1, text: null, until: null };
  if (phase !== 'finishing') {
    const text = `old one kept ${durationText(plan.scaleDownDelayMs)}`;
    return { ...base, state: 'waiting', share: 0, text, until: null };
  }
  const until = new Date(stepStartedAt.getTime() + plan.scaleDownDelayMs);
  const share = plan.scaleDownDelayMs === 0 ? 1 : 1 - (until.getTime() - nowMs) / plan.scaleDownDelayMs;
  return {
    ...base,
    state: 'current',
    share: Math.min(1, Math.max(0, share)),
    until: until.getTime() <= nowMs ? null : until,
    text: until.getTime() <= nowMs ? 'the old one is taken away' : null,
  };
}
