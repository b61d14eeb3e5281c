'use client';

import { useState } from 'react';
import { useTrpc } from '../trpc-provider.tsx';
import { Banner } from '../ui/banner.tsx';
import { Button } from '../ui/button.tsx';
import { FormActions, FormGrid } from '../ui/form-field.tsx';
import { SelectField } from '../ui/select-field.tsx';
import { TextAreaField } from '../ui/text-area-field.tsx';
import { TextField } from '../ui/text-field.tsx';
import { useCommand } from '../use-command.ts';

const dayMs = 86_400_000;
const lengths = [
  { value: 'day', label: 'day' },
  { value: 'week', label: 'week' },
] as const;

type Props = { readonly serviceId: string; readonly kind: 'rebase' | 'keep'; readonly onDone: () => void };
type Draft = {
  name: string;
  from: string;
  to: string;
  windowLength: string;
  reason: string;
  /** Whole days on new bins; empty: the present ones are kept. */
  newBinsDays: string;
};

const bins = [
  { value: '', label: 'keep, and compare with a window of the past' },
  { value: '7', label: 'learn anew, and compare with the first 7 days on them' },
  { value: '14', label: 'learn anew, and compare with the first 14 days on them' },
  { value: '28', label: 'learn anew, and compare with the first 28 days on them' },
] as const;

/** The last seven whole days, UTC. */
function lastWeek(): Pick<Draft, 'from' | 'to'> {
  const todayMs = Math.floor(Date.now() / dayMs) * dayMs;
  const text = (ms: number) => new Date(ms).toISOString().slice(0, 16);
  return { from: text(todayMs - 7 * dayMs), to: text(todayMs) };
}

function missingPart(
  { name, from, to, reason, newBinsDays }: Draft,
  kind: Props['kind'],
): string | undefined {
  if (name.trim() === '') return 'Give the reference a name.';
  if (newBinsDays === '' && !(from < to)) return 'The window ends after it begins.';
  return kind === 'rebase' && reason.trim() === '' ? 'Say why it is the new usual.' : undefined;
}

/** Asks for a window of the past as reference. */
export function WindowForm({ serviceId, kind, onDone }: Props) {
  const trpc = useTrpc();
  const [draft, setDraft] = useState<Draft>(() => ({
    name: '',
    windowLength: 'day',
    reason: '',
    newBinsDays: '',
    ...lastWeek(),
  }));
  const set = (change: Partial<Draft>) => setDraft({ ...draft, ...change });
  const create = useCommand((extra) => trpc.references.create.mutationOptions(extra), { onDone });
  const rebase = useCommand((extra) => trpc.references.rebase.mutationOptions(extra), { onDone });
  const error = create.error ?? rebase.error;
  const send = () => {
    const { name, reason } = draft;
    const window = { from: `${draft.from}:00Z`, to: `${draft.to}:00Z` };
    const { newBinsDays } = draft;
    const windowLength = draft.windowLength === 'week' ? ('week' as const) : ('day' as const);
    const compared = newBinsDays === '' ? window : { newBinsDays: Number(newBinsDays) };
    if (kind === 'rebase') rebase.run({ serviceId, name, windowLength, reason, ...compared });
    else create.run({ kind: 'fixedWindow', serviceId, name, ...window });
  };
  return (
    <form
      className="flex flex-col gap-4"
      onSubmit={(event) => {
        event.preventDefault();
        send();
      }}
    >
      <TextField
        label="Name"
        value={draft.name}
        maxLength={100}
        onChange={(event) => set({ name: event.currentTarget.value })}
      />
      {kind === 'rebase' && <BinsField draft={draft} set={set} />}
      {draft.newBinsDays === '' && <WindowFields draft={draft} set={set} />}
      {kind === 'rebase' && <RebaseFields draft={draft} set={set} />}
      {error !== null && <Banner tone="bad" title={error} />}
      <FormActions>
        <Button
          type="submit"
          variant="primary"
          busy={create.busy || rebase.busy}
          disabledReason={missingPart(draft, kind)}
        >
          {kind === 'rebase' ? 'Ask for it' : 'Keep it'}
        </Button>
      </FormActions>
    </form>
  );
}

type Fields = { readonly draft: Draft; readonly set: (change: Partial<Draft>) => void };

function BinsField({ draft, set }: Fields) {
  return (
    <SelectField
      label="Bins"
      hint="New ones are learned from rows that come, and rows count on both until the days are over."
      value={draft.newBinsDays}
      onChange={(event) => set({ newBinsDays: event.currentTarget.value })}
      options={bins}
    />
  );
}

function WindowFields({ draft, set }: Fields) {
  return (
    <FormGrid>
      <TextField
        label="From (UTC)"
        type="datetime-local"
        value={draft.from}
        onChange={(event) => set({ from: event.currentTarget.value })}
      />
      <TextField
        label="To (UTC)"
        type="datetime-local"
        value={draft.to}
        onChange={(event) => set({ to: event.currentTarget.value })}
      />
    </FormGrid>
  );
}

function RebaseFields({ draft, set }: Fields) {
  return (
    <>
      <SelectField
        label="One window is a"
        hint="Such a reference is of all hours, so hours cannot be compared with it."
        value={draft.windowLength}
        onChange={(event) => set({ windowLength: event.currentTarget.value })}
        options={lengths}
      />
      <TextAreaField
        label="Reason"
        value={draft.reason}
        maxLength={1_000}
        onChange={(event) => set({ reason: event.currentTarget.value })}
      />
    </>
  );
}
