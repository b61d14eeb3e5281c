import type { AnyChartSpec, InstanceChartSpec } from './chart-spec.ts';

/** Whether the chart is over all projects and drawn for the instance alone; apart from the schemas, because every page with a chart asks. */
export function isOfInstance(spec: AnyChartSpec): spec is InstanceChartSpec {
  return spec.kind === 'instanceCost' || spec.kind === 'instanceBudget';
}
