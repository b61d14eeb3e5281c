'use client';

import { Eye } from 'lucide-react';
import { useId, useState } from 'react';
import { useTrpc } from '../trpc-provider.tsx';
import { Banner } from '../ui/banner.tsx';
import { Button } from '../ui/button.tsx';
import { Dialog, DialogClose } from '../ui/dialog.tsx';
import { TextField } from '../ui/text-field.tsx';
import { useCommand } from '../use-command.ts';
import type { AdoptAnswer, WorkloadRow } from './workload-answers.ts';
import { workloadKey } from './workload-filter.ts';

type Names = { readonly serviceName?: string; readonly modelName?: string };

type Props = {
  readonly environmentId: string;
  readonly discoveryId: string;
  readonly rows: readonly WorkloadRow[];
  readonly disabledReason: string | undefined;
  readonly onDone: (answers: readonly AdoptAnswer[]) => void;
};

/** Names the ticked workloads and their models, then makes services of them. */
export function AdoptDialog({ environmentId, discoveryId, rows, disabledReason, onDone }: Props) {
  const trpc = useTrpc();
  const formId = useId();
  const [open, setOpen] = useState(false);
  const [names, setNames] = useState<ReadonlyMap<string, Names>>(new Map());
  const command = useCommand((extra) => trpc.services.adopt.mutationOptions(extra), {
    onDone: ({ answers }) => {
      setOpen(false);
      onDone(answers);
    },
  });
  const change = (isOpen: boolean) => {
    if (isOpen) command.reset();
    setOpen(isOpen);
  };
  const label =
    rows.length === 0
      ? 'Watch what is ticked'
      : `Watch ${rows.length} ${rows.length === 1 ? 'workload' : 'workloads'}`;
  return (
    <Dialog
      size="large"
      title={label}
      description="Each becomes a service that Fairlead only reads: nothing is written to the cluster for it. What runs becomes a version that is marked adopted, not approved."
      open={open}
      onOpenChange={change}
      trigger={
        <Button variant="primary" icon={Eye} disabledReason={disabledReason}>
          {label}
        </Button>
      }
      footer={
        <>
          <DialogClose>
            <Button>Cancel</Button>
          </DialogClose>
          <Button type="submit" form={formId} variant="primary" busy={command.busy}>
            {label}
          </Button>
        </>
      }
    >
      {command.error !== null && <Banner tone="bad" title={command.error} />}
      <form
        id={formId}
        className="flex max-h-[55dvh] flex-col gap-3 overflow-y-auto px-1"
        onSubmit={(event) => {
          event.preventDefault();
          command.run({ environmentId, discoveryId, items: rows.map((row) => itemOf(row, names)) });
        }}
      >
        {rows.map((row) => (
          <NameFields
            key={workloadKey(row)}
            row={row}
            names={names.get(workloadKey(row)) ?? {}}
            set={(change) =>
              setNames((present) =>
                new Map(present).set(workloadKey(row), { ...present.get(workloadKey(row)), ...change }),
              )
            }
          />
        ))}
      </form>
    </Dialog>
  );
}

/** A field that was emptied means the name that is suggested. */
function itemOf(row: WorkloadRow, names: ReadonlyMap<string, Names>) {
  const { serviceName, modelName } = names.get(workloadKey(row)) ?? {};
  return {
    kind: row.ref.kind,
    name: row.ref.name,
    serviceName: serviceName || row.suggestedName,
    modelName: modelName || row.ref.name,
  };
}

type FieldsProps = {
  readonly row: WorkloadRow;
  readonly names: Names;
  readonly set: (change: Names) => void;
};

function NameFields({ row, names, set }: FieldsProps) {
  const { name } = row.ref;
  const modelName = names.modelName ?? name;
  const hint = modelName !== name || row.modelExists ? undefined : 'made if there is none of this name';
  return (
    <div className="grid grid-cols-1 gap-3 border-line border-b pb-3 last:border-b-0 sm:grid-cols-2">
      <TextField
        label={`Service for ${name}`}
        value={names.serviceName ?? row.suggestedName}
        onChange={(event) => set({ serviceName: event.currentTarget.value })}
      />
      <TextField
        label={`Model of ${name}`}
        hint={hint}
        value={modelName}
        onChange={(event) => set({ modelName: event.currentTarget.value })}
      />
    </div>
  );
}
