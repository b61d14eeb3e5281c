import { formatNumber } from '../../domain/number-format.ts';

/** Metrics as they were registered, by name; units are the producer's own. */
export function MetricList({ metrics }: { metrics: Readonly<Record<string, number>> }) {
  const entries = Object.entries(metrics).sort(([left], [right]) => left.localeCompare(right));
  if (entries.length === 0)
    return <p className="text-ink-muted">None were registered. Evidence can be attached at any time.</p>;
  return (
    <dl className="flex flex-col">
      {entries.map(([name, value]) => (
        <div key={name} className="flex justify-between gap-3 border-line border-b py-1 last:border-b-0">
          <dt className="min-w-0 truncate text-ink-muted">{name}</dt>
          <dd className="tabular-nums">{formatNumber(value, 5)}</dd>
        </div>
      ))}
    </dl>
  );
}
