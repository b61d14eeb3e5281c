import { type MetricProfile, patternRegex, patternText } from '../../domain/metric-profile.ts';
import { escapedLabelValue } from '../../domain/promql-text.ts';
import type { ServingScope } from '../../domain/serving.ts';
import type { PodWork } from '../../domain/unit-cost/pod-work.ts';
import type { CountedWorkload } from './metrics.ts';

/** Where counters are looked for. */
export type MetricScope = Pick<ServingScope, 'serviceName' | 'namespace'>;

export function matcher(label: string, operator: '=' | '=~' | '!=' | '!~', value: string): string {
  return `${label}${operator}"${escapedLabelValue(value)}"`;
}

export function selection(metric: string, matchers: readonly string[]): string {
  return matchers.length === 0 ? metric : `${metric}{${matchers.join(', ')}}`;
}

/** One thing that narrows the series down; each names its label, so that a probe can say at which one nothing is left. */
export type Narrowing = {
  readonly by: 'only' | 'namespace' | 'service' | 'pod' | 'revision';
  readonly label: string;
  readonly matcher: string;
};

function byPattern(label: string, pattern: string, scope: MetricScope): string {
  const values = { service: scope.serviceName, namespace: scope.namespace };
  const text = patternText(pattern, values);
  if (text !== null) return matcher(label, '=', text);
  return pattern === '$revision'
    ? matcher(label, '!=', '')
    : matcher(label, '=~', patternRegex(pattern, values));
}

/** From the widest to the narrowest: what is counted for one service. */
export function narrowings(profile: MetricProfile, scope: MetricScope): Narrowing[] {
  const { onlyLabel, namespaceLabel, serviceLabel, podLabel, revisionLabel } = profile;
  const all: Narrowing[] = [
    { by: 'only', label: onlyLabel, matcher: matcher(onlyLabel, '=', profile.onlyValue) },
    { by: 'namespace', label: namespaceLabel, matcher: matcher(namespaceLabel, '=', scope.namespace) },
    { by: 'service', label: serviceLabel, matcher: byPattern(serviceLabel, profile.servicePattern, scope) },
    { by: 'pod', label: podLabel, matcher: matcher(podLabel, '!=', '') },
    {
      by: 'revision',
      label: revisionLabel,
      matcher: byPattern(revisionLabel, profile.revisionPattern, scope),
    },
  ];
  return all.filter(({ label }) => label !== '');
}

export function serviceMatchers(profile: MetricProfile, scope: MetricScope): string[] {
  return narrowings(profile, scope).map((narrowing) => narrowing.matcher);
}

/** What is counted for a workload that others run: by the label that names it, else by the names of its pods. */
function workloadMatchers(profile: MetricProfile, namespace: string, workload: CountedWorkload): string[] {
  const { onlyLabel, namespaceLabel, podLabel, workloadLabel, workloadPattern } = profile;
  const names = workload.podNames.map((name) => patternRegex(name, {})).join('|');
  const all = [
    { label: onlyLabel, matcher: matcher(onlyLabel, '=', profile.onlyValue) },
    { label: namespaceLabel, matcher: matcher(namespaceLabel, '=', namespace) },
    {
      label: workloadLabel,
      matcher: matcher(
        workloadLabel,
        '=~',
        patternRegex(workloadPattern, { workload: workload.name, namespace }),
      ),
    },
    {
      label: podLabel,
      matcher: workloadLabel === '' ? matcher(podLabel, '=~', names) : matcher(podLabel, '!=', ''),
    },
  ];
  return all.filter(({ label }) => label !== '').map((each) => each.matcher);
}

export function errorMatcher({ errorLabel, errorPattern }: MetricProfile): string {
  return matcher(errorLabel, '=~', errorPattern);
}

/**
 * Selections of raw counters, summed over everything but pod, revision and bucket; no rate() and no increase(). Null
 * where the profile has no such metric.
 */
export type CounterQueries = {
  readonly requests: string;
  readonly errors: string | null;
  readonly buckets: string | null;
};

function counted(profile: MetricProfile, scope: MetricScope, workload: CountedWorkload | undefined) {
  const service =
    workload === undefined
      ? serviceMatchers(profile, scope)
      : workloadMatchers(profile, scope.namespace, workload);
  const revisionLabel = workload === undefined ? profile.revisionLabel : '';
  return { service, labels: [profile.podLabel, revisionLabel].filter((label) => label !== '') };
}

export function counterQueries(
  profile: MetricProfile,
  scope: MetricScope,
  workload?: CountedWorkload,
): CounterQueries {
  const { service, labels } = counted(profile, scope, workload);
  const sum = (by: readonly string[], selected: string) => `sum by (${by.join(', ')}) (${selected})`;
  const { requestsMetric, durationMetric } = profile;
  return {
    requests: sum(labels, selection(requestsMetric, service)),
    errors:
      profile.errorLabel === ''
        ? null
        : sum(labels, selection(requestsMetric, [...service, errorMatcher(profile)])),
    buckets:
      durationMetric === '' ? null : sum([...labels, 'le'], selection(`${durationMetric}_bucket`, service)),
  };
}

const workMetrics = [
  ['promptTokensMetric', 'promptTokens', ''],
  ['generatedTokensMetric', 'generatedTokens', ''],
  ['cachedTokensMetric', 'cachedTokens', ''],
  ['runningMetric', 'running', ''],
  ['runningSecondsMetric', 'runningSeconds', '_sum'],
  ['prefillSecondsMetric', 'prefillSeconds', '_sum'],
  ['decodeSecondsMetric', 'decodeSeconds', '_sum'],
] as const satisfies readonly (readonly [keyof MetricProfile, keyof PodWork, string])[];

/** What each series of work that the profile names stands for. */
export function workNames(profile: MetricProfile): ReadonlyMap<string, keyof PodWork> {
  return new Map(
    workMetrics.flatMap(([key, figure, suffix]) =>
      profile[key] === '' ? [] : [[`${profile[key]}${suffix}`, figure] as const],
    ),
  );
}

/** One selection of everything that a profile names of the work of a service, by name; null when it names nothing. */
export function workQuery(
  profile: MetricProfile,
  scope: MetricScope,
  workload?: CountedWorkload,
): string | null {
  const names = [...workNames(profile).keys()];
  if (names.length === 0) return null;
  const { service, labels } = counted(profile, scope, workload);
  const matchers = [matcher('__name__', '=~', names.join('|')), ...service];
  return `sum by (__name__, ${labels.join(', ')}) ({${matchers.join(', ')}})`;
}

/**
 * Puts the service's name, namespace and revision number into a guard-rail template, each as an escaped label value, in
 * one pass (a value cannot bring in another placeholder). Unknown $names are kept, and Prometheus refuses them.
 */
export function filledTemplate(template: string, scope: MetricScope, revisionNumber: number): string {
  const values: Readonly<Record<string, string>> = {
    service: scope.serviceName,
    namespace: scope.namespace,
    revision: String(revisionNumber),
  };
  return template.replace(/\$(service|namespace|revision)\b/g, (placeholder, name: string) => {
    const value = values[name];
    return value === undefined ? placeholder : escapedLabelValue(value);
  });
}
