'use client';

import { Plus } from 'lucide-react';
import { useState } from 'react';
import type { ChartSpec } from '../../domain/chart/chart-spec.ts';
import { chartKindWords } from '../../domain/chart/chart-words.ts';
import { Button } from '../ui/button.tsx';
import { SelectField } from '../ui/select-field.tsx';
import type { ChartSubjects } from './board-answers.ts';
import { groupByWords } from './spec-words.ts';

type Kind = ChartSpec['kind'];
const kinds = Object.keys(chartKindWords) as Kind[];
const kindOptions = kinds.map((value) => ({ value, label: chartKindWords[value] }));
const groupings = Object.keys(groupByWords) as (keyof typeof groupByWords)[];

type Props = {
  readonly subjects: ChartSubjects;
  readonly disabledReason: string | undefined;
  readonly onAdd: (spec: ChartSpec) => void;
};

/** Chooses a kind of chart and what it is about. */
export function AddChartForm({ subjects, disabledReason, onAdd }: Props) {
  const [kind, setKind] = useState<Kind>('requests');
  const [chosen, setChosen] = useState('');
  const choice = choicesOf(kind, subjects);
  const subject = choice.options.some(({ value }) => value === chosen)
    ? chosen
    : (choice.options[0]?.value ?? '');
  const spec = specOf(kind, subject, subjects);
  return (
    <form
      className="flex flex-wrap items-end gap-3"
      onSubmit={(event) => {
        event.preventDefault();
        if (spec !== null) onAdd(spec);
      }}
    >
      <div className="min-w-56 flex-1">
        <SelectField
          label="Chart"
          value={kind}
          options={kindOptions}
          onChange={({ currentTarget: { value } }) => setKind(kinds.find((each) => each === value) ?? kind)}
        />
      </div>
      <div className="min-w-56 flex-1">
        <SelectField
          label={choice.label}
          value={subject}
          options={choice.options}
          onChange={(event) => setChosen(event.currentTarget.value)}
        />
      </div>
      <Button
        type="submit"
        icon={Plus}
        disabledReason={disabledReason ?? (spec === null ? choice.none : undefined)}
      >
        Add
      </Button>
    </form>
  );
}

type Choice = {
  readonly label: string;
  readonly options: readonly { value: string; label: string }[];
  /** Why nothing can be added when there is no option. */
  readonly none: string;
};

function choicesOf(kind: Kind, { services, features, budgets }: ChartSubjects): Choice {
  const placed = services.map(({ id, name, environment }) => ({
    value: id,
    label: `${name} in ${environment}`,
  }));
  const placeOf = (serviceId: string) =>
    placed.find(({ value }) => value === serviceId)?.label ?? 'a service';
  switch (kind) {
    case 'cost':
      return {
        label: 'Summed by',
        options: groupings.map((value) => ({ value, label: groupByWords[value] })),
        none: '',
      };
    case 'budget':
      return {
        label: 'Budget',
        options: budgets.map(({ id, name }) => ({ value: id, label: name })),
        none: 'The project has no budget.',
      };
    case 'slowShare':
      return {
        label: 'Service',
        options: services.flatMap(({ id, objectives }) =>
          objectives?.latency ? [{ value: id, label: placeOf(id) }] : [],
        ),
        none: 'No service says how quick it has to be: set an objective of latency in its settings.',
      };
    case 'burnRate':
      return {
        label: 'Objective',
        options: services.flatMap(({ id, objectives }) =>
          (['errors', 'latency'] as const).flatMap((promise) =>
            objectives?.[promise]
              ? [{ value: `${id} ${promise}`, label: `${promise} of ${placeOf(id)}` }]
              : [],
          ),
        ),
        none: 'No service has an objective: set one in its settings.',
      };
    case 'feature':
      return {
        label: 'Feature',
        options: features.map(({ id, name, serviceId }) => ({
          value: id,
          label: `${name} of ${placeOf(serviceId)}`,
        })),
        none: 'No feature is counted yet.',
      };
    case 'gpuUse':
    case 'leadTime':
    case 'deploymentFrequency':
    case 'changeFailureShare':
    case 'timeToRestore':
      return { label: 'Of', options: [{ value: '', label: 'All of the project' }, ...placed], none: '' };
    case 'requests':
    case 'errorShare':
    case 'latency':
    case 'weights':
    case 'comparison':
    case 'drift':
    case 'windowRows':
    case 'queries':
      return { label: 'Service', options: placed, none: 'The project has no service.' };
  }
}

/** Null while there is nothing that the chart could be about. */
function specOf(kind: Kind, subject: string, { services, features }: ChartSubjects): ChartSpec | null {
  switch (kind) {
    case 'cost': {
      const groupBy = groupings.find((each) => each === subject);
      return groupBy === undefined ? null : { kind, groupBy };
    }
    case 'budget':
      return subject === '' ? null : { kind, budgetId: subject };
    case 'slowShare': {
      const latency = services.find(({ id }) => id === subject)?.objectives?.latency;
      return latency ? { kind, serviceId: subject, slowerThanMs: latency.slowerThanMs } : null;
    }
    case 'burnRate': {
      const [serviceId = '', promise] = subject.split(' ');
      return promise === 'errors' || promise === 'latency'
        ? { kind, serviceId, promise, window: 'steady' }
        : null;
    }
    case 'feature': {
      const feature = features.find(({ id }) => id === subject);
      return feature === undefined ? null : { kind, serviceId: feature.serviceId, featureId: feature.id };
    }
    case 'gpuUse':
    case 'leadTime':
    case 'deploymentFrequency':
    case 'changeFailureShare':
    case 'timeToRestore':
      return subject === '' ? { kind } : { kind, serviceId: subject };
    case 'requests':
    case 'errorShare':
    case 'latency':
    case 'weights':
    case 'comparison':
    case 'drift':
    case 'windowRows':
    case 'queries':
      return subject === '' ? null : { kind, serviceId: subject };
  }
}
