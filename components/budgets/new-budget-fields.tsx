'use client';

import { useQuery } from '@tanstack/react-query';
import { useProject } from '../project/project-context.tsx';
import { useTrpc } from '../trpc-provider.tsx';
import { FormGrid } from '../ui/form-field.tsx';
import { Panel } from '../ui/panel.tsx';
import { SelectField } from '../ui/select-field.tsx';
import { TextField } from '../ui/text-field.tsx';
import type { BudgetOwner } from './budget-answers.ts';
import { levelHints, levelWords } from './budget-words.ts';
import type { NewBudget } from './new-budget-draft.ts';
import { ParentField } from './parent-field.tsx';

type Props = {
  readonly draft: NewBudget;
  readonly set: (change: Partial<NewBudget>) => void;
  readonly owner: BudgetOwner;
};

/** What of the ledger it counts. */
export function CountsFields({ draft, set, owner }: Props) {
  return (
    <Panel
      title="What it counts"
      description="This cannot change later: its past would no longer be its own."
    >
      <div className="flex flex-col gap-4">
        <FormGrid>
          <TextField
            label="Name"
            required
            autoComplete="off"
            placeholder="Serving"
            value={draft.name}
            onChange={(event) => set({ name: event.currentTarget.value })}
          />
          <TextField
            label="GPU product"
            mono
            required={false}
            placeholder="NVIDIA-H100-80GB-HBM3"
            hint="As the node label nvidia.com/gpu.product says; empty counts all."
            value={draft.gpuProduct}
            onChange={(event) => set({ gpuProduct: event.currentTarget.value })}
          />
        </FormGrid>
        {owner === 'project' && <PlaceFields draft={draft} set={set} />}
        <ParentField
          value={draft.parentId}
          owner={owner}
          without={null}
          onChange={(parentId) => set({ parentId })}
        />
      </div>
    </Panel>
  );
}

function PlaceFields({ draft, set }: Omit<Props, 'owner'>) {
  const trpc = useTrpc();
  const { projectId } = useProject();
  const environments = useQuery(trpc.environments.list.queryOptions({ projectId }));
  const models = useQuery(trpc.models.list.queryOptions({ projectId, pageSize: 200 }));
  return (
    <FormGrid>
      <SelectField
        label="Environment"
        value={draft.environmentId}
        onChange={(event) => set({ environmentId: event.currentTarget.value })}
        options={[
          { value: '', label: 'all' },
          ...(environments.data ?? []).map(({ id, name }) => ({ value: id, label: name })),
        ]}
      />
      <SelectField
        label="Model"
        value={draft.modelId}
        onChange={(event) => set({ modelId: event.currentTarget.value })}
        options={[
          { value: '', label: 'all' },
          ...(models.data?.rows ?? []).map(({ id, name }) => ({ value: id, label: name })),
        ]}
      />
    </FormGrid>
  );
}

/** How much of it, and over which time. */
export function AmountFields({ draft, set, currency }: Props & { currency: string | null }) {
  return (
    <Panel title="How much, and over which time">
      <div className="flex flex-col gap-4">
        <FormGrid>
          <SelectField
            label="Unit"
            value={draft.unit}
            hint={
              currency === null ? 'Money can be counted once an instance admin sets a currency.' : undefined
            }
            onChange={(event) => set({ unit: event.currentTarget.value as NewBudget['unit'] })}
            options={[
              { value: 'gpuHours', label: 'GPU-hours' },
              { value: 'currency', label: currency ?? 'Money', disabled: currency === null },
            ]}
          />
          <TextField
            label="Amount for every period"
            inputMode="decimal"
            required
            placeholder="1200"
            suffix={draft.unit === 'gpuHours' ? 'GPU-hours' : (currency ?? '')}
            value={draft.amount}
            onChange={(event) => set({ amount: event.currentTarget.value })}
          />
        </FormGrid>
        <PeriodFields draft={draft} set={set} />
        <SelectField
          label="When it runs out"
          hint={levelHints[draft.level]}
          value={String(draft.level)}
          onChange={(event) => set({ level: Number(event.currentTarget.value) })}
          options={levelWords.map((label, level) => ({ value: String(level), label }))}
        />
      </div>
    </Panel>
  );
}

function PeriodFields({ draft, set }: Omit<Props, 'owner'>) {
  return (
    <FormGrid columns={3}>
      <SelectField
        label="Period"
        value={draft.every}
        onChange={(event) => set({ every: event.currentTarget.value as NewBudget['every'] })}
        options={[
          { value: 'week', label: 'Every week' },
          { value: 'month', label: 'Every month' },
          { value: 'quarter', label: 'Every quarter' },
          { value: 'rolling', label: 'The last days, rolling' },
        ]}
      />
      {draft.every === 'rolling' ? (
        <TextField
          label="Days"
          inputMode="numeric"
          required
          value={draft.days}
          onChange={(event) => set({ days: event.currentTarget.value })}
        />
      ) : (
        <>
          <TextField
            label="Time zone"
            mono
            required
            hint="In which a period begins, such as Europe/Berlin."
            value={draft.timeZone}
            onChange={(event) => set({ timeZone: event.currentTarget.value })}
          />
          <TextField
            label="Carried over"
            inputMode="numeric"
            suffix="%"
            hint="At most this share of the amount goes into the next period."
            value={draft.rolloverCapPercent}
            onChange={(event) => set({ rolloverCapPercent: event.currentTarget.value })}
          />
        </>
      )}
    </FormGrid>
  );
}
