import type { SubjectKey } from './chart/chart-answer.ts';

/** "Queue length (route /pay)": a metric template with the values that were chosen. */
export function templateChartName(template: string, values: Readonly<Record<string, string>>): string {
  const chosen = Object.entries(values).map(([label, value]) => `${label} ${value}`);
  return chosen.length === 0 ? template : `${template} (${chosen.join(', ')})`;
}

type Chosen = { readonly templateId: string; readonly values: Readonly<Record<string, string>> };

/** The subject under which a chart of a template has its own name: other values are another chart. */
export const templateSubject = ({ templateId, values }: Chosen): SubjectKey =>
  `group template ${templateId} ${Object.values(values).toSorted().join(' ').slice(0, 200)}`;
