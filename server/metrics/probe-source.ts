import { canCompare, type MetricProfile, revisionReader } from '../../domain/metric-profile.ts';
import type { MetricsProbe, ProbeRow } from '../../domain/metrics-probe.ts';
import type { NoEvidence } from './metrics.ts';
import { workRow } from './probe-work.ts';
import { type PrometheusOptions, prometheusTarget } from './prometheus.ts';
import { type PrometheusTarget, prometheusQuery, type Series } from './prometheus-api.ts';
import { boundMs } from './prometheus-counters.ts';
import {
  counterQueries,
  errorMatcher,
  type MetricScope,
  type Narrowing,
  narrowings,
  selection,
  serviceMatchers,
} from './prometheus-text.ts';
import { rateQuery, readWorkloadRates } from './workload-rates.ts';

type Probe = {
  readonly target: PrometheusTarget;
  readonly profile: MetricProfile;
  readonly scope: MetricScope;
  readonly now: Date;
};
type Answered = ProbeRow | NoEvidence;

const railsOnly = 'the analysis will have no evidence; rails only';

function isFailed(answer: unknown): answer is NoEvidence {
  return typeof answer === 'object' && answer !== null && 'kind' in answer && answer.kind === 'noEvidence';
}

/** timestamp() of a selection gives each series with the instant of its own newest sample. */
async function seriesOf({ target }: Probe, selected: string): Promise<readonly Series[] | NoEvidence> {
  const answer = await prometheusQuery(target, 'query', { query: `timestamp(${selected})` });
  return answer.kind === 'noEvidence' ? answer : answer.series;
}

function newestAgeMs(series: readonly Series[], now: Date): number | null {
  const newest = Math.max(...series.map(({ points }) => Number(points.at(-1)?.[1] ?? Number.NaN)));
  return Number.isFinite(newest) ? Math.max(0, now.getTime() - newest * 1000) : null;
}

function valuesOf(series: readonly Series[], label: string): string[] {
  return [...new Set(series.map(({ labels }) => labels[label] ?? ''))].filter((value) => value !== '').sort();
}

function named(values: readonly string[]): string {
  const shown = values.slice(0, 5).map((value) => `"${value}"`);
  return values.length > 5 ? `${shown.join(', ')} and ${values.length - 5} more` : shown.join(', ');
}

const lostAt: Readonly<
  Record<Narrowing['by'], (what: string, label: string) => { detail: string; fix: string }>
> = {
  only: (what, label) => ({
    detail: `${what} exists, but no series has this value of the label ${label}`,
    fix: 'Correct the fixed label of the profile.',
  }),
  namespace: (what, label) => ({
    detail: `${what} exists, but not in this namespace by the label ${label}`,
    fix: 'Correct the namespace, or let Prometheus scrape it.',
  }),
  service: (what, label) => ({
    detail: `${what} exists in this namespace, but not for this service by the label ${label}`,
    fix: 'Correct the label of the service, or let the scrape copy the pod label fairlead.dev/service.',
  }),
  pod: (what, label) => ({
    detail: `${what} has no label ${label}, so its counters cannot be told from each other`,
    fix: 'Name the label that holds the pod, or "instance".',
  }),
  revision: (what, label) => ({
    detail: `no label tells revisions apart: ${what} has no fitting value of ${label}; ${railsOnly}`,
    fix: 'Let the scrape copy the pod label fairlead.dev/revision, or name the label that holds the revision.',
  }),
};

/** Widens the selection step by step backwards: says at which label nothing was left, and what there is instead. */
async function whyNothing(
  probe: Probe,
  metric: string,
): Promise<{ detail: string; fix: string } | NoEvidence> {
  const steps = narrowings(probe.profile, probe.scope);
  let before: readonly Series[] = [];
  for (let kept = 0; kept <= steps.length; kept += 1) {
    const matchers = steps.slice(0, kept).map((step) => step.matcher);
    const found = await seriesOf(probe, selection(metric, matchers));
    if (isFailed(found)) return found;
    if (found.length > 0) {
      before = found;
      continue;
    }
    const step = steps[kept - 1];
    if (step === undefined) break;
    const { detail, fix } = lostAt[step.by](metric, step.label);
    const there = valuesOf(before, step.label);
    return { detail: there.length === 0 ? `${detail}.` : `${detail}; there is ${named(there)}.`, fix };
  }
  return {
    detail: `There is no series of ${metric} in the last five minutes.`,
    fix: 'Choose another profile, correct the name, or look whether Prometheus scrapes it for this tenant.',
  };
}

