'use client';

import { type FormEvent, useState } from 'react';
import { Button } from '../ui/button.tsx';
import { TextField } from '../ui/text-field.tsx';

type Props = {
  readonly requestsPerSecond: number;
  readonly busy: boolean;
  readonly disabledReason: string | undefined;
  readonly onChange: (requestsPerSecond: number) => void;
};

/** How many requests the sandbox sends to this Service. */
export function TrafficControl({ requestsPerSecond, busy, disabledReason, onChange }: Props) {
  const [text, setText] = useState<string | null>(null);
  const shown = text ?? String(requestsPerSecond);
  const value = Number(shown);
  const isWrong = shown.trim() === '' || !Number.isFinite(value) || value < 0 || value > 100_000;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (isWrong || disabledReason !== undefined) return;
    onChange(value);
    setText(null);
  };
  return (
    <form onSubmit={submit} className="flex items-end gap-2">
      <TextField
        label="Traffic of this Service"
        inputMode="decimal"
        suffix="requests/s"
        value={shown}
        error={isWrong ? 'A number from 0 to 100,000.' : undefined}
        onChange={(event) => setText(event.currentTarget.value)}
      />
      <Button
        type="submit"
        busy={busy}
        disabledReason={disabledReason ?? (isWrong ? 'Give a number first.' : undefined)}
      >
        Set
      </Button>
    </form>
  );
}
