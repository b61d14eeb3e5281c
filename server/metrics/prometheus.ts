import { canCompare, type MetricProfile } from '../../domain/metric-profile.ts';
import { createEgressClient } from '../egress/request.ts';
import type {
  CounterRequest,
  CountersAnswer,
  HistogramRequest,
  HistogramsAnswer,
  Metrics,
  RangeAnswer,
  RangeRequest,
  ValueAnswer,
} from './metrics.ts';
import { noEvidence, type PrometheusTarget, prometheusQuery, type QueryAnswer } from './prometheus-api.ts';
import { counterSamples } from './prometheus-counters.ts';
import { histogramQuery, histogramSamples } from './prometheus-histograms.ts';
import { counterQueries, filledTemplate, workQuery } from './prometheus-text.ts';

const maxBoundaries = 500;
/** What Prometheus itself refuses to exceed. */
const maxSteps = 11_000;

export type PrometheusOptions = {
  readonly url: string;
  readonly profile: MetricProfile;
  /** Sent with each query: the tenant and the sign-in. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Parts of the headers that no sentence may repeat. */
  readonly secrets?: readonly string[];
  /** Hosts and ranges that an instance admin allowed; every other one must be public. */
  readonly allowances: readonly string[];
};

/** The outbound half of a metrics source; close its client when done. */
export function prometheusTarget(options: Omit<PrometheusOptions, 'profile'>): PrometheusTarget {
  const egress = createEgressClient({
    egressClass: 'user',
    allowances: options.allowances,
    schemes: ['https', 'http'],
  });
  return {
    egress,
    baseUrl: options.url.replace(/\/+$/, ''),
    headers: options.headers ?? {},
    secrets: options.secrets ?? [],
  };
}

function greatestCommonDivisor(left: number, right: number): number {
  return right === 0 ? left : greatestCommonDivisor(right, left % right);
}

function seconds(ms: number): string {
  return (ms / 1000).toFixed(3);
}

/** The range query whose steps hit every boundary; null when they are not rising, too many, or would need too many steps. */
export function rangeOf(boundaries: readonly Date[]): { start: string; end: string; step: string } | null {
  const times = boundaries.map((boundary) => boundary.getTime());
  const first = times[0];
  const last = times.at(-1);
  if (first === undefined || last === undefined || times.length > maxBoundaries) return null;
  const gaps = times.slice(1).map((time, index) => time - (times[index] ?? Number.NaN));
  if (gaps.some((gap) => !(gap > 0))) return null;
  const stepMs = gaps.length === 0 ? 1_000 : gaps.reduce(greatestCommonDivisor);
  if ((last - first) / stepMs + 1 > maxSteps) return null;
  return { start: seconds(first), end: seconds(last), step: seconds(stepMs) };
}

async function readCounters(
  target: PrometheusTarget,
  profile: MetricProfile,
  request: CounterRequest,
): Promise<CountersAnswer> {
  const { workload } = request;
  if (workload === undefined && !canCompare(profile))
    return noEvidence(
      'notConfigured',
      'The metric profile does not tell revisions apart, so nothing can be compared; only guard rails run.',
    );
  const range = rangeOf(request.boundaries);
  if (range === null)
    return noEvidence('malformed', 'Counters were asked for at instants that no one range query hits.');
  if (workload?.podNames.length === 0) return noEvidence('noSeries', 'The workload has no pod.');
  const queries = counterQueries(profile, request.scope, workload);
  const read = async (query: string | null): Promise<QueryAnswer> =>
    query === null
      ? { kind: 'series', series: [] }
      : await prometheusQuery(target, 'query_range', { query, ...range });
  const [requests, errors, buckets, work] = await Promise.all([
    read(queries.requests),
    read(queries.errors),
    read(queries.buckets),
    read(workQuery(profile, request.scope, workload)),
  ]);
  if (requests.kind === 'noEvidence') return requests;
  if (errors.kind === 'noEvidence') return errors;
  if (buckets.kind === 'noEvidence') return buckets;
  if (requests.series.length === 0)
    return noEvidence(
      'noSeries',
      `Prometheus has no series of ${profile.requestsMetric} for the service ${request.scope.serviceName}.`,
    );
  const answers = {
    requests: requests.series,
    errors: errors.series,
    buckets: buckets.series,
    // Costs may go without it; a rollout must not wait for it.
    work: work.kind === 'noEvidence' ? [] : work.series,
  };
  return { kind: 'samples', samples: counterSamples(answers, profile, request) };
}

async function readValue(
  target: PrometheusTarget,
  request: Parameters<Metrics['value']>[0],
): Promise<ValueAnswer> {
  const query = filledTemplate(request.template, request.scope, request.revisionNumber);
  const answer = await prometheusQuery(target, 'query', { query, time: seconds(request.at.getTime()) });
  if (answer.kind === 'noEvidence') return answer;
  if (answer.series.length > 1)
    return noEvidence(
      'malformed',
      `The query gives ${answer.series.length} series; a guard rail needs one value.`,
    );
  const [at, text] = answer.series[0]?.points.at(-1) ?? [];
  if (at === undefined || text === undefined)
    return noEvidence('noSeries', 'The query gives no value at this time.');
  const value = Number(text.replace(/Inf$/, 'Infinity'));
  if (Number.isNaN(value))
    return noEvidence('noSeries', 'The query gives "not a number", as when nothing was divided by nothing.');
  return { kind: 'value', value, at: new Date(Math.round(at * 1000)) };
}

async function readRange(target: PrometheusTarget, request: RangeRequest): Promise<RangeAnswer> {
  const [fromMs, toMs] = [request.from.getTime(), request.to.getTime()];
  if (!(toMs >= fromMs && request.stepMs > 0 && (toMs - fromMs) / request.stepMs < maxSteps))
    return noEvidence('malformed', `A range has 1 to ${maxSteps} steps.`);
  const answer = await prometheusQuery(target, 'query_range', {
    query: request.query,
    start: seconds(fromMs),
    end: seconds(toMs),
    step: seconds(request.stepMs),
  });
  if (answer.kind === 'noEvidence') return answer;
  const series = answer.series.map(({ labels, points }) => ({
    labels,
    points: points
      .map(([at, text]) => [Math.round(at * 1000), Number(text)] as const)
      .filter(([, value]) => Number.isFinite(value)),
  }));
  return { kind: 'range', series };
}

async function readHistograms(
  target: PrometheusTarget,
  request: HistogramRequest,
): Promise<HistogramsAnswer> {
  const range = rangeOf(request.boundaries);
  if (range === null)
    return noEvidence('malformed', 'A histogram was asked for at instants that no one range query hits.');
  const query = histogramQuery(request.source, request.scope);
  const answer = await prometheusQuery(target, 'query_range', { query, ...range });
  return answer.kind === 'noEvidence'
    ? answer
    : { kind: 'samples', samples: histogramSamples(answer.series, request) };
}

/** The metrics port over the Prometheus HTTP API; never throws for what the other side does, but says noEvidence with a reason. */
export function createPrometheusMetrics(options: PrometheusOptions): Metrics & { close(): Promise<void> } {
  const target = prometheusTarget(options);
  return {
    counters: (request) => readCounters(target, options.profile, request),
    value: (request) => readValue(target, request),
    histograms: (request) => readHistograms(target, request),
    asked: ({ scope, revisionNumber, template }) =>
      template === null
        ? Object.values(counterQueries(options.profile, scope)).filter((query) => query !== null)
        : [filledTemplate(template, scope, revisionNumber)],
    range: (request) => readRange(target, request),
    close: () => target.egress.close(),
  };
}
