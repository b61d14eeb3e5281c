import type { Estimator, ForecastReason } from '../../domain/budget/forecast.ts';
import type { BudgetStatus } from '../../domain/budget/status.ts';
import type { Tone } from '../ui/tone.ts';
import type { BudgetRow } from './budget-answers.ts';

export const estimatorWords: Record<Estimator, { label: string; hint: string }> = {
  linear: { label: 'Average', hint: 'Goes on as fast as on average so far.' },
  runRate: { label: 'Run rate', hint: 'What runs now goes on, with what is left of running rollouts.' },
  seasonal: {
    label: 'By hour of the week',
    hint: 'Each hour as that hour of the week was, over up to four weeks.',
  },
};

export const reasonWords: Record<ForecastReason, string> = {
  chosen: 'chosen in the settings',
  burnChanged: 'spending changed by over a quarter within a week',
  youngPeriod: 'the period is younger than three days',
  weeksOfHistory: 'there are two weeks of history',
  littleHistory: 'there is less than two weeks of history',
};

export const levelWords = ['Observe', 'Warn', 'Needs approval', 'Freeze'] as const;
export const levelHints = [
  'Nothing but the record.',
  'Thresholds are told; rollouts start with a warning.',
  'A rollout that does not fit waits until somebody allows more.',
  'As above, and once all is spent nothing grows in its environments. Where that cannot be done it is proposed.',
] as const;

/** What it counts, in a few words. */
export function countsText({ counts }: Pick<BudgetRow, 'counts'>): string {
  const { project, environment, model, gpuProduct } = counts;
  const parts = [environment ?? project ?? 'everything', ...(model === null ? [] : [model])];
  return [...parts, ...(gpuProduct === null ? [] : [gpuProduct])].join(', ');
}

type Standing = { readonly tone: Tone; readonly label: string };

/** How a budget stands, the worst first. */
export function standingOf({
  amount,
  status,
  closedAt,
}: {
  amount: bigint;
  status: Pick<BudgetStatus, 'actual' | 'expected'> | null;
  closedAt: Date | null;
}): Standing {
  if (closedAt !== null) return { tone: 'neutral', label: 'Closed' };
  if (status === null) return { tone: 'progress', label: 'Is counted' };
  if (status.actual >= amount) return { tone: 'bad', label: 'Spent' };
  if (status.expected > amount) return { tone: 'warn', label: 'Heads over' };
  return { tone: 'ok', label: 'Holds' };
}

/** An error as a share: "12 %"; a dash where the estimator had nothing to say. */
export function errorText(error: number | null): string {
  return error === null ? '–' : `${Math.round(error * 100)} %`;
}
