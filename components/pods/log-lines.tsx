'use client';

import { memo, useEffect, useRef } from 'react';
import { formatExact } from '../../domain/time-format.ts';
import { classNames } from '../ui/class-names.ts';
import { useZone } from '../ui/clock.tsx';
import type { LogState } from './log-reader.ts';
import { type LogLine, lineLevel, marked } from './log-text.ts';

type Props = {
  readonly lines: readonly LogLine[];
  readonly wanted: string;
  readonly wrap: boolean;
  /** Stay at the newest line while the reader is there. */
  readonly follow: boolean;
  readonly phase: LogState['phase'];
};

const emptyWords: Readonly<Record<LogState['phase'], string>> = {
  idle: '',
  opening: 'The worker is asked for the last lines …',
  reading: 'Nothing was written yet.',
  ended: 'Nothing was written.',
  refused: '',
};

/** A scrolling box of lines that sticks to its end until one scrolls up. */
export function LogLines({ lines, wanted, wrap, follow, phase }: Props) {
  const box = useRef<HTMLDivElement>(null);
  const atEnd = useRef(true);
  const zone = useZone();
  // External system: the scroll position of the box.
  useEffect(() => {
    const element = box.current;
    if (element !== null && follow && atEnd.current) element.scrollTop = element.scrollHeight;
  }, [lines, follow]);
  return (
    <div
      ref={box}
      role="log"
      aria-label="Lines of the log"
      aria-live="off"
      tabIndex={0}
      onScroll={({ currentTarget: { scrollHeight, scrollTop, clientHeight } }) => {
        atEnd.current = scrollHeight - scrollTop - clientHeight < 24;
      }}
      className="h-96 overflow-auto rounded-md border border-line bg-sunken py-2 font-mono text-xs leading-5"
    >
      {lines.length === 0 ? (
        <p className="px-3 font-sans text-ink-muted">
          {wanted === '' ? emptyWords[phase] : 'No line holds that.'}
        </p>
      ) : (
        lines.map((line) => <Line key={line.number} line={line} wanted={wanted} wrap={wrap} zone={zone} />)
      )}
    </div>
  );
}

type LineProps = {
  readonly line: LogLine;
  readonly wanted: string;
  readonly wrap: boolean;
  readonly zone: ReturnType<typeof useZone>;
};

const levelLook = { error: 'text-bad', warning: 'text-warn' } as const;

const Line = memo(function Line({ line, wanted, wrap, zone }: LineProps) {
  const level = lineLevel(line.text);
  const exact = line.at === '' ? '' : formatExact(Date.parse(line.at), zone, { seconds: true });
  return (
    <div className={classNames('flex gap-3 px-3 hover:bg-hover', !wrap && 'w-max')}>
      {line.at !== '' && (
        <time dateTime={line.at} title={exact} className="shrink-0 select-none text-ink-faint">
          {exact.slice(11, 19)}
        </time>
      )}
      <span
        className={classNames(
          wrap ? 'min-w-0 whitespace-pre-wrap [overflow-wrap:anywhere]' : 'whitespace-pre',
          level !== null && levelLook[level],
        )}
      >
        {marked(line.text, wanted).map((piece, index) =>
          piece.hit ? (
            // biome-ignore lint/suspicious/noArrayIndexKey: pieces of one line never change places.
            <mark key={index} className="bg-warn-surface text-warn outline outline-warn-line">
              {piece.text}
            </mark>
          ) : (
            piece.text
          ),
        )}
      </span>
    </div>
  );
});
