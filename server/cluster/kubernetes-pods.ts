import * as z from 'zod';
import type { ContainerState, Pod, PodContainer, PodQuestion, Termination } from '../../domain/pod.ts';
import { gpuCountPerPod, podTemplateSchema } from '../../domain/service-spec.ts';
import { foundNumber } from '../../domain/serving.ts';
import { conditionsSchema, findCondition } from './gateway-pods.ts';
import type { KubernetesApi } from './kubernetes-api.ts';
import { type KubernetesObject, kubernetesObjectSchema, label, objectPath } from './kubernetes-objects.ts';
import { readFailure } from './kubernetes-words.ts';

/** More pods than a page can show; what is left out is said. */
const mostPods = 500;

const terminatedSchema = z.looseObject({
  exitCode: z.int().optional(),
  reason: z.string().optional(),
  signal: z.int().optional(),
  startedAt: z.string().nullish(),
  finishedAt: z.string().nullish(),
  message: z.string().optional(),
});

const statusSchema = z.looseObject({
  name: z.string(),
  image: z.string().optional(),
  ready: z.boolean().optional(),
  restartCount: z.int().optional(),
  state: z
    .looseObject({
      waiting: z.looseObject({ reason: z.string().optional(), message: z.string().optional() }).optional(),
      running: z.looseObject({ startedAt: z.string().nullish() }).optional(),
      terminated: terminatedSchema.optional(),
    })
    .optional(),
  lastState: z.looseObject({ terminated: terminatedSchema.optional() }).optional(),
});
type Status = z.infer<typeof statusSchema>;

const containerSchema = z.looseObject({ name: z.string(), image: z.string().optional() });

const podObjectSchema = z.looseObject({
  metadata: z.looseObject({ creationTimestamp: z.string() }),
  spec: z.looseObject({
    nodeName: z.string().optional(),
    containers: z.array(containerSchema),
    initContainers: z.array(containerSchema).optional(),
  }),
  status: z
    .looseObject({
      phase: z.string().optional(),
      reason: z.string().optional(),
      message: z.string().optional(),
      conditions: conditionsSchema,
      containerStatuses: z.array(statusSchema).optional(),
      initContainerStatuses: z.array(statusSchema).optional(),
    })
    .optional(),
});
type PodObject = z.infer<typeof podObjectSchema>;

/** ISO of whatever form of time the API used; null for none. */
export function isoTime(time: string | null | undefined): string | null {
  if (time === null || time === undefined) return null;
  const at = new Date(time);
  return Number.isNaN(at.getTime()) ? null : at.toISOString();
}

function terminationOf(ended: z.infer<typeof terminatedSchema>): Termination {
  return {
    exitCode: ended.exitCode ?? 0,
    reason: ended.reason ?? '',
    signal: ended.signal === undefined || ended.signal === 0 ? null : ended.signal,
    startedAt: isoTime(ended.startedAt),
    finishedAt: isoTime(ended.finishedAt),
    message: ended.message ?? '',
  };
}

function stateOf(state: Status['state']): ContainerState {
  if (state?.terminated !== undefined)
    return { kind: 'terminated', termination: terminationOf(state.terminated) };
  if (state?.running !== undefined) return { kind: 'running', startedAt: isoTime(state.running.startedAt) };
  const { reason = '', message = '' } = state?.waiting ?? {};
  return { kind: 'waiting', reason, message };
}

type Declared = z.infer<typeof containerSchema>;

function containerOf(declared: Declared, statuses: readonly Status[] = [], init = false): PodContainer {
  const status = statuses.find(({ name }) => name === declared.name);
  const ended = status?.lastState?.terminated;
  return {
    name: declared.name,
    image: status?.image ?? declared.image ?? '',
    init,
    ready: status?.ready ?? false,
    restarts: status?.restartCount ?? 0,
    state: stateOf(status?.state),
    lastTermination: ended === undefined ? null : terminationOf(ended),
  };
}

