'use client';

import { HandCoins } from 'lucide-react';
import { lazy, Suspense, useState } from 'react';
import { useProject } from '../project/project-context.tsx';
import { ActionBar } from '../ui/action-bar.tsx';
import { Button } from '../ui/button.tsx';
import { Dialog } from '../ui/dialog.tsx';
import { Skeleton } from '../ui/skeleton.tsx';
import type { BudgetAbove } from './budget-answers.ts';

const ExceedForm = lazy(async () => ({ default: (await import('./exceed-form.tsx')).ExceedForm }));

type Props = {
  readonly budget: BudgetAbove;
  readonly currency: string | null;
  readonly disabledReason: string | undefined;
};

/** Asks the admins of the instance for more of a budget that counts this project. */
export function AskInstance({ budget, currency, disabledReason }: Props) {
  const { projectId } = useProject();
  const [open, setOpen] = useState(false);
  return (
    <ActionBar>
      <Button icon={HandCoins} disabledReason={disabledReason} onClick={() => setOpen(true)}>
        Ask for more
      </Button>
      {open && (
        <Dialog
          size="medium"
          title={`More than ${budget.name}`}
          description="It is granted once an admin of the instance has signed."
          open
          onOpenChange={setOpen}
        >
          <Suspense fallback={<Skeleton className="h-64 w-full" />}>
            <ExceedForm budget={budget} currency={currency} asker={projectId} onDone={() => setOpen(false)} />
          </Suspense>
        </Dialog>
      )}
    </ActionBar>
  );
}
