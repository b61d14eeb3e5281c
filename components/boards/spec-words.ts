import type { ChartSpec } from '../../domain/chart/chart-spec.ts';
import { chartKindWords } from '../../domain/chart/chart-words.ts';
import { templateChartName } from '../../domain/template-chart-name.ts';
import type { ChartSubjects } from './board-answers.ts';

export const groupByWords: Readonly<Record<Extract<ChartSpec, { kind: 'cost' }>['groupBy'], string>> = {
  environment: 'environment',
  service: 'service',
  model: 'model',
  modelVersion: 'version',
  role: 'role',
  bucket: 'what the GPUs did',
  gpuProduct: 'GPU product',
  capacityType: 'capacity type',
};

/** A chart in a line of text: "Error share: fraud in production". */
export function specWords(spec: ChartSpec, subjects: ChartSubjects | undefined): string {
  const subject = subjectWords(spec, subjects);
  return subject === null ? chartKindWords[spec.kind] : `${chartKindWords[spec.kind]}: ${subject}`;
}

function subjectWords(spec: ChartSpec, subjects: ChartSubjects | undefined): string | null {
  if (spec.kind === 'cost') return `by ${groupByWords[spec.groupBy]}`;
  if (spec.kind === 'budget') return subjects?.budgets.find(({ id }) => id === spec.budgetId)?.name ?? null;
  if (spec.kind === 'template') {
    const name = subjects?.templates.find(({ id }) => id === spec.templateId)?.name;
    return name === undefined ? null : templateChartName(name, spec.values);
  }
  const service = subjects?.services.find(({ id }) => id === spec.serviceId);
  if (service === undefined) return spec.serviceId === undefined ? 'all of the project' : null;
  const place = `${service.name} in ${service.environment}`;
  if (spec.kind === 'burnRate') return `${spec.promise} of ${place}`;
  if (spec.kind === 'slowShare') return `over ${spec.slowerThanMs} ms of ${place}`;
  if (spec.kind !== 'feature') return place;
  const feature = subjects?.features.find(({ id }) => id === spec.featureId)?.name;
  return feature === undefined ? place : `${feature} of ${place}`;
}
