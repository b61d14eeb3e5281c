'use client';

import { FlaskConical } from 'lucide-react';
import { useState } from 'react';
import { WaitFacts } from '../rollouts/wait-list.tsx';
import { useTrpc } from '../trpc-provider.tsx';
import { Banner } from '../ui/banner.tsx';
import { Button } from '../ui/button.tsx';
import { Dialog } from '../ui/dialog.tsx';
import { useCommand } from '../use-command.ts';
import type { DryRunInput } from './service-answers.ts';

type Props = { readonly input: DryRunInput; readonly disabledReason?: string | undefined };

/** Asks the API server what it would say, without changing anything, and shows its words. */
export function DryRunButton({ input, disabledReason }: Props) {
  const trpc = useTrpc();
  const [open, setOpen] = useState(false);
  const [answer, setAnswer] = useState<DryRunAnswer | null>(null);
  const command = useCommand((extra) => trpc.services.dryRun.mutationOptions(extra), { onDone: setAnswer });
  const change = (isOpen: boolean) => {
    setOpen(isOpen);
    if (!isOpen) return;
    setAnswer(null);
    command.run(input);
  };
  return (
    <Dialog
      trigger={
        <Button icon={FlaskConical} busy={command.busy} disabledReason={disabledReason}>
          Dry run
        </Button>
      }
      title="Dry run"
      description="The objects of the next revision, shown to the API server without storing them."
      open={open}
      onOpenChange={change}
    >
      {command.error !== null ? (
        <Banner tone="bad" title={command.error} />
      ) : answer === null ? (
        <Banner tone="progress" title="Asking the cluster, at most ten seconds" />
      ) : (
        <DryRunResult answer={answer} />
      )}
    </Dialog>
  );
}

type DryRunAnswer = { readonly blockers: readonly Parameters<typeof WaitFacts>[0]['blocker'][] };

function DryRunResult({ answer }: { answer: DryRunAnswer }) {
  if (answer.blockers.length === 0)
    return (
      <Banner tone="ok" title="The API server would take all objects">
        Nothing was stored.
      </Banner>
    );
  return (
    <div className="flex flex-col gap-2">
      {answer.blockers.map((blocker) => (
        <Banner key={`${blocker.code} ${blocker.message}`} tone="bad" title={blocker.message}>
          <WaitFacts blocker={blocker} />
        </Banner>
      ))}
    </div>
  );
}
