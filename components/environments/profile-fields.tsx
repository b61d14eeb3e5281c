'use client';

import type { MetricProfile } from '../../domain/metric-profile.ts';
import { FormGrid } from '../ui/form-field.tsx';
import { SelectField } from '../ui/select-field.tsx';
import { TextField } from '../ui/text-field.tsx';
import type { MetricsProps } from './metrics-fields.tsx';

type TextKey = Exclude<keyof MetricProfile, 'durationUnit'>;
const names: Readonly<Record<TextKey, { label: string; isNeeded: boolean; hint?: string }>> = {
  requestsMetric: { label: 'Counter of requests', isNeeded: true },
  errorLabel: { label: 'Label that tells errors', isNeeded: false },
  errorPattern: {
    label: 'Its value for errors',
    isNeeded: false,
    hint: 'A regular expression of Prometheus (RE2).',
  },
  durationMetric: { label: 'Histogram of durations', isNeeded: false, hint: 'Without "_bucket".' },
  podLabel: { label: 'Label of the counter', isNeeded: true, hint: 'The pod, or the proxy that counts.' },
  namespaceLabel: { label: 'Label of the namespace', isNeeded: false },
  serviceLabel: { label: 'Label of the service', isNeeded: false },
  servicePattern: { label: 'Its value for a service', isNeeded: true },
  revisionLabel: {
    label: 'Label of the revision',
    isNeeded: false,
    hint: 'Empty: nothing is compared, only guard rails run.',
  },
  revisionPattern: { label: 'Its value for a revision', isNeeded: true },
  onlyLabel: { label: 'Fixed label', isNeeded: false },
  onlyValue: { label: 'Its value', isNeeded: false },
  workloadLabel: { label: 'Label of other workloads', isNeeded: false, hint: 'For requests per second.' },
  workloadPattern: { label: 'Its value for a workload', isNeeded: true },
  promptTokensMetric: { label: 'Counter of prompt tokens', isNeeded: false, hint: 'For costs only.' },
  generatedTokensMetric: { label: 'Counter of generated tokens', isNeeded: false },
  cachedTokensMetric: { label: 'Counter of cached prompt tokens', isNeeded: false },
  runningMetric: {
    label: 'Gauge of requests under way',
    isNeeded: false,
    hint: 'With the next, for costs at equal load.',
  },
  runningSecondsMetric: {
    label: 'Histogram of their seconds',
    isNeeded: false,
    hint: 'Without "_sum"; the time that a request is under way.',
  },
  prefillSecondsMetric: {
    label: 'Histogram of prompt seconds',
    isNeeded: false,
    hint: 'With the next, for what the cache saved.',
  },
  decodeSecondsMetric: { label: 'Histogram of answer seconds', isNeeded: false },
  firstTokenSecondsMetric: {
    label: 'Histogram of seconds to the first token',
    isNeeded: false,
    hint: 'This and the next three: counted for a service on its Connect page.',
  },
  outputTokenSecondsMetric: { label: 'Histogram of seconds per output token', isNeeded: false },
  requestTokensMetric: { label: 'Histogram of tokens in', isNeeded: false },
  answerTokensMetric: { label: 'Histogram of tokens out', isNeeded: false },
};
const keys = Object.keys(names) as TextKey[];
const units = [
  { value: 'seconds', label: 'Seconds' },
  { value: 'milliseconds', label: 'Milliseconds' },
] as const;

/** Every name of a profile; editing one makes it a custom profile. */
export function ProfileFields({ draft, onChange }: MetricsProps) {
  const change = (part: Partial<MetricProfile>) =>
    onChange({ ...draft, isCustom: true, profile: { ...draft.profile, ...part } });
  return (
    <div className="flex flex-col gap-3">
      <p className="max-w-prose text-ink-muted text-xs">
        In a value, <code>$service</code>, <code>$namespace</code>, <code>$revision</code> and{' '}
        <code>$workload</code> stand for names and the number, <code>*</code> for anything, and <code>|</code>{' '}
        separates alternatives.
      </p>
      <FormGrid>
        {keys.map((key) => (
          <TextField
            key={key}
            label={names[key].label}
            hint={names[key].hint}
            required={names[key].isNeeded}
            mono
            value={draft.profile[key]}
            onChange={(event) => change({ [key]: event.currentTarget.value })}
          />
        ))}
        <SelectField
          label="Unit of durations"
          options={units}
          value={draft.profile.durationUnit}
          onChange={(event) => {
            const found = units.find(({ value }) => value === event.currentTarget.value);
            if (found !== undefined) change({ durationUnit: found.value });
          }}
        />
      </FormGrid>
    </div>
  );
}
