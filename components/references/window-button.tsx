'use client';

import { CalendarRange, GitCompareArrows } from 'lucide-react';
import { lazy, Suspense, useState } from 'react';
import { reasonOf } from '../rollouts/refusal-reason.ts';
import { Button } from '../ui/button.tsx';
import { Dialog } from '../ui/dialog.tsx';
import { Skeleton } from '../ui/skeleton.tsx';
import type { References } from './reference-answers.ts';

const WindowForm = lazy(async () => ({ default: (await import('./window-form.tsx')).WindowForm }));

const words = {
  rebase: {
    verb: 'Rebase',
    icon: GitCompareArrows,
    description:
      'Asks that whole days or weeks are compared with a window of its past from then on, or with the first days on bins that are learned anew. The signers of its environment decide; what it was compared with before is kept.',
  },
  keep: {
    verb: 'Keep a window',
    icon: CalendarRange,
    description: 'Keeps a window of its past as a reference, which the settings of the monitor can choose.',
  },
} as const;

type Props = { readonly data: References; readonly kind: keyof typeof words };

/** A window of the past as reference: to be used from now on, or only to be there. */
export function WindowButton({ data: { service, refusals }, kind }: Props) {
  const [open, setOpen] = useState(false);
  const { verb, icon, description } = words[kind];
  const refusal = kind === 'rebase' ? refusals.rebase : refusals.create;
  return (
    <>
      <Button icon={icon} disabledReason={reasonOf(refusal)} onClick={() => setOpen(true)}>
        {verb}
      </Button>
      {open && (
        <Dialog
          size="medium"
          title={`${verb}: ${service.name}`}
          description={description}
          open
          onOpenChange={(isOpen) => !isOpen && setOpen(false)}
        >
          <Suspense fallback={<Skeleton className="h-64 w-full" />}>
            <WindowForm serviceId={service.id} kind={kind} onDone={() => setOpen(false)} />
          </Suspense>
        </Dialog>
      )}
    </>
  );
}
