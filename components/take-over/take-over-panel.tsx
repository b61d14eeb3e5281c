'use client';

import { Undo2 } from 'lucide-react';
import { useState } from 'react';
import { reasonOf } from '../rollouts/refusal-reason.ts';
import { useTrpc } from '../trpc-provider.tsx';
import { ActionBar } from '../ui/action-bar.tsx';
import { Button } from '../ui/button.tsx';
import { ConfirmDialog } from '../ui/confirm-dialog.tsx';
import { Panel } from '../ui/panel.tsx';
import { StepBar } from '../ui/step-bar.tsx';
import { useCommand } from '../use-command.ts';
import { FinishDialog } from './finish-dialog.tsx';
import { PlanDialog } from './plan-dialog.tsx';
import type { Adoption, TakenService, TakeOver } from './take-over-answers.ts';
import { isGivingBack, takeOverSentence, takeOverSteps } from './take-over-steps.ts';

type Props = { readonly service: TakenService; readonly adoption: Adoption };

/** The way from watching a workload to running it and back, for a service that others ran first. */
export function TakeOverPanel({ service, adoption }: Props) {
  const { takeOver } = service;
  if (takeOver === null)
    return service.mode === 'watched' ? <Invitation service={service} adoption={adoption} /> : null;
  return (
    <Panel
      title={isGivingBack(takeOver) ? 'Give back' : 'Take over'}
      actions={<Acts service={service} takeOver={takeOver} />}
    >
      <StepBar label="Steps of the take over" steps={takeOverSteps(takeOver)} />
      <p className="mt-3 text-ink-muted">{takeOverSentence(takeOver)}</p>
    </Panel>
  );
}

function Invitation({ service, adoption }: Props) {
  const { kind, name } = adoption.workload;
  return (
    <Panel
      title="Take over"
      actions={<PlanDialog service={service} adoption={adoption} />}
      description="Nothing is written before you have seen the plan."
    >
      <p className="text-ink-muted">
        Fairlead starts its own pods beside {kind} {name} and moves the traffic to them step by step, by
        weight. {name} stays until you finish, and everything can be given back.
      </p>
    </Panel>
  );
}

function Acts({ service, takeOver }: { service: TakenService; takeOver: TakeOver }) {
  const { name } = takeOver.path.workload;
  return (
    <ActionBar label="Take over actions">
      <FinishDialog
        serviceId={service.id}
        workloadName={name}
        disabledReason={reasonOf(service.refusals.finishTakeOver)}
      />
      <GiveBack
        serviceId={service.id}
        workloadName={name}
        disabledReason={reasonOf(service.refusals.giveBack)}
      />
    </ActionBar>
  );
}

type GiveBackProps = {
  readonly serviceId: string;
  readonly workloadName: string;
  readonly disabledReason: string | undefined;
};

function GiveBack({ serviceId, workloadName, disabledReason }: GiveBackProps) {
  const trpc = useTrpc();
  const [open, setOpen] = useState(false);
  const command = useCommand((extra) => trpc.services.giveBack.mutationOptions(extra), {
    onDone: () => setOpen(false),
  });
  return (
    <ConfirmDialog
      trigger={
        <Button icon={Undo2} disabledReason={disabledReason}>
          Give back
        </Button>
      }
      title={`Give the traffic back to ${workloadName}?`}
      description={`The routes become exactly what they were, then Fairlead's own pods are removed and the service is only watched again. Traffic moves once ${workloadName} has ready pods.`}
      confirmLabel="Give back"
      open={open}
      onOpenChange={setOpen}
      busy={command.busy}
      error={command.error ?? undefined}
      onConfirm={() => command.run({ serviceId })}
    />
  );
}