function problemOf({ status }: PodObject): string | null {
  if (status?.reason !== undefined || status?.message !== undefined)
    return [status.reason, status.message].filter((word) => word !== undefined).join(': ');
  const scheduled = findCondition(status?.conditions, 'PodScheduled');
  return scheduled?.status === 'False' ? (scheduled.message ?? scheduled.reason ?? null) : null;
}

function revisionOf(labels: Readonly<Record<string, string>>): number | null {
  const number = labels[label.revision] ?? '';
  return /^[1-9][0-9]{0,8}$/.test(number) ? Number(number) : null;
}

/** A pod as the API server gave it; null for an object that is none. */
export function podOf(object: KubernetesObject): Pod | null {
  const read = podObjectSchema.safeParse(object).data;
  if (read === undefined) return null;
  const { spec, status } = read;
  const { name, uid, labels = {}, deletionTimestamp } = object.metadata;
  const containers = [
    ...(spec.initContainers ?? []).map((one) => containerOf(one, status?.initContainerStatuses, true)),
    ...spec.containers.map((one) => containerOf(one, status?.containerStatuses)),
  ];
  const template = podTemplateSchema.safeParse({ spec: { containers: spec.containers } }).data;
  return {
    name,
    uid,
    revisionNumber: revisionOf(labels),
    phase: status?.phase ?? 'Unknown',
    ready: findCondition(status?.conditions, 'Ready')?.status === 'True',
    restarts: containers.reduce((sum, { restarts }) => sum + restarts, 0),
    node: spec.nodeName ?? null,
    gpuCount: template === undefined ? 0 : gpuCountPerPod(template),
    createdAt: isoTime(read.metadata.creationTimestamp) ?? new Date(0).toISOString(),
    deletingAt: isoTime(deletionTimestamp),
    problem: problemOf(read),
    labels,
    containers,
  };
}

/** Label selectors whose pods are asked for; never an empty one, which would mean every pod of the namespace. */
export function podSelectors(question: PodQuestion): Readonly<Record<string, string>>[] {
  const { projectId, serviceName, revisionNumber, found } = question;
  const own = {
    [label.project]: projectId,
    [label.service]: serviceName,
    ...(revisionNumber === undefined ? {} : { [label.revision]: String(revisionNumber) }),
  };
  const ofOthers =
    found !== undefined && (revisionNumber === undefined || revisionNumber === foundNumber)
      ? [found.selector].filter((selector) => Object.keys(selector).length > 0)
      : [];
  return [...(revisionNumber === foundNumber ? [] : [own]), ...ofOthers];
}

const listSchema = z.looseObject({
  metadata: z.looseObject({ continue: z.string().optional() }),
  items: z.array(kubernetesObjectSchema).nullable(),
});

/** All objects under some selectors of a list, each once and at most so many; a later page is read only when needed. */
export async function listSelected(
  api: KubernetesApi,
  path: string,
  { selectors, most }: { selectors: readonly Readonly<Record<string, string>>[]; most: number },
): Promise<{ objects: KubernetesObject[]; truncated: boolean }> {
  const byName = new Map<string, KubernetesObject>();
  let truncated = false;
  for (const selector of selectors) {
    const labelSelector = Object.entries(selector)
      .map(([key, value]) => `${key}=${value}`)
      .join(',');
    const page = listSchema.parse(await api.get(path, { labelSelector, limit: String(most) }));
    for (const object of page.items ?? []) byName.set(object.metadata.name, object);
    truncated ||= (page.metadata.continue ?? '') !== '';
  }
  const objects = [...byName.values()].slice(0, most);
  return { objects, truncated: truncated || byName.size > most };
}

/** The pods of a question as the API server has them now. */
export async function readPods(
  api: KubernetesApi,
  question: PodQuestion,
): Promise<{ pods: Pod[]; truncated: boolean }> {
  const path = objectPath('Pod', question.namespace);
  const { objects, truncated } = await listSelected(api, path, {
    selectors: podSelectors(question),
    most: mostPods,
  }).catch((error: unknown) => {
    throw readFailure(error, { what: `pods in ${question.namespace}`, serverUrl: api.serverUrl });
  });
  return { pods: objects.flatMap((object) => podOf(object) ?? []), truncated };
}
