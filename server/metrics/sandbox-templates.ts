import { type SandboxCounters, sandboxCounters } from '../../domain/sandbox/counters.ts';
import { latencyBoundsMs } from '../../domain/sandbox/latency.ts';
import type { SandboxHistory } from '../../domain/sandbox/load.ts';
import { podStays } from '../../domain/sandbox/pod.ts';
import { randomKey, randomUnit } from '../../domain/sandbox/random.ts';
import { defaultModelVersionBehaviour, valueAt } from '../../domain/sandbox.ts';

/** Guard-rail queries that the sandbox answers; a selector in braces may follow and is not looked at. */
export const sandboxTemplates = {
  sandbox_gpu_memory_share: 'Used share of GPU memory, the fullest pod of the revision, 0 to 1.',
  sandbox_error_share: 'Failed share of the last minute of the revision, 0 to 1.',
  sandbox_request_rate: 'Requests per second over the last minute of the revision.',
  sandbox_latency_p95_ms:
    '95th percentile of the last minute, the bound of its histogram bucket, in milliseconds.',
} as const;
type TemplateName = keyof typeof sandboxTemplates;

/** The template that a query names; null when the sandbox has none of that name. */
export function templateName(query: string): TemplateName | null {
  const [, name = ''] = /^\s*([a-z0-9_]+)\s*(\{[^{}]*\})?\s*$/.exec(query) ?? [];
  return name in sandboxTemplates ? (name as TemplateName) : null;
}

type At = { readonly revisionNumber: number; readonly atMs: number };

const windowMs = 60_000;

/** Requests, errors and buckets of the last minute, over the pods that were ready all through it; null without any. */
function lastMinute(history: SandboxHistory, { revisionNumber, atMs }: At) {
  const samples = sandboxCounters(history, [atMs - windowMs, atMs]).filter(
    (sample) => sample.revisionNumber === revisionNumber,
  );
  const before = new Map(
    samples.filter((sample) => sample.atMs < atMs).map((sample) => [sample.pod, sample]),
  );
  const pairs = samples.flatMap((after): { from: SandboxCounters; to: SandboxCounters }[] => {
    const from = after.atMs === atMs ? before.get(after.pod) : undefined;
    return from === undefined || from.requests > after.requests ? [] : [{ from, to: after }];
  });
  if (pairs.length === 0) return null;
  const sum = (of: (sample: SandboxCounters) => number) =>
    pairs.reduce((total, { from, to }) => total + of(to) - of(from), 0);
  return { requests: sum(({ requests }) => requests), errors: sum(({ errors }) => errors), sum };
}

function gpuMemoryShare(history: SandboxHistory, { revisionNumber, atMs }: At): number | null {
  const ready = podStays(history.pods, history.modelVersions).filter(
    ({ pod, startMs, endMs }) => pod.revisionNumber === revisionNumber && startMs <= atMs && atMs < endMs,
  );
  const shares = ready.map(({ pod }) => {
    const told = history.modelVersions.get(pod.modelVersionId) ?? [];
    const { gpuMemoryShare: mean } = valueAt(told, atMs, defaultModelVersionBehaviour);
    const minute = Math.floor(atMs / windowMs);
    const wave = randomUnit(randomKey(`${history.seed}/${pod.name}/memory`), minute) - 0.5;
    return Math.min(1, Math.max(0, mean + wave * 0.02));
  });
  return shares.length === 0 ? null : Math.max(...shares);
}

/** The value of a template at an instant; null when nothing was ready or nothing was asked, so that nothing can be said. */
export function templateValue(name: TemplateName, history: SandboxHistory, at: At): number | null {
  if (name === 'sandbox_gpu_memory_share') return gpuMemoryShare(history, at);
  const minute = lastMinute(history, at);
  if (minute === null) return null;
  if (name === 'sandbox_request_rate') return minute.requests / (windowMs / 1_000);
  if (minute.requests === 0) return null;
  if (name === 'sandbox_error_share') return minute.errors / minute.requests;
  const enough = minute.requests * 0.95;
  const bound = latencyBoundsMs.find((limit) => minute.sum(({ buckets }) => buckets[limit] ?? 0) >= enough);
  return bound ?? Number.POSITIVE_INFINITY;
}

type ChartQuery = { readonly name: TemplateName; readonly service: string };

/** The template and the service that a query names, as `sandbox_error_share{service="fraud"}`; null for every other query. */
export function chartQuery(query: string): ChartQuery | null {
  const selector = /^[^{]*\{\s*service\s*=\s*"((?:[^"\\]|\\.)*)"\s*,?\s*\}\s*$/.exec(query);
  const name = templateName(query.replace(/\{.*$/s, ''));
  if (selector === null || name === null) return null;
  return { name, service: (selector[1] ?? '').replaceAll(/\\(.)/g, '$1') };
}

/** The values of a template at instants, a series per revision that had pods; where nothing can be said there is no point. */
export function templateRange(
  { name, service }: ChartQuery,
  history: SandboxHistory,
  atMs: readonly number[],
) {
  const numbers = new Set(history.pods.flatMap(({ value }) => value.map((pod) => pod.revisionNumber)));
  return [...numbers]
    .sort((left, right) => left - right)
    .map((revisionNumber) => ({
      labels: { service, revision: `r${revisionNumber}` },
      points: atMs.flatMap((at): [number, number][] => {
        const value = templateValue(name, history, { revisionNumber, atMs: at });
        return value === null || !Number.isFinite(value) ? [] : [[at, value]];
      }),
    }))
    .filter(({ points }) => points.length > 0);
}
