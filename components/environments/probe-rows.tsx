'use client';

import { CircleCheck, CircleDashed, CircleX } from 'lucide-react';
import { durationText } from '../../domain/figure-text.ts';
import type { ProbeRow } from '../../domain/metrics-probe.ts';

const looks = {
  met: { shape: CircleCheck, colour: 'text-ok', word: 'works' },
  missing: { shape: CircleX, colour: 'text-bad', word: 'missing' },
  absent: { shape: CircleDashed, colour: 'text-ink-faint', word: 'nothing to see' },
} as const;
const titles: Readonly<Record<ProbeRow['id'], string>> = {
  requests: 'Requests',
  errors: 'Errors',
  durations: 'Durations',
  revisions: 'Revisions',
  rate: 'Request rate',
  work: 'Tokens and load',
};

/** What each query gave: series, age of the newest sample, and the sentence that says what is wrong. */
export function ProbeRows({ rows }: { rows: readonly ProbeRow[] }) {
  return (
    <ul className="flex flex-col" aria-label="Queries">
      {rows.map((row) => (
        <QueryRow key={row.id} row={row} />
      ))}
    </ul>
  );
}

function QueryRow({ row }: { row: ProbeRow }) {
  const { shape: Shape, colour, word } = looks[row.state];
  return (
    <li className="flex items-start gap-3 border-line border-b py-2 last:border-b-0 max-sm:flex-wrap">
      <Shape aria-hidden className={`mt-0.5 size-4 shrink-0 ${colour}`} />
      <span className="w-28 shrink-0 font-medium">
        {titles[row.id]}
        <span className="sr-only">: {word}</span>
      </span>
      <span className="min-w-0 flex-1 [overflow-wrap:anywhere] max-sm:basis-full max-sm:pl-7">
        <span className={row.state === 'missing' ? 'text-ink' : 'text-ink-muted'}>{row.detail}</span>
        {row.fix !== null && <span className="block pt-0.5 text-ink">{row.fix}</span>}
        {row.query !== '' && (
          <code className="block pt-1 font-mono text-2xs text-ink-muted">{row.query}</code>
        )}
      </span>
      <span className="w-28 shrink-0 text-right text-ink-muted text-xs tabular-nums max-sm:w-full max-sm:pl-7 max-sm:text-left">
        {row.series !== null && <span className="block">{row.series} series</span>}
        {row.newestAgeMs !== null && (
          <span className="block">newest {durationText(Math.round(row.newestAgeMs / 1000) * 1000)} old</span>
        )}
      </span>
    </li>
  );
}
