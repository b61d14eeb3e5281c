import type { ChartAnswer, SubjectKey } from './chart-answer.ts';
import type { ChartSeries } from './chart-series.ts';

export type SubjectNames = ChartAnswer['names'];

const kindNames: Record<string, string> = {
  project: 'Project',
  environment: 'Environment',
  node: 'Node',
  service: 'Service',
  modelVersion: 'Version',
  model: 'Model',
  feature: 'Feature',
  budget: 'Budget',
  group: 'Group',
};

/** The name to show; a subject without one is called by its kind, never by its id. */
function nameOf(subject: SubjectKey, names: SubjectNames): string {
  return names[subject] ?? kindNames[subject.slice(0, subject.indexOf(' '))] ?? 'Unnamed';
}

/** The series with the labels that a reader sees: the name of their subject, or their own. */
export function namedSeries(answer: ChartAnswer, names: SubjectNames = answer.names): ChartSeries[] {
  return answer.series.map(({ subject, ...series }) =>
    subject === null ? series : { ...series, label: nameOf(subject, names) },
  );
}

/** The sentence of the answer; empty when it has none. */
export function namedWords(answer: ChartAnswer, names: SubjectNames = answer.names): string {
  return answer.words.map((part) => (typeof part === 'string' ? part : nameOf(part.subject, names))).join('');
}
