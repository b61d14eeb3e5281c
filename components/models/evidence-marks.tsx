import { CircleAlert, CircleCheck, CircleDashed } from 'lucide-react';
import { classNames } from '../ui/class-names.ts';
import type { VersionRow } from './model-answers.ts';

const kinds = [
  { key: 'passed', icon: CircleCheck, look: 'text-ok', word: 'kept their bounds' },
  { key: 'failed', icon: CircleAlert, look: 'text-bad', word: 'broke a bound' },
  { key: 'noThreshold', icon: CircleDashed, look: 'text-neutral', word: 'without bounds' },
] as const;

/** How many reports there are of each verdict; none is said in words. */
export function EvidenceMarks({ evidence }: { evidence: VersionRow['evidence'] }) {
  const shown = kinds.filter((kind) => evidence[kind.key] > 0);
  if (shown.length === 0) return <span className="text-ink-faint">none</span>;
  return (
    <span className="inline-flex items-center gap-2">
      {shown.map(({ key, icon: Shape, look, word }) => (
        <span
          key={key}
          title={`${evidence[key]} reports ${word}`}
          className={classNames('inline-flex items-center gap-1', look)}
        >
          <Shape aria-hidden className="size-3.5" />
          {evidence[key]}
          <span className="sr-only"> {word}</span>
        </span>
      ))}
    </span>
  );
}
