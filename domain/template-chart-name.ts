import type { SubjectKey } from './chart/chart-answer.ts';

/** "Queue length (route /pay)": a metric template with the values that were chosen. */
export function templateChartName(template: string, values: Readonly<Record<string, string>>): string {
  const chosen = Object.entries(values).map(([label, value]) => `${label} ${value}`);
  return chosen.length === 0 ? template : `${template} (${chosen.join(', ')})`;
}

/** The subject under which a chart of a template has its own name. */
export const templateSubject = (templateId: string): SubjectKey => `group template ${templateId}`;
