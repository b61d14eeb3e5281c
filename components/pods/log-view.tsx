'use client';

import { Download, Pause, Play } from 'lucide-react';
import { useState } from 'react';
import { formatNumber } from '../../domain/number-format.ts';
import { Button } from '../ui/button.tsx';
import { CheckboxField } from '../ui/checkbox-field.tsx';
import { classNames } from '../ui/class-names.ts';
import { controlLook } from '../ui/control-look.ts';
import { CopyButton } from '../ui/copy-button.tsx';
import { saveText } from '../ui/save-text.ts';
import { Status } from '../ui/status.tsx';
import { LogLines } from './log-lines.tsx';
import type { LogState } from './log-reader.ts';
import { type LogLine, matching, plainText } from './log-text.ts';

/** More lines than this are in the download and the copy, not on the screen. */
const mostShown = 1_000;

const phaseWords = {
  idle: { tone: 'neutral', label: 'not read' },
  opening: { tone: 'progress', label: 'asking the worker' },
  reading: { tone: 'progress', label: 'following' },
  ended: { tone: 'neutral', label: 'ended' },
  refused: { tone: 'bad', label: 'not readable' },
} as const;

/** The lines of a log with what one needs at 3 a.m.: find, hold still, wrap, take along. */
export function LogView({ state, fileName }: { state: LogState; fileName: string }) {
  const [wanted, setWanted] = useState('');
  const [wrap, setWrap] = useState(true);
  /** What stood there when it was paused; null while it follows. */
  const [held, setHeld] = useState<readonly LogLine[] | null>(null);
  const lines = held ?? state.lines;
  const found = matching(lines, wanted);
  const shown = found.slice(-mostShown);
  const waiting = held === null ? 0 : (state.lines.at(-1)?.number ?? 0) - (held.at(-1)?.number ?? 0);
  return (
    <div className="flex min-w-0 flex-col gap-2">
      <div className="flex flex-wrap items-center gap-x-3 gap-y-2">
        <input
          type="search"
          aria-label="Find in the log"
          placeholder="Find in the log"
          value={wanted}
          onChange={(event) => setWanted(event.currentTarget.value)}
          className={classNames(controlLook, 'h-control max-w-full sm:w-64')}
        />
        <CheckboxField
          label="Wrap"
          checked={wrap}
          onChange={(event) => setWrap(event.currentTarget.checked)}
        />
        <Button
          size="small"
          icon={held === null ? Pause : Play}
          onClick={() => setHeld(held === null ? state.lines : null)}
        >
          {held === null ? 'Pause' : `Resume${waiting > 0 ? ` (${formatNumber(waiting)} new)` : ''}`}
        </Button>
        <Button
          size="small"
          icon={Download}
          disabledReason={lines.length === 0 ? 'There is nothing to download yet.' : undefined}
          onClick={() => saveText(`${fileName}.log`, plainText(found))}
        >
          Download
        </Button>
        <CopyButton text={plainText(shown)} label="Copy the lines shown" />
        <span className="ml-auto inline-flex items-center gap-3 text-ink-muted text-xs">
          <span aria-live="off">{countWords({ found: found.length, all: lines.length, wanted, state })}</span>
          {held === null ? <Status {...phaseWords[state.phase]} /> : <Status tone="warn" label="paused" />}
        </span>
      </div>
      <LogLines lines={shown} wanted={wanted} wrap={wrap} follow={held === null} phase={state.phase} />
      {found.length > shown.length && (
        <p className="text-ink-muted text-xs">
          The newest {formatNumber(shown.length)} of {formatNumber(found.length)} lines are shown; the
          download has all.
        </p>
      )}
    </div>
  );
}

type Counted = { found: number; all: number; wanted: string; state: LogState };

function countWords({ found, all, wanted, state: { droppedCount } }: Counted): string {
  const lines = all === 1 ? '1 line' : `${formatNumber(all)} lines`;
  const dropped = droppedCount === 0 ? '' : `, ${formatNumber(droppedCount)} older let go`;
  return wanted === '' ? `${lines}${dropped}` : `${formatNumber(found)} of ${lines}${dropped}`;
}
