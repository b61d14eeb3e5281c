import type { ChartSpec } from './chart-spec.ts';

/** What each kind of chart is called where one is chosen. */
export const chartKindWords: Readonly<Record<ChartSpec['kind'], string>> = {
  requests: 'Requests',
  errorShare: 'Error share',
  latency: 'Latency, 95th percentile',
  weights: 'Measured share of requests by version',
  comparison: 'Errors of the new version beside the present one',
  drift: 'Features that drifted',
  feature: 'Drift of one feature',
  cost: 'Cost by day',
  gpuUse: 'GPUs held',
  budget: 'What is left of a budget',
  leadTime: 'Lead time of promotions',
  deploymentFrequency: 'Deployments',
  changeFailureShare: 'Share of changes that failed',
  timeToRestore: 'Time to restore',
};