async function nothing(probe: Probe, row: Pick<ProbeRow, 'id' | 'query'>, metric: string): Promise<Answered> {
  const why = await whyNothing(probe, metric);
  if (isFailed(why)) return why;
  return { ...row, state: 'missing', series: 0, newestAgeMs: null, ...why };
}

function countText(count: number): string {
  return count === 1 ? '1 series' : `${count} series`;
}

async function requestsRow(probe: Probe): Promise<Answered> {
  const { profile, scope, now } = probe;
  const row = { id: 'requests', query: counterQueries(profile, scope).requests } as const;
  const found = await seriesOf(probe, selection(profile.requestsMetric, serviceMatchers(profile, scope)));
  if (isFailed(found)) return found;
  if (found.length === 0) return await nothing(probe, row, profile.requestsMetric);
  const counters = valuesOf(found, profile.podLabel);
  return {
    ...row,
    state: 'met',
    series: found.length,
    newestAgeMs: newestAgeMs(found, now),
    detail: `${countText(found.length)}, counted by ${named(counters)}.`,
    fix: null,
  };
}

async function errorsRow(probe: Probe): Promise<Answered> {
  const { profile, scope, now } = probe;
  const query = counterQueries(profile, scope).errors;
  const row = { id: 'errors', query: query ?? '', newestAgeMs: null, fix: null } as const;
  if (query === null)
    return {
      ...row,
      state: 'missing',
      series: null,
      detail: 'The profile names no label that tells errors, so no share of errors can be judged.',
    };
  const matchers = serviceMatchers(profile, scope);
  const all = await seriesOf(probe, selection(profile.requestsMetric, matchers));
  if (isFailed(all)) return all;
  const found = await seriesOf(
    probe,
    selection(profile.requestsMetric, [...matchers, errorMatcher(profile)]),
  );
  if (isFailed(found)) return found;
  const values = valuesOf(all, profile.errorLabel);
  if (all.length === 0)
    return { ...row, state: 'absent', series: 0, detail: 'Without requests there are no errors to look at.' };
  if (values.length === 0)
    return {
      ...row,
      state: 'missing',
      series: 0,
      detail: `The requests have no label ${profile.errorLabel}, so no share of errors can be judged.`,
      fix: 'Name the label that tells an error from an answer.',
    };
  const sentence =
    found.length === 0
      ? `No error yet; ${profile.errorLabel} is ${named(values)}.`
      : `${countText(found.length)} with ${profile.errorLabel} ${named(valuesOf(found, profile.errorLabel))}.`;
  return {
    ...row,
    state: 'met',
    series: found.length,
    newestAgeMs: newestAgeMs(found, now),
    detail: sentence,
  };
}

async function durationsRow(probe: Probe): Promise<Answered> {
  const { profile, scope, now } = probe;
  const query = counterQueries(profile, scope).buckets;
  const row = { id: 'durations', query: query ?? '', newestAgeMs: null, fix: null } as const;
  if (query === null)
    return {
      ...row,
      state: 'absent',
      series: null,
      detail: 'The profile names no histogram, so slow requests cannot be judged.',
    };
  const metric = `${profile.durationMetric}_bucket`;
  const found = await seriesOf(probe, selection(metric, serviceMatchers(profile, scope)));
  if (isFailed(found)) return found;
  if (found.length === 0) return await nothing(probe, row, metric);
  const bounds = valuesOf(found, 'le').flatMap((le) => boundMs(le, profile.durationUnit) ?? []);
  return {
    ...row,
    state: 'met',
    series: found.length,
    newestAgeMs: newestAgeMs(found, now),
    detail: `Slow can begin at ${bounds.sort((left, right) => left - right).join(', ')} ms.`,
  };
}

type Revisions = NonNullable<MetricsProbe['revisions']>;

