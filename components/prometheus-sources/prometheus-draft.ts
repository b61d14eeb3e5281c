import { type HistogramSource, parseMatchers } from '../../domain/prometheus-source.ts';

/** A histogram as its form holds it. */
export type Draft = {
  readonly metric: string;
  readonly form: HistogramSource['form'];
  /** Empty: the name of the metric. */
  readonly feature: string;
  /** As PromQL has them. */
  readonly matchers: string;
  readonly podLabel: string;
  readonly namespaceLabel: string;
  /** Empty: the worker knows the revisions of pods. */
  readonly revisionLabel: string;
  readonly revisionPattern: string;
  readonly startAt: HistogramSource['startAt'];
};

export const emptyDraft: Draft = {
  metric: '',
  form: 'classic',
  feature: '',
  matchers: '',
  podLabel: 'pod',
  namespaceLabel: 'namespace',
  revisionLabel: '',
  revisionPattern: '$revision',
  startAt: 'latest',
};

const metricOf = (draft: Draft) => draft.metric.trim().replace(/_bucket$/, '');
const matchersOf = (draft: Draft) => parseMatchers(draft.matchers);

/** What is sent to the server, which judges the rest. */
export function fieldsOf(draft: Draft): HistogramSource {
  const { form, startAt } = draft;
  const feature = draft.feature.trim();
  const [namespaceLabel, revisionLabel] = [draft.namespaceLabel.trim(), draft.revisionLabel.trim()];
  return {
    metric: metricOf(draft),
    form,
    startAt,
    feature: feature === '' ? metricOf(draft) : feature,
    matchers: matchersOf(draft) ?? [],
    podLabel: draft.podLabel.trim(),
    namespaceLabel: namespaceLabel === '' ? null : namespaceLabel,
    revision: revisionLabel === '' ? null : { label: revisionLabel, pattern: draft.revisionPattern.trim() },
  };
}

/** Why it cannot be added yet, or undefined. */
export function missingPart(draft: Draft): string | undefined {
  if (metricOf(draft) === '') return 'Name the histogram.';
  if (matchersOf(draft) === null) return 'Write labels as model_name="chat", code=~"2..".';
  return draft.podLabel.trim() === '' ? 'Name the label of the pod.' : undefined;
}
