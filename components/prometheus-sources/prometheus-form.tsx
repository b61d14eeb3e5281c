'use client';

import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useTrpc } from '../trpc-provider.tsx';
import { Banner } from '../ui/banner.tsx';
import { Button } from '../ui/button.tsx';
import { FormActions, FormGrid } from '../ui/form-field.tsx';
import { SelectField } from '../ui/select-field.tsx';
import { TextField } from '../ui/text-field.tsx';
import { useCommand } from '../use-command.ts';
import type { PrometheusSources } from './prometheus-answers.ts';
import { type Draft, emptyDraft, fieldsOf, missingPart } from './prometheus-draft.ts';

type Props = {
  readonly serviceId: string;
  readonly kept: PrometheusSources['kept'];
  /** What the form begins with. */
  readonly metric: string;
  readonly onDone: () => void;
};

/** Names a histogram that is to be counted for a service. */
export function PrometheusForm({ serviceId, kept, metric, onDone }: Props) {
  const trpc = useTrpc();
  const client = useQueryClient();
  const [draft, setDraft] = useState({ ...emptyDraft, metric });
  const set = (change: Partial<Draft>) => setDraft({ ...draft, ...change });
  const create = useCommand((extra) => trpc.prometheusSources.create.mutationOptions(extra), {
    onDone: () => {
      void client.invalidateQueries({ queryKey: trpc.prometheusSources.list.queryKey({ serviceId }) });
      onDone();
    },
  });
  return (
    <form
      className="flex flex-col gap-4"
      onSubmit={(event) => {
        event.preventDefault();
        create.run({ serviceId, ...fieldsOf(draft) });
      }}
    >
      <HistogramFields draft={draft} set={set} kept={kept} />
      <LabelFields draft={draft} set={set} />
      {create.error !== null && <Banner tone="bad" title={create.error} />}
      <FormActions>
        <Button type="submit" variant="primary" busy={create.busy} disabledReason={missingPart(draft)}>
          Count this histogram
        </Button>
      </FormActions>
    </form>
  );
}

type PartProps = { readonly draft: Draft; readonly set: (change: Partial<Draft>) => void };

const forms = [
  { value: 'classic', label: 'Classic (counters by le)' },
  { value: 'native', label: 'Native' },
];
const starts = [
  { value: 'latest', label: 'What comes from now on' },
  { value: 'earliest', label: 'The last seven days, too' },
];

function HistogramFields({ draft, set, kept }: PartProps & Pick<Props, 'kept'>) {
  return (
    <FormGrid>
      <TextField
        label="Histogram"
        required
        mono
        autoComplete="off"
        placeholder={kept === 'sandbox' ? 'sandbox_latency_ms' : 'vllm:time_to_first_token_seconds'}
        hint={kept === 'sandbox' ? 'The sandbox keeps sandbox_latency_ms.' : 'Without "_bucket".'}
        value={draft.metric}
        onChange={(event) => set({ metric: event.currentTarget.value })}
      />
      <SelectField
        label="Its form"
        value={draft.form}
        options={forms}
        onChange={(event) => set({ form: event.currentTarget.value as Draft['form'] })}
      />
      <TextField
        label="Feature"
        autoComplete="off"
        hint="Empty: as the histogram is called."
        value={draft.feature}
        onChange={(event) => set({ feature: event.currentTarget.value })}
      />
      <SelectField
        label="Count"
        value={draft.startAt}
        options={starts}
        onChange={(event) => set({ startAt: event.currentTarget.value as Draft['startAt'] })}
      />
    </FormGrid>
  );
}

function LabelFields({ draft, set }: PartProps) {
  return (
    <>
      <TextField
        label="Only with these labels"
        mono
        autoComplete="off"
        placeholder={'model_name="chat"'}
        hint="Besides the namespace of the environment; as PromQL has them."
        value={draft.matchers}
        onChange={(event) => set({ matchers: event.currentTarget.value })}
      />
      <FormGrid>
        <TextField
          label="Label of the pod"
          required
          mono
          value={draft.podLabel}
          onChange={(event) => set({ podLabel: event.currentTarget.value })}
        />
        <TextField
          label="Label of the namespace"
          mono
          hint="Empty: no label holds it."
          value={draft.namespaceLabel}
          onChange={(event) => set({ namespaceLabel: event.currentTarget.value })}
        />
        <TextField
          label="Label of the revision"
          mono
          hint="Empty: the worker knows the revision of every pod."
          value={draft.revisionLabel}
          onChange={(event) => set({ revisionLabel: event.currentTarget.value })}
        />
        {draft.revisionLabel.trim() !== '' && (
          <TextField
            label="Its value for a revision"
            mono
            hint="$service, $namespace and $revision stand for names and the number, * for anything."
            value={draft.revisionPattern}
            onChange={(event) => set({ revisionPattern: event.currentTarget.value })}
          />
        )}
      </FormGrid>
    </>
  );
}
