'use client';

import { ChevronsRight } from 'lucide-react';
import { useState } from 'react';
import { Button } from '../ui/button.tsx';
import { ConfirmDialog } from '../ui/confirm-dialog.tsx';
import { KeyValueList } from '../ui/key-value-list.tsx';
import { TextField } from '../ui/text-field.tsx';
import { prepareChecks, verdictWord } from './prepare-checks.ts';
import { promoteChanges } from './promote-changes.ts';
import { reasonOf } from './refusal-reason.ts';
import type { RolloutDetail } from './rollout-answers.ts';
import type { RolloutCommands } from './use-rollout-commands.ts';

type Props = { readonly rollout: RolloutDetail; readonly command: RolloutCommands['promote'] };

/** Shows what will change before all traffic moves. */
export function PromoteDialog({ rollout, command }: Props) {
  const [open, setOpen] = useState(false);
  const [reason, setReason] = useState('');
  const blocked = reasonOf(rollout.refusals.promote);
  const checks = prepareChecks(rollout).map(
    ({ check, title, result }) => `${title}: ${verdictWord(check.kind, result?.verdict ?? null).label}`,
  );
  const change = promoteChanges(rollout);
  const confirm = () => {
    command.run({ rolloutId: rollout.id, ...(reason.trim() === '' ? {} : { reason: reason.trim() }) });
    setOpen(false);
  };
  return (
    <ConfirmDialog
      trigger={
        <Button variant="primary" icon={ChevronsRight} busy={command.busy} disabledReason={blocked}>
          Promote
        </Button>
      }
      title={`Promote revision ${rollout.to.number} to 100 % now`}
      description="It goes to the last step at once, without waiting for the minimum times and evidence between. The guard rails of the last step still hold."
      confirmLabel="Promote to 100 %"
      open={open}
      onOpenChange={setOpen}
      onConfirm={confirm}
    >
      <KeyValueList
        items={[
          { label: 'Traffic', value: change.traffic },
          { label: 'Skipped', value: change.skipped },
          { label: 'Checks now', value: checks.length === 0 ? 'none' : <Lines lines={checks} /> },
        ]}
      />
      <TextField
        label="Reason"
        required={false}
        hint="Kept on the timeline and in the audit."
        value={reason}
        onChange={(event) => setReason(event.currentTarget.value)}
      />
    </ConfirmDialog>
  );
}

function Lines({ lines }: { lines: readonly string[] }) {
  return (
    <ul>
      {lines.map((line) => (
        <li key={line}>{line}</li>
      ))}
    </ul>
  );
}
