'use client';

import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import {
  metricTemplateSchema,
  templateSteps,
  templateUnits,
  templateUsers,
} from '../../domain/metric-template.ts';
import { useProject } from '../project/project-context.tsx';
import { useTrpc } from '../trpc-provider.tsx';
import { Banner } from '../ui/banner.tsx';
import { Button } from '../ui/button.tsx';
import { FormActions, FormGrid } from '../ui/form-field.tsx';
import { SelectField } from '../ui/select-field.tsx';
import { TextAreaField } from '../ui/text-area-field.tsx';
import { TextField } from '../ui/text-field.tsx';
import { useCommand } from '../use-command.ts';
import type { MetricTemplateRow } from './template-answers.ts';
import { draftOf, labelsIn, type TemplateDraft } from './template-draft.ts';
import { stepWords, unitWords, userWords } from './template-words.ts';

type Props = { readonly template: MetricTemplateRow | null; readonly onDone: () => void };

export function MetricTemplateForm({ template, onDone }: Props) {
  const trpc = useTrpc();
  const { projectId } = useProject();
  const environments = useQuery(trpc.environments.list.queryOptions({ projectId })).data ?? [];
  const [draft, setDraft] = useState(() => draftOf(template, ''));
  const set = useCommand((extra) => trpc.metricTemplates.set.mutationOptions(extra), { onDone });
  const environmentId = draft.environmentId === '' ? (environments[0]?.id ?? '') : draft.environmentId;
  const typed = { ...draft, environmentId, labels: labelsIn(draft.labels) };
  const parsed = metricTemplateSchema.safeParse(typed);
  const isEmpty = draft.name.trim() === '' || draft.query.trim() === '';
  const problem = parsed.success ? undefined : parsed.error.issues[0];
  return (
    <form
      className="flex flex-col gap-4"
      onSubmit={(event) => {
        event.preventDefault();
        if (!parsed.success) return;
        const named = template === null ? {} : { metricTemplateId: template.id };
        set.run({ projectId, template: parsed.data, ...named });
      }}
    >
      <Fields
        draft={{ ...draft, environmentId }}
        places={environments.map(({ id, name }) => ({ value: id, label: name }))}
        problem={
          isEmpty || problem === undefined ? undefined : { of: problem.path[0], text: problem.message }
        }
        onChange={(change) => setDraft({ ...draft, ...change })}
      />
      {set.error !== null && <Banner tone="bad" title={set.error} />}
      <FormActions>
        <Button
          type="submit"
          variant="primary"
          busy={set.busy}
          disabledReason={isEmpty ? 'Give it a name and a query.' : problem?.message}
        >
          {template === null ? 'Add' : 'Save'}
        </Button>
      </FormActions>
    </form>
  );
}

type FieldsProps = {
  readonly draft: TemplateDraft;
  readonly places: readonly { value: string; label: string }[];
  readonly problem: { readonly of: PropertyKey | undefined; readonly text: string } | undefined;
  readonly onChange: (change: Partial<TemplateDraft>) => void;
};

function Fields({ draft, places, problem, onChange }: FieldsProps) {
  const errorOf = (field: keyof TemplateDraft) => (problem?.of === field ? problem.text : undefined);
  return (
    <>
      <FormGrid columns={2}>
        <TextField
          label="Name"
          required
          maxLength={60}
          value={draft.name}
          onChange={({ currentTarget: { value } }) => onChange({ name: value })}
        />
        <SelectField
          label="Asks the metrics source of"
          value={draft.environmentId}
          options={places}
          onChange={({ currentTarget: { value } }) => onChange({ environmentId: value })}
        />
      </FormGrid>
      <TextAreaField
        label="Query"
        required
        mono
        rows={4}
        value={draft.query}
        error={errorOf('query')}
        hint={
          'PromQL. A placeholder stands alone in double quotes after = or !=, as in {route="$route"}; $namespace is that of the environment. A line per series, at most 20.'
        }
        onChange={({ currentTarget: { value } }) => onChange({ query: value })}
      />
      <TextAreaField
        label="Values that may be chosen"
        mono
        rows={2}
        value={draft.labels}
        error={errorOf('labels')}
        hint="A placeholder a line with its values, as in route: /pay, /refund. Nothing else is ever filled in."
        onChange={({ currentTarget: { value } }) => onChange({ labels: value })}
      />
      <StoredFields draft={draft} onChange={onChange} />
    </>
  );
}

function StoredFields({ draft, onChange }: Pick<FieldsProps, 'draft' | 'onChange'>) {
  return (
    <FormGrid columns={3}>
      <SelectField
        label="Unit"
        value={draft.unit}
        options={templateUnits.map((value) => ({ value, label: unitWords[value] }))}
        onChange={({ currentTarget: { value } }) =>
          onChange({ unit: templateUnits.find((unit) => unit === value) ?? draft.unit })
        }
      />
      <SelectField
        label="Samples are stored"
        value={String(draft.stepSeconds)}
        options={templateSteps.map((step) => ({ value: String(step), label: stepWords[step] }))}
        onChange={({ currentTarget: { value } }) =>
          onChange({
            stepSeconds: templateSteps.find((step) => String(step) === value) ?? draft.stepSeconds,
          })
        }
      />
      <SelectField
        label="On boards and shares by"
        value={draft.usedBy}
        options={templateUsers.map((value) => ({ value, label: userWords[value] }))}
        onChange={({ currentTarget: { value } }) =>
          onChange({ usedBy: templateUsers.find((user) => user === value) ?? draft.usedBy })
        }
      />
    </FormGrid>
  );
}
