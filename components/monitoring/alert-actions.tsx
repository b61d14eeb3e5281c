'use client';

import { CalendarClock, Check, CircleAlert, DatabaseZap, Dumbbell, Moon, RotateCcw } from 'lucide-react';
import { lazy, Suspense, useState } from 'react';
import { CommentDialog } from '../promotions/comment-dialog.tsx';
import { reasonOf } from '../rollouts/refusal-reason.ts';
import { useTrpc } from '../trpc-provider.tsx';
import { ActionBar } from '../ui/action-bar.tsx';
import { Button } from '../ui/button.tsx';
import { Dialog } from '../ui/dialog.tsx';
import { useRouter } from '../ui/navigation.ts';
import { Skeleton } from '../ui/skeleton.tsx';
import { useCommand } from '../use-command.ts';
import type { DriftAlertAnswer } from './monitoring-answers.ts';

const UntilForm = lazy(async () => ({ default: (await import('./until-form.tsx')).UntilForm }));

const marks = [
  {
    kind: 'acknowledged',
    verb: 'Acknowledge',
    icon: Check,
    description: 'Others see that you take care of it.',
  },
  {
    kind: 'real',
    verb: 'It is real',
    icon: CircleAlert,
    description: 'The world has changed and the model should know of it. Its windows stay out of references.',
  },
  {
    kind: 'dataFault',
    verb: 'Data fault',
    icon: DatabaseZap,
    description: 'What was sent is wrong, not the world. Its windows stay out of references.',
  },
  {
    kind: 'open',
    verb: 'Open again',
    icon: RotateCcw,
    description: 'Nobody has said yet what it is.',
  },
] as const;

const waits = {
  expected: {
    verb: 'Expected',
    description:
      'A change that was to come, such as a campaign. Its windows become the new usual; what still drifts then alerts again.',
  },
  snoozed: { verb: 'Snooze', description: 'It rests until then, and is told again if it still drifts.' },
} as const;

/** What people say of an alert; all verbs stay, blocked ones with their reason. */
export function AlertActions({ data: { alert, refusals } }: { data: DriftAlertAnswer }) {
  const trpc = useTrpc();
  const [open, setOpen] = useState<keyof typeof waits | null>(null);
  const mark = useCommand((extra) => trpc.driftAlerts.mark.mutationOptions(extra));
  return (
    <ActionBar>
      {marks.map(({ kind, verb, icon, description }) => (
        <CommentDialog
          key={kind}
          verb={verb}
          icon={icon}
          description={`${description} It is written to the audit.`}
          disabledReason={reasonOf(refusals[kind])}
          command={mark}
          onSend={(comment) => mark.run({ alertId: alert.id, mark: { kind }, comment })}
        />
      ))}
      <Button
        icon={CalendarClock}
        disabledReason={reasonOf(refusals.expected)}
        onClick={() => setOpen('expected')}
      >
        {waits.expected.verb}
      </Button>
      <Button icon={Moon} disabledReason={reasonOf(refusals.snoozed)} onClick={() => setOpen('snoozed')}>
        {waits.snoozed.verb}
      </Button>
      <RetrainButton alertId={alert.id} reason={reasonOf(refusals.retrain)} />
      {open !== null && (
        <Dialog
          size="small"
          title={waits[open].verb}
          description={waits[open].description}
          open
          onOpenChange={(isOpen) => !isOpen && setOpen(null)}
        >
          <Suspense fallback={<Skeleton className="h-40 w-full" />}>
            <UntilForm alertId={alert.id} kind={open} onDone={() => setOpen(null)} />
          </Suspense>
        </Dialog>
      )}
    </ActionBar>
  );
}

/** Where a real alert has led to nothing yet, or to a failure; the request's page is where it goes on. */
function RetrainButton({ alertId, reason }: { alertId: string; reason: string | undefined }) {
  const trpc = useTrpc();
  const router = useRouter();
  const open = useCommand((extra) => trpc.retrains.open.mutationOptions(extra), {
    onDone: ({ requestId }) => router.push(`/monitoring/retrains/${requestId}`),
  });
  return (
    <Button
      icon={Dumbbell}
      busy={open.busy}
      disabledReason={reason ?? open.error ?? undefined}
      onClick={() => open.run({ alertId })}
    >
      Retrain
    </Button>
  );
}
