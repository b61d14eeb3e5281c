'use client';

import { RotateCcw } from 'lucide-react';
import { useState } from 'react';
import { Button } from '../ui/button.tsx';
import { ConfirmDialog } from '../ui/confirm-dialog.tsx';
import { SelectField } from '../ui/select-field.tsx';
import { TextField } from '../ui/text-field.tsx';
import { type Incident, retrySteps } from './incident-words.ts';
import { reasonOf } from './refusal-reason.ts';
import type { RolloutDetail } from './rollout-answers.ts';
import type { RolloutCommands } from './use-rollout-commands.ts';

type Props = {
  readonly rollout: RolloutDetail;
  readonly incident: Incident;
  readonly command: RolloutCommands['retry'];
};

/** The same revision and plan once more, from a step that the earlier attempt has earned. */
export function RetryDialog({ rollout, incident, command }: Props) {
  const [open, setOpen] = useState(false);
  const [step, setStep] = useState('1');
  const [reason, setReason] = useState('');
  const { retry } = incident;
  const steps = retrySteps(rollout.plan, retry.lastStep);
  const confirm = () => {
    command.run({ rolloutId: rollout.id, fromStep: Number(step), reason: reason.trim() });
    setOpen(false);
  };
  return (
    <ConfirmDialog
      trigger={
        <Button icon={RotateCcw} busy={command.busy} disabledReason={reasonOf(retry.refusal)}>
          Retry
        </Button>
      }
      title={`Retry revision ${rollout.to.number}`}
      description="The same revision and plan as a new rollout, analysed from the beginning. The signatures cover it, because what they were given for has not changed."
      confirmLabel={step === '1' ? 'Retry' : `Retry from step ${step}`}
      open={open}
      onOpenChange={setOpen}
      onConfirm={confirm}
    >
      <SelectField
        label="Begin with"
        options={steps}
        value={step}
        onChange={(event) => setStep(event.currentTarget.value)}
        hint={
          retry.lastStep === 1
            ? 'No step passed on evidence, so it begins with the first.'
            : 'Only steps that passed on evidence may be left out.'
        }
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
