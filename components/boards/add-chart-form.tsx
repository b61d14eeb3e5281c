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
  const [values, setValues] = useState<Readonly<Record<string, string>>>({});
  const labels = kind === 'template' ? labelsOf(subject, subjects) : [];
  const spec = specOf(kind, subject, { subjects, values: chosenValues(labels, values) });
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
      {labels.map((label) => (
        <div key={label.name} className="min-w-40 flex-1">
          <SelectField
            label={label.name}
            value={chosenValues(labels, values)[label.name] ?? ''}
            options={label.values.map((value) => ({ value, label: value }))}
            onChange={({ currentTarget: { value } }) => setValues({ ...values, [label.name]: value })}
          />
        </div>
      ))}
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

type Label = ChartSubjects['templates'][number]['labels'][number];

const labelsOf = (templateId: string, { templates }: ChartSubjects): readonly Label[] =>
  templates.find(({ id }) => id === templateId)?.labels ?? [];

/** One listed value of each label: what was chosen, or the first. */
const chosenValues = (labels: readonly Label[], values: Readonly<Record<string, string>>) =>
  Object.fromEntries(
    labels.map(({ name, values: listed }) => [
      name,
      listed.find((value) => value === values[name]) ?? listed[0] ?? '',
    ]),
  );

function choicesOf(kind: Kind, { services, features, budgets, templates }: ChartSubjects): Choice {
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
    case 'template':
      return {
        label: 'Template',
        options: templates.filter(({ mayUse }) => mayUse).map(({ id, name }) => ({ value: id, label: name })),
        none:
          templates.length === 0
            ? 'The project has no metric template: an admin adds one under Settings, Metric templates.'
            : 'None of the metric templates is for your role.',
      };
    case 'slowShare':
      return slowChoice(services, placeOf);
    case 'burnRate':
      return burnChoice(services, placeOf);
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

type Services = ChartSubjects['services'];
type PlaceOf = (serviceId: string) => string;

const slowChoice = (services: Services, placeOf: PlaceOf): Choice => ({
  label: 'Service',
  options: services.flatMap(({ id, objectives }) =>
    objectives?.latency ? [{ value: id, label: placeOf(id) }] : [],
  ),
  none: 'No service says how quick it has to be: set an objective of latency in its settings.',
});

const burnChoice = (services: Services, placeOf: PlaceOf): Choice => ({
  label: 'Objective',
  options: services.flatMap(({ id, objectives }) =>
    (['errors', 'latency'] as const).flatMap((promise) =>
      objectives?.[promise] ? [{ value: `${id} ${promise}`, label: `${promise} of ${placeOf(id)}` }] : [],
    ),
  ),
  none: 'No service has an objective: set one in its settings.',
});

type Chosen = { readonly subjects: ChartSubjects; readonly values: Record<string, string> };

/** Null while there is nothing that the chart could be about. */
function specOf(kind: Kind, subject: string, { subjects, values }: Chosen): ChartSpec | null {
  const { services, features } = subjects;
  switch (kind) {
    case 'cost': {
      const groupBy = groupings.find((each) => each === subject);
      return groupBy === undefined ? null : { kind, groupBy };
    }
    case 'budget':
      return subject === '' ? null : { kind, budgetId: subject };
    case 'template':
      return subject === '' ? null : { kind, templateId: subject, values };
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
