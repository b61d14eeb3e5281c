'use client';

import { Plus, Trash2 } from 'lucide-react';
import { Button } from '../ui/button.tsx';
import { IconButton } from '../ui/icon-button.tsx';
import { SelectField } from '../ui/select-field.tsx';
import { TextField } from '../ui/text-field.tsx';
import type { CheckDraft } from './plan-draft.ts';

type Props = {
  readonly checks: readonly CheckDraft[];
  readonly onChange: (checks: readonly CheckDraft[]) => void;
};

const choices = [
  { value: 'threshold errors', label: 'Rail: error share' },
  { value: 'threshold slow', label: 'Rail: share of slow requests' },
  { value: 'threshold query', label: 'Rail: PromQL query' },
  { value: 'eProcess errors', label: 'Against stable: error share' },
  { value: 'eProcess slow', label: 'Against stable: slow requests' },
  { value: 'drift inputs', label: 'Against stable: inputs alike' },
  { value: 'drift predictions', label: 'Against stable: predictions alike' },
] as const;

type Choice = Pick<CheckDraft, 'kind' | 'of'>;
const meanings: Record<string, Choice> = {
  'threshold errors': { kind: 'threshold', of: 'errors' },
  'threshold slow': { kind: 'threshold', of: 'slow' },
  'threshold query': { kind: 'threshold', of: 'query' },
  'eProcess errors': { kind: 'eProcess', of: 'errors' },
  'eProcess slow': { kind: 'eProcess', of: 'slow' },
  'drift inputs': { kind: 'drift', of: 'inputs' },
  'drift predictions': { kind: 'drift', of: 'predictions' },
};

const fresh: Omit<CheckDraft, 'key'> = {
  kind: 'threshold',
  of: 'errors',
  max: '5',
  samples: '100',
  slowerThanMs: '250',
  query: '',
};

/** What judges the rollout: rails on the canary alone, and comparisons with stable. */
export function PlanChecksEditor({ checks, onChange }: Props) {
  const set = (key: number, change: Partial<CheckDraft>) =>
    onChange(checks.map((check) => (check.key === key ? { ...check, ...change } : check)));
  const key = Math.max(-1, ...checks.map((check) => check.key)) + 1;
  return (
    <fieldset className="flex min-w-0 flex-col gap-2">
      <legend className="mb-2 font-medium">Checks</legend>
      <ul className="flex flex-col gap-2">
        {checks.map((check, index) => (
          <li key={check.key} className="flex items-start gap-2 rounded-md border border-line p-3">
            <div className="grid min-w-0 flex-1 grid-cols-1 gap-3 sm:grid-cols-[2fr_1fr_1fr]">
              <CheckFields check={check} number={index + 1} onSet={(change) => set(check.key, change)} />
            </div>
            <IconButton
              label={`Remove check ${index + 1}`}
              icon={Trash2}
              onClick={() => onChange(checks.filter((each) => each.key !== check.key))}
            />
          </li>
        ))}
      </ul>
      <div>
        <Button size="small" icon={Plus} onClick={() => onChange([...checks, { ...fresh, key }])}>
          Add a check
        </Button>
      </div>
    </fieldset>
  );
}

type FieldsProps = { check: CheckDraft; number: number; onSet: (change: Partial<CheckDraft>) => void };

function CheckFields({ check, number, onSet }: FieldsProps) {
  const isRail = check.kind === 'threshold';
  return (
    <>
      <SelectField
        label={`Check ${number}`}
        options={choices}
        value={`${check.kind} ${check.of}`}
        onChange={(event) => onSet(meanings[event.currentTarget.value] ?? {})}
      />
      {isRail && (
        <TextField
          label="Breaks above"
          suffix={check.of === 'query' ? undefined : '%'}
          inputMode="decimal"
          value={check.max}
          onChange={(event) => onSet({ max: event.currentTarget.value })}
        />
      )}
      {check.of === 'slow' && (
        <TextField
          label="Slow is over"
          suffix="ms"
          inputMode="numeric"
          value={check.slowerThanMs}
          onChange={(event) => onSet({ slowerThanMs: event.currentTarget.value })}
        />
      )}
      {isRail && (
        <TextField
          label="After canary requests"
          inputMode="numeric"
          value={check.samples}
          onChange={(event) => onSet({ samples: event.currentTarget.value })}
        />
      )}
      {check.of === 'query' && (
        <div className="sm:col-span-3">
          <TextField
            label="PromQL"
            mono
            hint="$service, $namespace and $revision are replaced."
            value={check.query}
            onChange={(event) => onSet({ query: event.currentTarget.value })}
          />
        </div>
      )}
    </>
  );
}
