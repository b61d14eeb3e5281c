import { type MetricProfile, patternRegex } from '../../domain/metric-profile.ts';
import type { RatesRequest, WorkloadRates } from './metrics.ts';
import { type PrometheusOptions, prometheusTarget } from './prometheus.ts';
import { type PrometheusTarget, prometheusQuery } from './prometheus-api.ts';
import { matcher, selection } from './prometheus-text.ts';

/** Looked back this far: a rate over it is shown to people and never judged. */
const window = '5m';

function labelOf(profile: MetricProfile): string {
  return profile.workloadLabel === '' ? profile.podLabel : profile.workloadLabel;
}

/** Requests per second of a namespace by the label that names the workload; extrapolated by rate(), for display only. */
export function rateQuery(profile: MetricProfile, namespace: string): string {
  const label = labelOf(profile);
  const fits = patternRegex(profile.workloadPattern, { namespace });
  const matchers = [
    ...(profile.onlyLabel === '' ? [] : [matcher(profile.onlyLabel, '=', profile.onlyValue)]),
    ...(profile.namespaceLabel === '' ? [] : [matcher(profile.namespaceLabel, '=', namespace)]),
    fits === '.*' ? matcher(label, '!=', '') : matcher(label, '=~', fits),
  ];
  return `sum by (${label}) (rate(${selection(profile.requestsMetric, matchers)}[${window}]))`;
}

/** The workload that a label value belongs to: of all whose pattern fits, the longest name; null for none. */
export function workloadOf(profile: MetricProfile, asked: RatesRequest, value: string): string | null {
  let found: string | null = null;
  for (const workload of asked.workloads) {
    if (workload.length <= (found?.length ?? 0)) continue;
    const values = { workload, namespace: asked.namespace };
    if (new RegExp(`^(?:${patternRegex(profile.workloadPattern, values)})$`).test(value)) found = workload;
  }
  return found;
}

/** The same as `workloadRates`, over a connection that is open already. */
export async function readWorkloadRates(
  target: PrometheusTarget,
  profile: MetricProfile,
  asked: RatesRequest,
): Promise<WorkloadRates> {
  const answer = await prometheusQuery(target, 'query', { query: rateQuery(profile, asked.namespace) });
  if (answer.kind === 'noEvidence') return answer;
  const perSecond = new Map<string, number>();
  for (const { labels, points } of answer.series) {
    const workload = workloadOf(profile, asked, labels[labelOf(profile)] ?? '');
    const rate = Number(points.at(-1)?.[1] ?? Number.NaN);
    if (workload !== null && Number.isFinite(rate))
      perSecond.set(workload, (perSecond.get(workload) ?? 0) + rate);
  }
  return { kind: 'rates', perSecond };
}

/** Requests per second over the last five minutes by workload, whoever manages it; a workload without series is missing. */
export async function workloadRates(options: PrometheusOptions, asked: RatesRequest): Promise<WorkloadRates> {
  const target = prometheusTarget(options);
  try {
    return await readWorkloadRates(target, options.profile, asked);
  } finally {
    await target.egress.close();
  }
}
