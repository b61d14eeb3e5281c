import type { GpuSample } from '../../domain/gpu-use/gpu-look.ts';
import type { NoEvidence } from './metrics.ts';
import { type PrometheusOptions, prometheusTarget } from './prometheus.ts';
import { prometheusQuery, type Series } from './prometheus-api.ts';
import { matcher, selection } from './prometheus-text.ts';

const activity = 'DCGM_FI_PROF_GR_ENGINE_ACTIVE';
const [used, free] = ['DCGM_FI_DEV_FB_USED', 'DCGM_FI_DEV_FB_FREE'];

type GpuQuestion = {
  readonly namespace: string;
  /** Nodes whose devices are wanted, too, where they name no pod. */
  readonly sharedNodes: readonly string[];
  readonly seconds: number;
};

const literal = (text: string): string => text.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&');

/**
 * Scraped with honor_labels the pod's labels are namespace and pod; without, these are the exporter's and the pod's begin with
 * "exported_". A device that names no pod then carries the exporter's, or none.
 */
function places({ namespace, sharedNodes }: GpuQuestion): string[][] {
  const own = [
    [matcher('exported_namespace', '=', namespace), matcher('exported_pod', '!=', '')],
    [matcher('namespace', '=', namespace), matcher('pod', '!=', ''), matcher('exported_pod', '=', '')],
  ];
  if (sharedNodes.length === 0) return own;
  const unnamed = [matcher('exported_pod', '=', ''), matcher('pod', '=~', '(.*dcgm-exporter.*)?')];
  const nodes = sharedNodes.map(literal).join('|');
  // The exporter renamed its label in May 2026; both are in use.
  return [...own, ...['Hostname', 'hostname'].map((label) => [...unnamed, matcher(label, '=~', nodes)])];
}

/** Sums and counts, not means, because a device has a new series after each restart of its exporter. */
export function gpuQueries(question: GpuQuestion) {
  const window = `[${question.seconds}s]`;
  const each = (of: (at: readonly string[]) => string) => places(question).map(of).join(' or ');
  return {
    present: each((at) => `${selection(activity, at)} or ${selection(used, at)}`),
    activitySum: each((at) => `sum_over_time(${selection(activity, at)}${window})`),
    activityCount: each((at) => `count_over_time(${selection(activity, at)}${window})`),
    memoryPeak: each((at) => `max_over_time(${selection(used, at)}${window})`),
    memoryTotal: each((at) => `${selection(used, at)} + ${selection(free, at)}`),
  };
}

type Answers = Readonly<Record<keyof ReturnType<typeof gpuQueries>, readonly Series[]>>;

type Place = Pick<GpuSample, 'node' | 'pod' | 'device' | 'instance'>;

const orNull = (text: string | undefined): string | null => (text === undefined || text === '' ? null : text);

function placeOf(labels: Series['labels'], namespace: string): Place | null {
  const uuid = orNull(labels['UUID'] ?? labels['uuid']);
  if (uuid === null) return null;
  const instance = orNull(labels['GPU_I_ID']);
  const exported = orNull(labels['exported_pod']);
  const own = (exported === null ? labels['namespace'] : labels['exported_namespace']) === namespace;
  return {
    node: orNull(labels['Hostname'] ?? labels['hostname']),
    pod: own ? (exported ?? orNull(labels['pod'])) : null,
    device: instance === null ? uuid : `${uuid}/${instance}`,
    instance: instance !== null,
  };
}

const keyOf = ({ pod, device }: Place): string => JSON.stringify([pod, device]);

type Combine = (left: number, right: number) => number;
const plus: Combine = (left, right) => left + right;

function figures(series: readonly Series[], namespace: string, combine: Combine): Map<string, number> {
  const found = new Map<string, number>();
  for (const { labels, points } of series) {
    const place = placeOf(labels, namespace);
    const value = Number(points.at(-1)?.[1] ?? Number.NaN);
    if (place === null || !Number.isFinite(value)) continue;
    const known = found.get(keyOf(place));
    found.set(keyOf(place), known === undefined ? value : combine(known, value));
  }
  return found;
}

/** Devices that have a series now, with their figures over the window; a figure without series is null. Pure. */
export function samplesOf(namespace: string, answers: Answers): GpuSample[] {
  const of = (name: keyof Answers, combine: Combine) => figures(answers[name], namespace, combine);
  const [sums, counts] = [of('activitySum', plus), of('activityCount', plus)];
  const [peaks, totals] = [of('memoryPeak', Math.max), of('memoryTotal', Math.max)];
  const present = new Map<string, Place>();
  for (const { labels } of answers.present) {
    const place = placeOf(labels, namespace);
    if (place !== null) present.set(keyOf(place), place);
  }
  return [...present].map(([key, place]) => {
    const [sum, count] = [sums.get(key), counts.get(key)];
    return {
      ...place,
      activity: sum === undefined || count === undefined || count <= 0 ? null : Math.min(1, sum / count),
      memoryPeakMib: peaks.get(key) ?? null,
      memoryTotalMib: totals.get(key) ?? null,
    };
  });
}

/** What DCGM's exporter says of the GPUs of one namespace's pods, by its environment's Prometheus; noEvidence when it cannot say. */
export async function readGpuSamples(
  options: PrometheusOptions,
  question: GpuQuestion,
): Promise<readonly GpuSample[] | NoEvidence> {
  const target = prometheusTarget(options);
  try {
    const asked = Object.entries(gpuQueries(question)).map(async ([name, query]) => {
      const answer = await prometheusQuery(target, 'query', { query });
      return [name, answer] as const;
    });
    const answers: Record<string, readonly Series[]> = {};
    for (const [name, answer] of await Promise.all(asked)) {
      if (answer.kind === 'noEvidence') return answer;
      answers[name] = answer.series;
    }
    return samplesOf(question.namespace, answers as Answers);
  } finally {
    await target.egress.close();
  }
}
