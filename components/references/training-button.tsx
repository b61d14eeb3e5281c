'use client';

import { Table2 } from 'lucide-react';
import { lazy, Suspense, useState } from 'react';
import type { Connect } from '../connect/connect-answers.ts';
import { reasonOf } from '../rollouts/refusal-reason.ts';
import { Button } from '../ui/button.tsx';
import { Dialog } from '../ui/dialog.tsx';
import { Skeleton } from '../ui/skeleton.tsx';

/** The form and the readers of tables come when somebody has training data. */
const TrainingForm = lazy(async () => ({ default: (await import('./training-form.tsx')).TrainingForm }));

export function TrainingButton({ data: { service, refusals } }: { data: Connect }) {
  const [open, setOpen] = useState(false);
  return (
    <>
      <Button icon={Table2} disabledReason={reasonOf(refusals.reference)} onClick={() => setOpen(true)}>
        Training data
      </Button>
      {open && (
        <Dialog
          size="medium"
          title={`Training data of ${service.name}`}
          description="What the present is compared with, and the bins it is counted on if the service has none yet."
          open
          onOpenChange={(isOpen) => !isOpen && setOpen(false)}
        >
          <Suspense fallback={<Skeleton className="h-64 w-full" />}>
            <TrainingForm service={service} onDone={() => setOpen(false)} />
          </Suspense>
        </Dialog>
      )}
    </>
  );
}
