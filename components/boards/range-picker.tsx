'use client';

import { useState } from 'react';
import { type BoardRange, boardRanges } from '../../domain/board-layout.ts';
import type { ChartRange } from '../../domain/chart/chart-series.ts';
import { Button } from '../ui/button.tsx';
import { Dialog } from '../ui/dialog.tsx';
import { FormActions } from '../ui/form-field.tsx';
import { Segmented } from '../ui/segmented.tsx';
import { TextField } from '../ui/text-field.tsx';

const own = 'own';
const options = [
  ...boardRanges.map((value) => ({ value, label: value })),
  { value: own, label: 'From – to' },
] as const;

type Props = {
  /** Null for one that has its own two ends. */
  readonly preset: BoardRange | null;
  readonly range: ChartRange;
  readonly onPreset: (preset: BoardRange) => void;
  readonly onOwn: (range: ChartRange) => void;
};

/** Which time all charts show: one that ends now, or any other. */
export function RangePicker({ preset, range, onPreset, onOwn }: Props) {
  const [open, setOpen] = useState(false);
  return (
    <div className="flex flex-wrap items-center gap-2">
      <Segmented
        label="Time range"
        value={preset ?? own}
        options={options}
        onChange={(value) => (value === own ? setOpen(true) : onPreset(value))}
      />
      {preset === null && (
        <Button size="small" onClick={() => setOpen(true)}>
          Change the time
        </Button>
      )}
      <Dialog title="Show a time of your own" size="small" open={open} onOpenChange={setOpen}>
        <OwnRange
          range={range}
          onChoose={(chosen) => {
            setOpen(false);
            onOwn(chosen);
          }}
        />
      </Dialog>
    </div>
  );
}

/** As a field takes it, in UTC. */
const fieldText = (atMs: number) => new Date(atMs).toISOString().slice(0, 16);

function OwnRange({ range, onChoose }: { range: ChartRange; onChoose: (range: ChartRange) => void }) {
  const [from, setFrom] = useState(() => fieldText(range.from));
  const [to, setTo] = useState(() => fieldText(range.to));
  return (
    <form
      className="flex flex-col gap-4"
      onSubmit={(event) => {
        event.preventDefault();
        onChoose({ from: Date.parse(`${from}Z`), to: Date.parse(`${to}Z`) });
      }}
    >
      <TextField
        label="From (UTC)"
        type="datetime-local"
        required
        value={from}
        onChange={(event) => setFrom(event.currentTarget.value)}
      />
      <TextField
        label="To (UTC)"
        type="datetime-local"
        required
        value={to}
        onChange={(event) => setTo(event.currentTarget.value)}
      />
      <FormActions>
        <Button
          type="submit"
          variant="primary"
          disabledReason={from < to ? undefined : 'The range ends after it begins.'}
        >
          Show
        </Button>
      </FormActions>
    </form>
  );
}
