'use client';

import { useState } from 'react';
import { useTrpc } from '../trpc-provider.tsx';
import { Banner } from '../ui/banner.tsx';
import { Button } from '../ui/button.tsx';
import { FormGrid } from '../ui/form-field.tsx';
import { TextField } from '../ui/text-field.tsx';
import { useCommand } from '../use-command.ts';

type Props = {
  /** Filled in at first; empty when nothing is suggested. */
  readonly target?: string | undefined;
  readonly purpose?: string | undefined;
  readonly onDone?: (() => void) | undefined;
  readonly disabledReason?: string | undefined;
};

/** Puts a private host or range on the instance's list; no form of its own, because it also stands inside one. */
export function AllowHost({ target = '', purpose = '', onDone, disabledReason }: Props) {
  const trpc = useTrpc();
  const [draft, setDraft] = useState({ target, purpose });
  const allow = useCommand((extra) => trpc.egress.allow.mutationOptions(extra), {
    onDone: () => {
      setDraft({ target: '', purpose: '' });
      onDone?.();
    },
  });
  const missing = draft.target.trim() === '' || draft.purpose.trim() === '';
  return (
    <div className="flex flex-col gap-3">
      <FormGrid>
        <TextField
          label="Host, address or range"
          mono
          placeholder="prometheus.monitoring or 10.20.0.0/16"
          value={draft.target}
          onChange={(event) => setDraft({ ...draft, target: event.currentTarget.value })}
        />
        <TextField
          label="What for"
          placeholder="Prometheus of the EU cluster"
          value={draft.purpose}
          onChange={(event) => setDraft({ ...draft, purpose: event.currentTarget.value })}
        />
      </FormGrid>
      {allow.error !== null && <Banner tone="bad" title={allow.error} />}
      <div>
        <Button
          busy={allow.busy}
          disabledReason={disabledReason ?? (missing ? 'Say which host, and what for.' : undefined)}
          onClick={() => allow.run(draft)}
        >
          Allow
        </Button>
      </div>
    </div>
  );
}
