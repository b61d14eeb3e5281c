'use client';

import { Flag } from 'lucide-react';
import { useState } from 'react';
import { useTrpc } from '../trpc-provider.tsx';
import { Button } from '../ui/button.tsx';
import { CheckboxField } from '../ui/checkbox-field.tsx';
import { CodeBlock } from '../ui/code.tsx';
import { ConfirmDialog } from '../ui/confirm-dialog.tsx';
import { useCommand } from '../use-command.ts';

type Props = {
  readonly serviceId: string;
  readonly workloadName: string;
  readonly disabledReason: string | undefined;
};

/** Takes the found workload out of the routes; scaling it down needs its own tick, deleting it is never Fairlead's. */
export function FinishDialog({ serviceId, workloadName, disabledReason }: Props) {
  const trpc = useTrpc();
  const [open, setOpen] = useState(false);
  const [scaleToZero, setScaleToZero] = useState(false);
  const command = useCommand((extra) => trpc.services.finishTakeOver.mutationOptions(extra), {
    onDone: () => setOpen(false),
  });
  return (
    <ConfirmDialog
      trigger={
        <Button icon={Flag} disabledReason={disabledReason}>
          Finish
        </Button>
      }
      title="Finish the take over?"
      description={`The backend of ${workloadName} is taken out of the routes. Giving back stays possible as long as Deployment ${workloadName} exists.`}
      confirmLabel="Finish"
      open={open}
      onOpenChange={setOpen}
      busy={command.busy}
      error={command.error ?? undefined}
      onConfirm={() => command.run({ serviceId, scaleToZero })}
    >
      <CheckboxField
        label={`Scale Deployment ${workloadName} to zero`}
        hint="Its manager may scale it up again; Fairlead does that once and never deletes it."
        checked={scaleToZero}
        onChange={(event) => setScaleToZero(event.currentTarget.checked)}
      />
      {!scaleToZero && (
        <CodeBlock
          label="command to scale it down later"
          text={`kubectl scale deployment ${workloadName} --replicas=0`}
          wrap
        />
      )}
    </ConfirmDialog>
  );
}
