import { classNames } from '../ui/class-names.ts';
import type { Meter } from './prepare-meter.ts';

type Props = { readonly label: string; readonly meter: Meter; readonly originPercent: number };

/** A value on its way to a limit: bar from the origin to the value, the limit a line. */
export function MeterBar({ label, meter, originPercent }: Props) {
  return (
    <div role="img" aria-label={label} className="relative h-3">
      <div className="absolute inset-x-0 top-1 h-1 rounded-full bg-neutral-surface" />
      <div
        className={classNames('absolute top-1 h-1 rounded-full', meter.isOver ? 'bg-bad' : 'bg-info')}
        style={{ left: `${meter.from}%`, width: `${Math.max(1.5, meter.to - meter.from)}%` }}
      />
      <div className="absolute top-0.5 h-2 w-px bg-line-control" style={{ left: `${originPercent}%` }} />
      <div className="absolute top-0 h-3 w-0.5 bg-bad" style={{ left: `${meter.limit}%` }} />
    </div>
  );
}
