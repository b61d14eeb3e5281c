import type { MetricProfile } from '../../domain/metric-profile.ts';
import type { ProbeRow } from '../../domain/metrics-probe.ts';
import type { NoEvidence } from './metrics.ts';
import { type PrometheusTarget, prometheusQuery, type Series } from './prometheus-api.ts';
import { type MetricScope, workNames, workQuery } from './prometheus-text.ts';

/** What series say of the work that a profile names; costs do without it, so nothing of it is ever missing. Pure. */
export function workRowOf(profile: MetricProfile, query: string, series: readonly Series[]): ProbeRow {
  const there = new Set(series.map(({ labels }) => labels['__name__'] ?? ''));
  const names = [...workNames(profile).keys()];
  const lacking = names.filter((name) => !there.has(name));
  const row = { id: 'work', query, series: series.length, newestAgeMs: null } as const;
  if (lacking.length === names.length)
    return {
      ...row,
      state: 'absent',
      detail: 'None of the series of its work is there, so costs are shown by requests only.',
      fix: null,
    };
  return {
    ...row,
    state: lacking.length === 0 ? 'met' : 'absent',
    detail:
      lacking.length === 0
        ? 'Tokens, prefix cache and requests under way are counted for costs.'
        : `Some series are not there: ${lacking.join(', ')}. Costs that need them are not shown.`,
    fix: null,
  };
}

/** The row of a trial about the work of a server of language models; null where the profile names none of it. */
export async function workRow(
  target: PrometheusTarget,
  profile: MetricProfile,
  scope: MetricScope,
): Promise<ProbeRow | NoEvidence | null> {
  const query = workQuery(profile, scope);
  if (query === null) return null;
  const answer = await prometheusQuery(target, 'query', { query });
  return answer.kind === 'noEvidence' ? answer : workRowOf(profile, query, answer.series);
}
