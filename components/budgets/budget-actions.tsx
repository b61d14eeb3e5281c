'use client';

import { Coins, HandCoins, Settings2, XCircle } from 'lucide-react';
import { lazy, Suspense, useState } from 'react';
import { reasonOf } from '../rollouts/refusal-reason.ts';
import { ActionBar } from '../ui/action-bar.tsx';
import { Button } from '../ui/button.tsx';
import { ConfirmDialog } from '../ui/confirm-dialog.tsx';
import { Dialog } from '../ui/dialog.tsx';
import { useRouter } from '../ui/navigation.ts';
import { Skeleton } from '../ui/skeleton.tsx';
import type { BudgetAnswer, BudgetOwner } from './budget-answers.ts';
import { useBudgetCommands } from './use-budget-commands.ts';

/** The forms come with their dialog, so only those who keep the budget fetch them. */
const SettingsForm = lazy(async () => ({ default: (await import('./settings-form.tsx')).SettingsForm }));
const ExceedForm = lazy(async () => ({ default: (await import('./exceed-form.tsx')).ExceedForm }));
const AmountForm = lazy(async () => ({ default: (await import('./amount-form.tsx')).AmountForm }));

type Open = 'amount' | 'settings' | 'exceed';
type Props = { readonly answer: BudgetAnswer; readonly owner: BudgetOwner };

export function BudgetActions({ answer, owner }: Props) {
  const { budget, refusals } = answer;
  const router = useRouter();
  const [open, setOpen] = useState<Open | null>(null);
  const { close } = useBudgetCommands(owner, { onClosed: () => router.push('/budgets') });
  const closed = budget.closedAt === null ? undefined : 'It is closed.';
  const onDone = () => setOpen(null);
  return (
    <ActionBar>
      <Button
        icon={Coins}
        variant="primary"
        disabledReason={closed ?? reasonOf(refusals.setBase)}
        onClick={() => setOpen('amount')}
      >
        Set the amount
      </Button>
      <Button
        icon={HandCoins}
        disabledReason={closed ?? reasonOf(refusals.exceed)}
        onClick={() => setOpen('exceed')}
      >
        Ask for more
      </Button>
      <Button
        icon={Settings2}
        disabledReason={closed ?? reasonOf(refusals.update)}
        onClick={() => setOpen('settings')}
      >
        Settings
      </Button>
      <ConfirmDialog
        title={`Close ${budget.name}?`}
        description="It counts against no rollout any more. What it spent stays to be read."
        confirmLabel="Close it"
        danger
        busy={close.busy}
        error={close.error ?? undefined}
        onConfirm={() => close.run({ budgetId: budget.id })}
        trigger={
          <Button icon={XCircle} disabledReason={closed ?? reasonOf(refusals.close)}>
            Close
          </Button>
        }
      />
      {open !== null && <OpenDialog answer={answer} owner={owner} open={open} onDone={onDone} />}
    </ActionBar>
  );
}

const dialogs: Record<Open, { title: string; description?: string; size: 'medium' | 'large' }> = {
  amount: {
    title: 'Amount of',
    description: 'Every change stays on record as a row that the amount is made of.',
    size: 'medium',
  },
  settings: { title: 'Settings of', size: 'large' },
  exceed: {
    title: 'More than',
    description: 'It is granted once everybody has signed whom the policy asks.',
    size: 'medium',
  },
};

function OpenDialog({ answer, owner, open, onDone }: Props & { open: Open; onDone: () => void }) {
  const { title, description, size } = dialogs[open];
  return (
    <Dialog
      size={size}
      title={`${title} ${answer.budget.name}`}
      description={description}
      open
      onOpenChange={(isOpen) => !isOpen && onDone()}
    >
      <Suspense fallback={<Skeleton className="h-64 w-full" />}>
        {open === 'settings' && <SettingsForm answer={answer} owner={owner} onDone={onDone} />}
        {open === 'amount' && <AmountForm answer={answer} owner={owner} onDone={onDone} />}
        {open === 'exceed' && (
          <ExceedForm budget={answer.budget} currency={answer.currency} asker={null} onDone={onDone} />
        )}
      </Suspense>
    </Dialog>
  );
}