/** Which revisions the series that would be counted are of; looks without the revision's own matcher. */
async function revisionsRow(
  probe: Probe,
): Promise<{ row: ProbeRow; revisions: Revisions | null } | NoEvidence> {
  const { profile, scope, now } = probe;
  const matchers = narrowings(profile, scope)
    .filter(({ by }) => by !== 'revision')
    .map((step) => step.matcher);
  const query = selection(profile.requestsMetric, matchers);
  const row = { id: 'revisions', query, newestAgeMs: null } as const;
  if (!canCompare(profile))
    return {
      row: {
        ...row,
        state: 'missing',
        series: null,
        detail: `No label tells revisions apart in this profile; ${railsOnly}.`,
        fix: 'Choose a profile that counts by pod or by backend, if rollouts are to be judged.',
      },
      revisions: null,
    };
  const found = await seriesOf(probe, query);
  if (isFailed(found)) return found;
  const label = profile.revisionLabel;
  const read = revisionReader(profile.revisionPattern, {
    service: scope.serviceName,
    namespace: scope.namespace,
  });
  const all = valuesOf(found, label);
  const values = all.filter((value) => read(value) !== null);
  const numbers = [...new Set(values.flatMap((value) => read(value) ?? []))].sort(
    (left, right) => left - right,
  );
  const fits = numbers.length > 0;
  return {
    row: {
      ...row,
      state: fits ? 'met' : 'missing',
      series: found.length,
      newestAgeMs: newestAgeMs(found, now),
      detail: fits
        ? `${label} tells revision ${numbers.join(', ')}: ${named(values)}.`
        : `No label tells revisions apart: ${label} ${all.length === 0 ? 'is not there' : `is ${named(all)}`}; ${railsOnly}.`,
      fix: fits ? null : lostAt.revision(profile.requestsMetric, label).fix,
    },
    revisions: { label, values, numbers },
  };
}

/** Of the service's own workload, or of the workloads of its revisions. */
async function rateRow({ target, profile, scope }: Probe, numbers: readonly number[]): Promise<Answered> {
  const { namespace, serviceName } = scope;
  const workloads = [serviceName, ...numbers.map((number) => `${serviceName}-r${number}`)];
  const answer = await readWorkloadRates(target, profile, { namespace, workloads });
  if (isFailed(answer)) return answer;
  const rates = [...answer.perSecond.values()];
  const perSecond = rates.length === 0 ? undefined : rates.reduce((left, right) => left + right);
  return {
    id: 'rate',
    state: perSecond === undefined ? 'absent' : 'met',
    query: rateQuery(profile, scope.namespace),
    series: answer.perSecond.size,
    newestAgeMs: null,
    detail:
      perSecond === undefined
        ? 'No request rate for this workload.'
        : `${perSecond.toFixed(1)} requests per second over the last five minutes.`,
    fix: null,
  };
}

function unanswered({ reason, message }: NoEvidence): MetricsProbe {
  const refusedByEgress = reason === 'refused' && message.includes('may not be called');
  return { schema: 1, reachable: false, problem: message, refusedByEgress, rows: [], revisions: null };
}

/** Runs each query of the profile on one service of a live source; what the source refuses is the answer, never an error. */
export async function probeSource(
  options: PrometheusOptions,
  { scope, now }: { scope: MetricScope; now: Date },
): Promise<MetricsProbe> {
  const target = prometheusTarget(options);
  const probe: Probe = { target, profile: options.profile, scope, now };
  try {
    const requests = await requestsRow(probe);
    if (isFailed(requests)) return unanswered(requests);
    const [errors, durations, revisions] = await Promise.all([
      errorsRow(probe),
      durationsRow(probe),
      revisionsRow(probe),
    ]);
    if (isFailed(revisions)) return unanswered(revisions);
    const rate = await rateRow(probe, revisions.revisions?.numbers ?? []);
    const work = await workRow(target, options.profile, scope);
    const rows: ProbeRow[] = [];
    for (const answer of [requests, errors, durations, revisions.row, rate, work]) {
      if (answer === null) continue;
      if (isFailed(answer)) return unanswered(answer);
      rows.push(answer);
    }
    return {
      schema: 1,
      reachable: true,
      problem: null,
      refusedByEgress: false,
      rows,
      revisions: revisions.revisions,
    };
  } finally {
    await target.egress.close();
  }
}
