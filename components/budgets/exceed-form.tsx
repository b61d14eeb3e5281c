'use client';

import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { permissionReason } from '../project/permission-reason.ts';
import { useProject } from '../project/project-context.tsx';
import { useTrpc } from '../trpc-provider.tsx';
import { Banner } from '../ui/banner.tsx';
import { Button } from '../ui/button.tsx';
import { FormActions, FormGrid } from '../ui/form-field.tsx';
import { SelectField } from '../ui/select-field.tsx';
import { TextField } from '../ui/text-field.tsx';
import { useCommand } from '../use-command.ts';
import { amountOfText } from './amount-text.ts';
import type { BudgetAnswer } from './budget-answers.ts';

const dayMs = 86_400_000;

type AskedBudget = Pick<BudgetAnswer['budget'], 'id' | 'unit'>;
type Props = {
  readonly budget: AskedBudget;
  readonly currency: string | null;
  /** The project that asks for more of a budget of the instance; null for a budget of its own. */
  readonly asker: string | null;
  readonly onDone: () => void;
};
type Draft = {
  readonly toBudgetId: string;
  readonly promotionId: string;
  readonly amount: string;
  readonly days: string;
  readonly reason: string;
};

const empty: Draft = { toBudgetId: '', promotionId: '', amount: '', days: '7', reason: '' };

function missingPart({ amount, days, reason }: Draft, unit: BudgetAnswer['budget']['unit']) {
  const asked = amountOfText(amount, unit);
  const count = Number(days);
  if (asked === null || asked === 0n) return 'Give an amount such as 120 or 120.5.';
  if (!Number.isInteger(count) || count < 1 || count > 92) return 'Give 1 to 92 days.';
  return reason.trim() === '' ? 'Say what it is for.' : undefined;
}

/** Asks for more for some days, or for giving a part to another budget, also of another project under the same one. */
export function ExceedForm({ budget, currency, asker, onDone }: Props) {
  const trpc = useTrpc();
  const [draft, setDraft] = useState<Draft>(empty);
  const set = (change: Partial<Draft>) => setDraft({ ...draft, ...change });
  const exceed = useCommand((extra) => trpc.budgets.exceed.mutationOptions(extra), { onDone });
  const transfer = useCommand((extra) => trpc.budgets.transfer.mutationOptions(extra), { onDone });
  const error = exceed.error ?? transfer.error;
  const send = () => {
    const asked = {
      budgetId: budget.id,
      amount: String(amountOfText(draft.amount, budget.unit) ?? 0n),
      until: new Date(Date.now() + Number(draft.days) * dayMs).toISOString(),
      reason: draft.reason,
      ...(asker === null ? {} : { projectId: asker }),
    };
    if (draft.toBudgetId === '')
      exceed.run({ ...asked, promotionId: draft.promotionId === '' ? null : draft.promotionId });
    else transfer.run({ ...asked, toBudgetId: draft.toBudgetId });
  };
  return (
    <form
      className="flex flex-col gap-4"
      onSubmit={(event) => {
        event.preventDefault();
        send();
      }}
    >
      {asker === null && (
        <ReceiverField
          budget={budget}
          value={draft.toBudgetId}
          onChange={(toBudgetId) => set({ toBudgetId })}
        />
      )}
      {draft.toBudgetId === '' && (
        <PromotionField value={draft.promotionId} onChange={(promotionId) => set({ promotionId })} />
      )}
      <AskedFields
        draft={draft}
        set={set}
        unitText={budget.unit === 'gpuHours' ? 'GPU-hours' : (currency ?? '')}
      />
      {error !== null && <Banner tone="bad" title={error} />}
      <FormActions>
        <Button
          type="submit"
          variant="primary"
          busy={exceed.busy || transfer.busy}
          disabledReason={missingPart(draft, budget.unit)}
        >
          Ask for it
        </Button>
      </FormActions>
    </form>
  );
}

type AskedProps = {
  readonly draft: Draft;
  readonly set: (change: Partial<Draft>) => void;
  readonly unitText: string;
};

function AskedFields({ draft, set, unitText }: AskedProps) {
  return (
    <>
      <FormGrid>
        <TextField
          label={draft.toBudgetId === '' ? 'How much more' : 'How much of it'}
          inputMode="decimal"
          required
          value={draft.amount}
          suffix={unitText}
          onChange={(event) => set({ amount: event.currentTarget.value })}
        />
        <TextField
          label="For so many days"
          inputMode="numeric"
          required
          hint="It ends by itself, after 92 days at the latest."
          value={draft.days}
          onChange={(event) => set({ days: event.currentTarget.value })}
        />
      </FormGrid>
      <TextField
        label="What it is for"
        required
        maxLength={1_000}
        value={draft.reason}
        onChange={(event) => set({ reason: event.currentTarget.value })}
      />
    </>
  );
}

type ReceiverProps = {
  readonly budget: AskedBudget;
  readonly value: string;
  readonly onChange: (toBudgetId: string) => void;
};

function ReceiverField({ budget, value, onChange }: ReceiverProps) {
  const trpc = useTrpc();
  const { viewer } = useProject();
  const mayGive = permissionReason('budgets.transfer', viewer) === undefined;
  const asked = trpc.budgets.receivers.queryOptions({ budgetId: budget.id });
  const { data } = useQuery({ ...asked, enabled: mayGive });
  return (
    <SelectField
      label="What is asked"
      value={value}
      hint="The people who sign for this project decide."
      onChange={(event) => onChange(event.currentTarget.value)}
      options={[
        { value: '', label: 'More than it has, for a time' },
        ...(data ?? []).map(({ id, name, project }) => ({
          value: id,
          label: `To give a part to ${name}${project === null ? '' : ` of ${project}`}`,
        })),
      ]}
    />
  );
}

type PromotionProps = { readonly value: string; readonly onChange: (promotionId: string) => void };

/** The request that waits for it: its environment's policy says who signs, and its start is tried at once. */
function PromotionField({ value, onChange }: PromotionProps) {
  const trpc = useTrpc();
  const { projectId } = useProject();
  const { data } = useQuery(trpc.promotions.list.queryOptions({ projectId, filter: 'open' }));
  return (
    <SelectField
      label="For the start of"
      required={false}
      value={value}
      onChange={(event) => onChange(event.currentTarget.value)}
      options={[
        { value: '', label: 'no certain rollout' },
        ...(data?.rows ?? []).map(({ id, to, service, environment }) => ({
          value: id,
          label: `${to.modelName} ${to.versionNumber} on ${service.name} in ${environment.name}`,
        })),
      ]}
    />
  );
}
