import type { ChartSpec } from './chart-spec.ts';

/** What each kind of chart is called where one is chosen. */
export const chartKindWords: Readonly<Record<ChartSpec['kind'], string>> = {
  requests: 'Requests',
  errorShare: 'Error share',
  latency: 'Latency, 95th percentile',
  slowShare: 'Share of slow requests',
  burnRate: 'How fast an error budget burns',
  weights: 'Measured share of requests by version',
  comparison: 'Errors of the new version beside the present one',
  drift: 'Features that drifted',
  windowRows: 'Rows by window',
  queries: 'Queries of the busiest client',
  feature: 'Drift of one feature',
  cost: 'Cost by day',
  gpuUse: 'GPUs held',
  budget: 'What is left of a budget',
  template: 'Metric by template',
  leadTime: 'Lead time of promotions',
  deploymentFrequency: 'Deployments',
  changeFailureShare: 'Share of changes that failed',
  timeToRestore: 'Time to restore',
};
