'use client';

import { useState } from 'react';
import type { BudgetSettings } from '../../domain/budget/budget-schema.ts';
import { Banner } from '../ui/banner.tsx';
import { Button } from '../ui/button.tsx';
import { FormActions, FormGrid } from '../ui/form-field.tsx';
import { SelectField } from '../ui/select-field.tsx';
import { TextField } from '../ui/text-field.tsx';
import type { BudgetAnswer, BudgetOwner } from './budget-answers.ts';
import { levelHints, levelWords } from './budget-words.ts';
import { ParentField } from './parent-field.tsx';
import { thresholdDraft, thresholdOf } from './threshold-draft.ts';
import { ThresholdFields } from './threshold-fields.tsx';
import { useBudgetCommands } from './use-budget-commands.ts';

type Props = {
  readonly answer: BudgetAnswer;
  readonly owner: BudgetOwner;
  readonly onDone: () => void;
};

/** Everything of a budget that may change; what it counts, its unit and its period stay. */
export function SettingsForm({ answer: { budget, currency }, owner, onDone }: Props) {
  const { unit, settings } = budget;
  const [draft, setDraft] = useState({
    name: budget.name,
    level: budget.level,
    parentId: budget.parentId,
    forecast: settings.forecast,
    idle: settings.idle,
    rateMode: settings.rateMode,
    thresholds: settings.thresholds.map((threshold) => thresholdDraft(threshold, unit)),
  });
  const set = (change: Partial<typeof draft>) => setDraft({ ...draft, ...change });
  const { update } = useBudgetCommands(owner, { onSaved: onDone });
  const thresholds = draft.thresholds.map((each) => thresholdOf(each, unit));
  const known = thresholds.filter((threshold) => threshold !== null);
  return (
    <form
      className="flex flex-col gap-4"
      onSubmit={(event) => {
        event.preventDefault();
        const { name, level, parentId, forecast, idle, rateMode } = draft;
        update.run({
          budgetId: budget.id,
          seenGeneration: budget.generation,
          name,
          level,
          parentId,
          settings: { schema: 1, forecast, idle, rateMode, thresholds: known },
        });
      }}
    >
      <NameAndLevel draft={draft} set={set} />
      <ParentField
        value={draft.parentId}
        owner={owner}
        without={budget.id}
        onChange={(parentId) => set({ parentId })}
      />
      <CountingFields unit={unit} draft={draft} set={set} />
      <ThresholdFields
        drafts={draft.thresholds}
        onChange={(next) => set({ thresholds: [...next] })}
        unit={unit}
        currency={currency}
      />
      {update.error !== null && <Banner tone="bad" title={update.error} />}
      <FormActions>
        <Button
          type="submit"
          variant="primary"
          busy={update.busy}
          disabledReason={
            known.length < thresholds.length ? 'A threshold has no limit above nothing.' : undefined
          }
        >
          Save
        </Button>
      </FormActions>
    </form>
  );
}

type Naming = { readonly name: string; readonly level: number };

function NameAndLevel({ draft, set }: { draft: Naming; set: (change: Partial<Naming>) => void }) {
  return (
    <FormGrid>
      <TextField
        label="Name"
        required
        value={draft.name}
        onChange={(event) => set({ name: event.currentTarget.value })}
      />
      <SelectField
        label="When it runs out"
        hint={levelHints[draft.level]}
        value={String(draft.level)}
        onChange={(event) => set({ level: Number(event.currentTarget.value) })}
        options={levelWords.map((label, level) => ({ value: String(level), label }))}
      />
    </FormGrid>
  );
}

type Counting = Pick<BudgetSettings, 'forecast' | 'idle' | 'rateMode'>;
type CountingProps = {
  readonly unit: BudgetAnswer['budget']['unit'];
  readonly draft: Counting;
  readonly set: (change: Partial<Counting>) => void;
};

function CountingFields({ unit, draft, set }: CountingProps) {
  return (
    <FormGrid columns={3}>
      <SelectField
        label="Forecast that counts"
        value={draft.forecast}
        onChange={(event) => set({ forecast: event.currentTarget.value as Counting['forecast'] })}
        options={[
          { value: 'auto', label: 'Let the history decide' },
          { value: 'linear', label: 'Average' },
          { value: 'runRate', label: 'Run rate' },
          { value: 'seasonal', label: 'By hour of the week' },
        ]}
      />
      <SelectField
        label="Idle time"
        value={draft.idle}
        onChange={(event) => set({ idle: event.currentTarget.value as Counting['idle'] })}
        options={[
          { value: 'none', label: 'Not counted' },
          { value: 'node', label: 'Shared by node' },
          { value: 'cluster', label: 'Shared by cluster' },
        ]}
      />
      {unit === 'currency' && (
        <SelectField
          label="Price of a GPU"
          value={draft.rateMode}
          onChange={(event) => set({ rateMode: event.currentTarget.value as Counting['rateMode'] })}
          options={[
            { value: 'loaded', label: 'The whole node' },
            { value: 'openCost', label: 'Split as OpenCost does' },
          ]}
        />
      )}
    </FormGrid>
  );
}
