import type { MetricTemplate, TemplateLabel } from '../../domain/metric-template.ts';
import type { MetricTemplateRow } from './template-answers.ts';

/** What is typed so far; labels as text, a line each. */
export type TemplateDraft = Omit<MetricTemplate, 'labels'> & { readonly labels: string };

export function draftOf(row: MetricTemplateRow | null, environmentId: string): TemplateDraft {
  if (row === null)
    return {
      environmentId,
      name: '',
      query: '',
      unit: 'perSecond',
      stepSeconds: 300,
      labels: '',
      usedBy: 'engineer',
    };
  const { name, query, unit, stepSeconds, usedBy } = row;
  const labels = row.labels.map((label) => `${label.name}: ${label.values.join(', ')}`).join('\n');
  return { environmentId: row.environmentId, name, query, unit, stepSeconds, usedBy, labels };
}

/** "route: /pay, /refund", a label a line; values are parted by commas. */
export function labelsIn(text: string): TemplateLabel[] {
  return text
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map((line) => {
      const [name = '', ...rest] = line.split(':');
      const values = rest
        .join(':')
        .split(',')
        .map((value) => value.trim())
        .filter((value) => value !== '');
      return { name: name.trim(), values: [...new Set(values)] };
    });
}
