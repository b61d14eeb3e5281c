import type { PodLife, WatchGap } from '../../domain/metering/pod-life.ts';
import type { NoEvidence } from './metrics.ts';
import { type PrometheusOptions, prometheusTarget } from './prometheus.ts';
import { type PrometheusTarget, prometheusQuery, type Series } from './prometheus-api.ts';
import { matcher } from './prometheus-text.ts';

const requested = 'kube_pod_container_resource_requests';

/** Every figure is the last one that its series had within the gap, so a pod that came and went is there, too. */
function queriesOf(namespace: string, seconds: number) {
  const of = (metric: string, more = '') =>
    `last_over_time(${metric}{${matcher('namespace', '=', namespace)}${more}}[${seconds}s])`;
  const byPod = (query: string) => `max by (uid, pod) (${query})`;
  const scheduled = `kube_pod_status_scheduled_time{${matcher('namespace', '=', namespace)}}`;
  // Fine enough for the scrape interval, and no more than some hundred steps.
  const step = Math.max(5, Math.ceil(seconds / 500));
  return {
    scheduled: byPod(of('kube_pod_status_scheduled_time')),
    seen: byPod(`max_over_time(timestamp(${scheduled})[${seconds}s:${step}s])`),
    completed: byPod(of('kube_pod_completion_time')),
    over: byPod(of('kube_pod_status_phase', ',phase=~"Succeeded|Failed"')),
    started: `min by (uid, pod) (${of('kube_pod_container_state_started')})`,
    ready: byPod(of('kube_pod_status_ready_time')),
    owner: `max by (uid, pod, owner_kind, owner_name) (${of('kube_pod_owner')})`,
    requests: `sum by (uid, pod, node, resource) (max by (uid, pod, node, resource, container) (${of(requested)}))`,
  };
}

/** Resources as kube-state-metrics spells them. */
function resourceName(text: string): string {
  const mig = /^nvidia_com_mig_(\d+)g_(\d+)gb$/.exec(text);
  if (mig !== null) return `nvidia.com/mig-${mig[1]}g.${mig[2]}gb`;
  const known: Readonly<Record<string, string>> = {
    nvidia_com_gpu: 'nvidia.com/gpu',
    nvidia_com_gpu_shared: 'nvidia.com/gpu.shared',
    nvidia_com_gpucores: 'nvidia.com/gpucores',
    nvidia_com_gpumem: 'nvidia.com/gpumem',
    nvidia_com_gpumem_percentage: 'nvidia.com/gpumem-percentage',
    amd_com_gpu: 'amd.com/gpu',
    k8s_amazonaws_com_vgpu: 'k8s.amazonaws.com/vgpu',
  };
  return known[text] ?? text;
}

function wholeAmount(resource: string, value: number): number {
  if (resource === 'cpu') return Math.ceil(Math.round(value * 1e9) / 1e6);
  return resource === 'memory' ? Math.ceil(value / 1_024 ** 2) : Math.ceil(value);
}

type Answers = Readonly<Record<keyof ReturnType<typeof queriesOf>, readonly Series[]>>;

const valueOf = ({ points }: Series): number => Number(points.at(-1)?.[1] ?? Number.NaN);

/** Unix seconds by uid as a date; a series without a number is left out. */
function dates(series: readonly Series[]): Map<string, Date> {
  return new Map(
    series.flatMap((each) => {
      const seconds = valueOf(each);
      const uid = each.labels.uid ?? '';
      return uid === '' || !Number.isFinite(seconds) ? [] : [[uid, new Date(seconds * 1_000)] as const];
    }),
  );
}

const latest = (left: Date | undefined, right: Date | undefined): Date | undefined =>
  left === undefined || (right !== undefined && right > left) ? right : left;

/** Pods of one namespace as the series tell of them; one without a node, a uid or a binding is left out. Pure. */
export function livesOf(namespace: string, answers: Answers): PodLife[] {
  const [scheduled, seen, completed] = [answers.scheduled, answers.seen, answers.completed].map(dates);
  const [started, ready] = [dates(answers.started), dates(answers.ready)];
  const over = new Set(answers.over.flatMap((each) => (valueOf(each) === 1 ? [each.labels.uid ?? ''] : [])));
  const owners = new Map(answers.owner.map(({ labels }) => [labels.uid ?? '', labels]));
  const requests = Map.groupBy(answers.requests, ({ labels }) => labels.uid ?? '');
  return [...requests].flatMap(([uid, series]): PodLife[] => {
    const [first] = series;
    const scheduledAt = scheduled?.get(uid);
    // The looks are seconds apart, so a pod was there at least until the last thing that is known of it.
    const lastKnown = ready.get(uid) ?? started.get(uid) ?? scheduledAt;
    // A container that crashed has an end, too; only of a pod that was over is the last one the pod's.
    const completedAt = over.has(uid) ? completed?.get(uid) : undefined;
    const endAt = completedAt ?? latest(seen?.get(uid), lastKnown);
    const nodeName = first?.labels.node ?? '';
    if (first === undefined || scheduledAt === undefined || endAt === undefined || nodeName === '') return [];
    const request: Record<string, number> = {};
    for (const each of series) {
      const resource = resourceName(each.labels.resource ?? '');
      request[resource] = wholeAmount(resource, valueOf(each));
    }
    const owner = owners.get(uid);
    const kind = owner?.owner_kind ?? '';
    return [
      {
        uid,
        namespace,
        name: first.labels.pod ?? '',
        nodeName,
        owner: kind === '' || kind === '<none>' ? null : { kind, name: owner?.owner_name ?? '' },
        request,
        scheduledAt,
        startedAt: started.get(uid) ?? null,
        readyAt: ready.get(uid) ?? null,
        endAt,
        endKnown: completedAt !== undefined,
      },
    ];
  });
}

async function answered(
  target: PrometheusTarget,
  gap: WatchGap,
  namespace: string,
): Promise<Answers | NoEvidence> {
  const seconds = Math.max(60, Math.ceil((gap.to.getTime() - gap.from.getTime()) / 1_000));
  const time = (gap.to.getTime() / 1_000).toFixed(3);
  const answers: Record<string, readonly Series[]> = {};
  for (const [name, query] of Object.entries(queriesOf(namespace, seconds))) {
    const answer = await prometheusQuery(target, 'query', { query, time });
    if (answer.kind === 'noEvidence') return answer;
    answers[name] = answer.series;
  }
  return answers as Answers;
}

/** Pods that a namespace had in a gap, by kube-state-metrics in its environment's Prometheus; noEvidence when it cannot say. */
export async function readPodLives(
  options: PrometheusOptions,
  namespace: string,
  gap: WatchGap,
): Promise<readonly PodLife[] | NoEvidence> {
  const target = prometheusTarget(options);
  try {
    const answers = await answered(target, gap, namespace);
    return 'kind' in answers ? (answers as NoEvidence) : livesOf(namespace, answers);
  } finally {
    await target.egress.close();
  }
}
