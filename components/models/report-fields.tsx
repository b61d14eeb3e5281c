'use client';

import { Plus, Trash2 } from 'lucide-react';
import { Button } from '../ui/button.tsx';
import { FormGrid } from '../ui/form-field.tsx';
import { IconButton } from '../ui/icon-button.tsx';
import { TextField } from '../ui/text-field.tsx';
import { emptyMetric, type MetricDraft, type ReportDraft } from './report-draft.ts';

type Props = { readonly draft: ReportDraft; readonly onChange: (draft: ReportDraft) => void };

const parts: readonly { key: keyof MetricDraft; label: string; look: string }[] = [
  { key: 'name', label: 'Metric', look: 'col-span-3 sm:col-span-2' },
  { key: 'value', label: 'Value', look: '' },
  { key: 'minimum', label: 'At least', look: '' },
  { key: 'maximum', label: 'At most', look: '' },
];

/** Name, data and the metrics with their bounds. */
export function ReportFields({ draft, onChange }: Props) {
  const change = (part: Partial<ReportDraft>) => onChange({ ...draft, ...part });
  return (
    <div className="flex flex-col gap-4">
      <FormGrid columns={3}>
        <TextField
          label="Name of the report"
          required
          value={draft.name}
          placeholder="Hold-out October"
          onChange={(event) => change({ name: event.currentTarget.value })}
        />
        <TextField
          label="Data"
          required={false}
          value={draft.dataset}
          onChange={(event) => change({ dataset: event.currentTarget.value })}
        />
        <TextField
          label="Link"
          required={false}
          value={draft.link}
          placeholder="https://…"
          onChange={(event) => change({ link: event.currentTarget.value })}
        />
      </FormGrid>
      <ul className="flex flex-col gap-3">
        {draft.metrics.map((metric, index) => (
          <MetricRow
            key={index}
            metric={metric}
            index={index}
            onChange={(next) => change({ metrics: draft.metrics.with(index, next) })}
            onRemove={() => change({ metrics: draft.metrics.filter((_, other) => other !== index) })}
          />
        ))}
      </ul>
      <div>
        <Button size="small" icon={Plus} onClick={() => change({ metrics: [...draft.metrics, emptyMetric] })}>
          Add a metric
        </Button>
      </div>
    </div>
  );
}

type RowProps = {
  readonly metric: MetricDraft;
  readonly index: number;
  readonly onChange: (metric: MetricDraft) => void;
  readonly onRemove: () => void;
};

function MetricRow({ metric, index, onChange, onRemove }: RowProps) {
  return (
    <li className="flex items-end gap-2">
      <div className="grid min-w-0 flex-1 grid-cols-3 gap-2 sm:grid-cols-5">
        {parts.map(({ key, label, look }) => (
          <div key={key} className={look}>
            <TextField
              label={index === 0 ? label : `${label} ${index + 1}`}
              value={metric[key]}
              inputMode={key === 'name' ? undefined : 'decimal'}
              onChange={(event) => onChange({ ...metric, [key]: event.currentTarget.value })}
            />
          </div>
        ))}
      </div>
      <IconButton label={`Remove metric ${index + 1}`} icon={Trash2} onClick={onRemove} />
    </li>
  );
}
