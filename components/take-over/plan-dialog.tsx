'use client';

import { ArrowRightLeft } from 'lucide-react';
import { useState } from 'react';
import { reasonOf } from '../rollouts/refusal-reason.ts';
import { useTrpc } from '../trpc-provider.tsx';
import { Banner } from '../ui/banner.tsx';
import { Button } from '../ui/button.tsx';
import { Dialog, DialogClose } from '../ui/dialog.tsx';
import { useCommand } from '../use-command.ts';
import { PlanContent } from './plan-content.tsx';
import type { Adoption, PlanView, TakenService } from './take-over-answers.ts';

type Props = { readonly service: TakenService; readonly adoption: Adoption };

/** Asks the cluster what a take over would touch, shows it, and only then offers to do exactly that. */
export function PlanDialog({ service, adoption }: Props) {
  const trpc = useTrpc();
  const [open, setOpen] = useState(false);
  const [plan, setPlan] = useState<PlanView | null>(null);
  const asking = useCommand((extra) => trpc.services.planTakeOver.mutationOptions(extra), {
    onDone: setPlan,
  });
  const doing = useCommand((extra) => trpc.services.takeOver.mutationOptions(extra), {
    onDone: () => setOpen(false),
  });
  const ask = () => {
    setPlan(null);
    doing.reset();
    asking.run({ serviceId: service.id });
  };
  const change = (isOpen: boolean) => {
    setOpen(isOpen);
    if (isOpen) ask();
  };
  const error = asking.error ?? doing.error;
  return (
    <Dialog
      trigger={
        <Button
          variant="primary"
          icon={ArrowRightLeft}
          disabledReason={reasonOf(service.refusals.planTakeOver)}
        >
          Plan the take over
        </Button>
      }
      title={`Take over ${adoption.workload.name}`}
      description="What would be created and edited, checked by the API server without storing anything."
      size="large"
      open={open}
      onOpenChange={change}
      footer={
        <>
          <DialogClose>
            <Button>Close</Button>
          </DialogClose>
          <Button busy={asking.busy} onClick={ask}>
            Plan again
          </Button>
          <Button
            variant="primary"
            busy={doing.busy}
            disabledReason={plan === null ? 'There is no plan yet.' : reasonOf(plan.refusal)}
            onClick={() => plan !== null && doing.run({ serviceId: service.id, planId: plan.planId })}
          >
            Take over
          </Button>
        </>
      }
    >
      <div className="flex flex-col gap-4">
        {error !== null && <Banner tone="bad" title={error} />}
        {asking.busy && <Banner tone="progress" title="Asking the cluster, at most ten seconds" />}
        {plan !== null && <PlanContent plan={plan} />}
      </div>
    </Dialog>
  );
}
