'use client';

import { useState } from 'react';
import { reasonOf } from '../rollouts/refusal-reason.ts';
import { useTrpc } from '../trpc-provider.tsx';
import { Button } from '../ui/button.tsx';
import { Dialog } from '../ui/dialog.tsx';
import { FormActions } from '../ui/form-field.tsx';
import { TextField } from '../ui/text-field.tsx';
import { useCommand } from '../use-command.ts';
import type { VersionDetail } from './model-answers.ts';

/** Sets the artefact digest, which is possible once. */
export function SetDigestDialog({ version }: { version: VersionDetail }) {
  const trpc = useTrpc();
  const [open, setOpen] = useState(false);
  const [digest, setDigest] = useState('');
  const set = useCommand((extra) => trpc.modelVersions.setDigest.mutationOptions(extra), {
    onDone: () => setOpen(false),
  });
  return (
    <Dialog
      title="Set the artefact digest"
      description="It can be set once and never changes afterwards."
      open={open}
      onOpenChange={setOpen}
      trigger={
        <Button size="small" disabledReason={reasonOf(version.refusals.setDigest)}>
          Set the digest
        </Button>
      }
    >
      <form
        noValidate
        className="flex flex-col gap-4"
        onSubmit={(event) => {
          event.preventDefault();
          set.run({ modelVersionId: version.id, artefactDigest: digest.trim() });
        }}
      >
        <TextField
          label="Artefact digest"
          required
          mono
          placeholder="sha256:…"
          value={digest}
          error={set.error ?? undefined}
          onChange={(event) => setDigest(event.currentTarget.value)}
        />
        <FormActions>
          <Button type="submit" variant="primary" busy={set.busy}>
            Set the digest
          </Button>
        </FormActions>
      </form>
    </Dialog>
  );
}
