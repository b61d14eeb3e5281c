'use client';

import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { NotReadable } from '../not-readable.tsx';
import { permissionReason } from '../project/permission-reason.ts';
import { useProject } from '../project/project-context.tsx';
import { useTrpc } from '../trpc-provider.tsx';
import { Button } from '../ui/button.tsx';
import { ConfirmDialog } from '../ui/confirm-dialog.tsx';
import { Panel } from '../ui/panel.tsx';
import { useCommand } from '../use-command.ts';

const name = (month: Date): string => month.toISOString().slice(0, 7);

/** The next month that can be closed, for the whole instance. */
export function CloseMonth() {
  const trpc = useTrpc();
  const { viewer } = useProject();
  const [isOpen, setOpen] = useState(false);
  const months = useQuery(trpc.ledger.months.queryOptions());
  const close = useCommand((extra) => trpc.ledger.closeMonth.mutationOptions(extra), {
    onDone: () => {
      setOpen(false);
      void months.refetch();
    },
  });
  if (months.data === undefined)
    return months.error === null ? null : (
      <Panel title="The instance">
        <NotReadable
          title="The months could not be read"
          error={months.error}
          onAgain={() => months.refetch()}
        />
      </Panel>
    );
  const { next } = months.data;
  if (next === null)
    return (
      <Panel title="The instance">
        <p className="text-ink-muted">Every month that is over is closed, or nothing was metered in it.</p>
      </Panel>
    );
  return (
    <Panel title="The instance">
      <div className="flex flex-wrap items-center gap-3">
        <p>{name(next)} is over and open.</p>
        <ConfirmDialog
          open={isOpen}
          onOpenChange={setOpen}
          title={`Close ${name(next)}?`}
          description="Every project gets its statement, and its digest goes into the audit chain. A closed month is never opened again: what changes later is a correction in the open month."
          confirmLabel={`Close ${name(next)}`}
          busy={close.busy}
          error={close.error ?? undefined}
          onConfirm={() => close.run({ month: next })}
          trigger={
            <Button disabledReason={permissionReason('ledger.closeMonth', viewer)}>Close {name(next)}</Button>
          }
        />
      </div>
    </Panel>
  );
}
