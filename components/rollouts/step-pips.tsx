import { classNames } from '../ui/class-names.ts';
import { type Pip, preparePips } from './prepare-pips.ts';
import type { RolloutRow } from './rollout-answers.ts';

const looks: Record<Pip, string> = {
  done: 'bg-ok',
  now: 'bg-info animate-breathe',
  waiting: 'bg-line-strong',
  failed: 'bg-bad',
  left: 'bg-neutral-surface',
};

/** A rollout's steps in the width of a cell. */
export function StepPips({ rollout }: { rollout: RolloutRow }) {
  const pips = preparePips(rollout);
  const text = `step ${Math.min(rollout.stepIndex + 1, rollout.stepCount)} of ${rollout.stepCount}`;
  return (
    <span className="inline-flex items-center gap-2">
      <span aria-hidden className="inline-flex gap-0.5">
        {pips.map((pip, index) => (
          <span key={`${index}-${pip}`} className={classNames('h-1.5 w-4 rounded-full', looks[pip])} />
        ))}
      </span>
      <span className="text-ink-muted text-xs">{text}</span>
    </span>
  );
}
