import { classNames } from '../ui/class-names.ts';
import { TextLink } from '../ui/link.tsx';
import type { PartLook, PreparedPart } from './prepare-node.ts';

const fills: Record<PartLook, string> = {
  stable: 'bg-chart-stable',
  canary: 'bg-chart-canary',
  work: 'bg-info',
  foreign: 'bg-neutral',
  system: 'bg-ink-faint',
  free: 'bg-neutral-surface border border-neutral-line border-dashed',
  lost: 'bg-bad',
};

/** Whose GPUs they are, in proportion, with a mark at each whole one; the words beside it say the same. */
export function NodeBar({ parts, gpuCount }: { parts: readonly PreparedPart[]; gpuCount: number }) {
  return (
    <div aria-hidden className="relative flex h-4 gap-px overflow-hidden rounded-sm">
      {parts.map((part) => (
        <span
          key={part.key}
          className={classNames('h-full', fills[part.look])}
          style={{ width: `${part.percent}%` }}
        />
      ))}
      {Array.from({ length: Math.max(0, gpuCount - 1) }, (_, index) => index + 1).map((mark) => (
        <span
          key={mark}
          className="absolute inset-y-0 w-0.5 bg-surface"
          style={{ left: `${(mark / gpuCount) * 100}%` }}
        />
      ))}
    </div>
  );
}

/** A line per holder. */
export function NodeParts({ parts }: { parts: readonly PreparedPart[] }) {
  return (
    <ul className="flex flex-col gap-1 text-xs">
      {parts.map((part) => (
        <li key={part.key} className="flex items-baseline gap-2">
          <span aria-hidden className={classNames('size-2 shrink-0 rounded-xs', fills[part.look])} />
          <span className="w-16 shrink-0 font-medium tabular-nums">{part.gpus}</span>
          <span className="min-w-0">
            {part.serviceId === null ? (
              part.who
            ) : (
              <TextLink href={`/services/${part.serviceId}`}>{part.who}</TextLink>
            )}
            {part.state !== null && <span className="text-ink-muted"> · {part.state}</span>}
            {part.use !== null && <span className="text-ink-muted"> · {part.use}</span>}
            {part.pods.length > 0 && (
              <span className="block break-all font-mono text-2xs text-ink-faint">
                {part.pods.join(', ')}
              </span>
            )}
          </span>
        </li>
      ))}
    </ul>
  );
}
