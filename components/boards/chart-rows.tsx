'use client';

import { ArrowDown, ArrowUp, GripVertical, Trash2 } from 'lucide-react';
import { type KeyboardEvent, useEffect, useRef } from 'react';
import { type ChartSize, chartSizes } from '../../domain/board-layout.ts';
import { IconButton } from '../ui/icon-button.tsx';
import { NativeSelect } from '../ui/native-select.tsx';
import { TextField } from '../ui/text-field.tsx';
import type { ChartSubjects } from './board-answers.ts';
import { type DraftChart, moved, resized } from './board-draft.ts';
import { specWords } from './spec-words.ts';

const sizeWords: Record<ChartSize, string> = {
  third: 'A third of the row',
  half: 'Half of the row',
  full: 'The whole row',
};
const sizeOptions = chartSizes.map((value) => ({ value, label: sizeWords[value] }));

type Props = {
  readonly draft: readonly DraftChart[];
  readonly subjects: ChartSubjects | undefined;
  readonly onChange: (draft: readonly DraftChart[]) => void;
};

/** The charts in their order, each moved and sized by its buttons, or by arrow keys on its handle. */
export function ChartRows({ draft, subjects, onChange }: Props) {
  const list = useRef<HTMLOListElement>(null);
  const focusOn = useRef<number | null>(null);
  // External system: the focus of the browser, which a row loses while it is moved.
  useEffect(() => {
    if (focusOn.current === null) return;
    list.current?.querySelector<HTMLElement>(`[data-row="${focusOn.current}"]`)?.focus();
    focusOn.current = null;
  });
  const change = (key: number, next: readonly DraftChart[]) => {
    focusOn.current = key;
    onChange(next);
  };
  return (
    <ol ref={list} aria-label="Charts of the board" className="divide-y divide-line">
      {draft.map((chart, index) => (
        <Row
          key={chart.key}
          chart={chart}
          place={index + 1}
          words={specWords(chart.spec, subjects)}
          ends={{ first: index === 0, last: index === draft.length - 1 }}
          onMove={(by) => change(chart.key, moved(draft, chart.key, by))}
          onResize={(by) => change(chart.key, resized(draft, chart.key, by))}
          onChange={(changed) => onChange(draft.map((each) => (each.key === chart.key ? changed : each)))}
          onRemove={() => onChange(draft.filter(({ key }) => key !== chart.key))}
        />
      ))}
    </ol>
  );
}

type RowProps = {
  readonly chart: DraftChart;
  readonly place: number;
  readonly words: string;
  readonly ends: { readonly first: boolean; readonly last: boolean };
  readonly onMove: (by: -1 | 1) => void;
  readonly onResize: (by: -1 | 1) => void;
  readonly onChange: (chart: DraftChart) => void;
  readonly onRemove: () => void;
};

function Row({ chart, place, words, ends, onMove, onResize, onChange, onRemove }: RowProps) {
  const handleKey = (event: KeyboardEvent) => {
    const acts: Partial<Record<string, () => void>> = {
      ArrowUp: () => onMove(-1),
      ArrowDown: () => onMove(1),
      ArrowLeft: () => onResize(-1),
      ArrowRight: () => onResize(1),
    };
    const act = acts[event.key];
    if (act === undefined) return;
    event.preventDefault();
    act();
  };
  return (
    <li className="flex flex-wrap items-end gap-3 px-4 py-3">
      <span className="flex min-w-56 flex-1 items-center gap-1 self-center">
        <IconButton
          data-row={chart.key}
          label={`Chart ${place}: arrow keys move and size it`}
          icon={GripVertical}
          onKeyDown={handleKey}
        />
        <span className="font-medium">
          {place}. {words}
        </span>
      </span>
      <div className="w-56">
        <TextField
          label={`Title of chart ${place}`}
          placeholder="Its own"
          maxLength={80}
          value={chart.title ?? ''}
          onChange={({ currentTarget: { value } }) =>
            onChange({ ...chart, title: value === '' ? null : value })
          }
        />
      </div>
      <div className="w-44">
        <NativeSelect
          aria-label={`Size of chart ${place}`}
          value={chart.size}
          options={sizeOptions}
          onChange={({ currentTarget: { value } }) =>
            onChange({ ...chart, size: chartSizes.find((each) => each === value) ?? chart.size })
          }
        />
      </div>
      <span className="inline-flex">
        <IconButton
          label={`Move chart ${place} up`}
          icon={ArrowUp}
          disabledReason={ends.first ? 'It is the first.' : undefined}
          onClick={() => onMove(-1)}
        />
        <IconButton
          label={`Move chart ${place} down`}
          icon={ArrowDown}
          disabledReason={ends.last ? 'It is the last.' : undefined}
          onClick={() => onMove(1)}
        />
        <IconButton label={`Remove chart ${place}`} icon={Trash2} onClick={onRemove} />
      </span>
    </li>
  );
}
