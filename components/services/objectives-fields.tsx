'use client';

import { SelectField } from '../ui/select-field.tsx';
import { TextField } from '../ui/text-field.tsx';
import { noticedText, type ObjectivesDraft } from './objectives-draft.ts';

type Props = {
  readonly draft: ObjectivesDraft;
  readonly onChange: (draft: ObjectivesDraft) => void;
  /** Boundaries that the metrics of the Service have. */
  readonly boundariesMs: readonly number[];
};

export function ObjectivesFields({ draft, onChange, boundariesMs }: Props) {
  return (
    <>
      <TextField
        label="Without an error"
        suffix="%"
        inputMode="decimal"
        required={false}
        placeholder="99.9"
        value={draft.errorsPercent}
        onChange={(event) => onChange({ ...draft, errorsPercent: event.currentTarget.value })}
        hint={noticedText(draft.errorsPercent)}
      />
      <TextField
        label="Answered in time"
        suffix="%"
        inputMode="decimal"
        required={false}
        placeholder="99"
        value={draft.latencyPercent}
        onChange={(event) => onChange({ ...draft, latencyPercent: event.currentTarget.value })}
        hint={noticedText(draft.latencyPercent)}
      />
      <SelectField
        label="In time is within"
        placeholder={boundariesMs.length === 0 ? 'No boundary is known yet' : 'Choose a boundary'}
        required={false}
        options={boundaryOptions(boundariesMs, draft.slowerThanMs)}
        value={draft.slowerThanMs}
        onChange={(event) => onChange({ ...draft, slowerThanMs: event.currentTarget.value })}
        hint="The boundaries of the latency buckets that its metrics have."
      />
    </>
  );
}

/** What is set stays to be seen, also when the metrics do not show it any more. */
function boundaryOptions(known: readonly number[], chosen: string) {
  const all = known.map(String);
  const shown = chosen === '' || all.includes(chosen) ? all : [...all, chosen];
  return shown.map((value) => ({ value, label: `${value} ms` }));
}
