'use client';

import { useState } from 'react';
import { Button } from '../ui/button.tsx';
import { ConfirmDialog } from '../ui/confirm-dialog.tsx';
import { TextAreaField } from '../ui/text-area-field.tsx';
import { reasonOf } from './refusal-reason.ts';
import type { RolloutDetail } from './rollout-answers.ts';
import type { RolloutCommands } from './use-rollout-commands.ts';

type Props = { readonly rollout: RolloutDetail; readonly command: RolloutCommands['continueWithout'] };

/** Lets a held step pass although nothing showed that it does no harm; asks for a reason, because that is all there is. */
export function ContinueDialog({ rollout, command }: Props) {
  const [open, setOpen] = useState(false);
  const [reason, setReason] = useState('');
  const [isAsked, setIsAsked] = useState(false);
  const next = rollout.plan.steps[rollout.stepIndex + 1];
  const isMissing = reason.trim() === '';
  const confirm = () => {
    setIsAsked(true);
    if (isMissing) return;
    command.run({ rolloutId: rollout.id, reason: reason.trim() });
    setOpen(false);
  };
  return (
    <ConfirmDialog
      trigger={
        <Button busy={command.busy} disabledReason={reasonOf(rollout.refusals.continueWithoutEvidence)}>
          Continue without evidence
        </Button>
      }
      title="Continue without evidence"
      description={
        next === undefined
          ? 'The rollout finishes although nothing showed that the new revision does no harm.'
          : `Traffic on revision ${rollout.to.number} rises from ${rollout.weightPercent} % to ${next.weightPercent} % although nothing showed that it does no harm.`
      }
      confirmLabel={next === undefined ? 'Finish' : `Raise to ${next.weightPercent} %`}
      open={open}
      onOpenChange={setOpen}
      onConfirm={confirm}
    >
      <TextAreaField
        label="Reason"
        required
        rows={3}
        hint="Marked on the timeline and in the audit."
        error={isAsked && isMissing ? 'Say why this may go on.' : undefined}
        value={reason}
        onChange={(event) => setReason(event.currentTarget.value)}
      />
    </ConfirmDialog>
  );
}
