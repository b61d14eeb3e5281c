'use client';

import { useQuery } from '@tanstack/react-query';
import { Plus, Trash2 } from 'lucide-react';
import { useProject } from '../project/project-context.tsx';
import { useTrpc } from '../trpc-provider.tsx';
import { Button } from '../ui/button.tsx';
import { IconButton } from '../ui/icon-button.tsx';
import { SelectField } from '../ui/select-field.tsx';
import { TextField } from '../ui/text-field.tsx';
import { newProving, type ProvingDraft } from './rules-draft.ts';

type Props = {
  readonly rules: readonly ProvingDraft[];
  readonly onChange: (rules: readonly ProvingDraft[]) => void;
};

/** Where a version has to be healthy at 100 % first, and for how long. */
export function ProvingFields({ rules, onChange }: Props) {
  const trpc = useTrpc();
  const { projectId } = useProject();
  const { data = [] } = useQuery(trpc.environments.list.queryOptions({ projectId }));
  const names = data.map((environment) => environment.name);
  const free = names.find((name) => !rules.some((rule) => rule.environment === name));
  return (
    <fieldset className="flex flex-col gap-3">
      <legend className="mb-2 font-medium">Where a version proves itself first</legend>
      <p className="text-ink-muted">
        {rules.length === 0
          ? 'Nowhere: a version may come from anywhere.'
          : 'A signed request waits until its version has been healthy, alone at 100 %, in the service of the same name there for the time. An unhealthy moment starts the time again.'}
      </p>
      {rules.map((rule, index) => (
        <ProvingRow
          key={rule.key}
          rule={rule}
          names={names}
          onChange={(next) => onChange(rules.with(index, next))}
          onRemove={() => onChange(rules.filter((_, other) => other !== index))}
        />
      ))}
      <div>
        <Button
          size="small"
          icon={Plus}
          disabledReason={
            rules.length >= 5
              ? 'A policy names at most five environments.'
              : free === undefined
                ? 'Every environment is named already.'
                : undefined
          }
          onClick={() => onChange([...rules, newProving(rules, free ?? '')])}
        >
          Add an environment
        </Button>
      </div>
    </fieldset>
  );
}

type RowProps = {
  readonly rule: ProvingDraft;
  readonly names: readonly string[];
  readonly onChange: (rule: ProvingDraft) => void;
  readonly onRemove: () => void;
};

function ProvingRow({ rule, names, onChange, onRemove }: RowProps) {
  const known = names.includes(rule.environment) ? names : [rule.environment, ...names];
  return (
    <div className="flex items-start gap-4 rounded-md border border-line bg-sunken p-3">
      <div className="grid min-w-0 flex-1 grid-cols-1 gap-4 sm:grid-cols-2">
        <SelectField
          label="Healthy at 100 % in"
          value={rule.environment}
          options={known.map((name) => ({ value: name, label: name }))}
          onChange={(event) => onChange({ ...rule, environment: event.currentTarget.value })}
        />
        <TextField
          label="for"
          aria-label={`Healthy time in ${rule.environment}`}
          placeholder="2 h"
          value={rule.time}
          onChange={(event) => onChange({ ...rule, time: event.currentTarget.value })}
        />
      </div>
      <IconButton label={`Remove ${rule.environment}`} icon={Trash2} onClick={onRemove} />
    </div>
  );
}
