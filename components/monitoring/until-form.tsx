'use client';

import { useState } from 'react';
import { useTrpc } from '../trpc-provider.tsx';
import { Banner } from '../ui/banner.tsx';
import { Button } from '../ui/button.tsx';
import { FormActions } from '../ui/form-field.tsx';
import { SelectField } from '../ui/select-field.tsx';
import { TextAreaField } from '../ui/text-area-field.tsx';
import { useCommand } from '../use-command.ts';

const hourMs = 3_600_000;
const spans = [
  { value: '4', label: '4 hours' },
  { value: '24', label: 'a day' },
  { value: '168', label: 'a week' },
  { value: '672', label: 'four weeks' },
] as const;

type Props = {
  readonly alertId: string;
  readonly kind: 'expected' | 'snoozed';
  readonly onDone: () => void;
};

/** For how long an alert may rest, and why. */
export function UntilForm({ alertId, kind, onDone }: Props) {
  const trpc = useTrpc();
  const [hours, setHours] = useState<string>('24');
  const [comment, setComment] = useState('');
  const mark = useCommand((extra) => trpc.driftAlerts.mark.mutationOptions(extra), { onDone });
  return (
    <form
      className="flex flex-col gap-4"
      onSubmit={(event) => {
        event.preventDefault();
        const until = new Date(Date.now() + Number(hours) * hourMs);
        mark.run({ alertId, mark: { kind, until }, comment });
      }}
    >
      <SelectField
        label="For"
        value={hours}
        onChange={(event) => setHours(event.currentTarget.value)}
        options={spans}
      />
      <TextAreaField
        label="Comment"
        value={comment}
        maxLength={1_000}
        onChange={(event) => setComment(event.currentTarget.value)}
      />
      {mark.error !== null && <Banner tone="bad" title={mark.error} />}
      <FormActions>
        <Button type="submit" variant="primary" busy={mark.busy}>
          {kind === 'expected' ? 'Expect it' : 'Snooze it'}
        </Button>
      </FormActions>
    </form>
  );
}
