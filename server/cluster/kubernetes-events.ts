import * as z from 'zod';
import { type ClusterEvent, mergedEvents, mostEvents, type PodQuestion } from '../../domain/pod.ts';
import type { KubernetesApi } from './kubernetes-api.ts';
import { KubernetesApiError } from './kubernetes-api-error.ts';
import { type KubernetesObject, listPath, objectPath } from './kubernetes-objects.ts';
import { isoTime, listSelected, podSelectors } from './kubernetes-pods.ts';
import { readFailure } from './kubernetes-words.ts';
import { revisionName } from './manifests.ts';

const pageSize = 500;
/** A namespace keeps its Events for an hour; more than this many are left unread, and that is said. */
const mostPages = 20;
const mostObjects = 500;

/** core/v1 shows the Events of both APIs; the newer one leaves the older fields empty. */
const eventSchema = z.looseObject({
  involvedObject: z.looseObject({ kind: z.string().optional(), name: z.string().optional() }),
  type: z.string().optional(),
  reason: z.string().optional(),
  message: z.string().optional(),
  count: z.int().optional(),
  firstTimestamp: z.string().nullish(),
  lastTimestamp: z.string().nullish(),
  eventTime: z.string().nullish(),
  series: z.looseObject({ count: z.int().optional(), lastObservedTime: z.string().nullish() }).nullish(),
  source: z.looseObject({ component: z.string().optional() }).optional(),
  reportingComponent: z.string().optional(),
});

const pageSchema = z.looseObject({
  metadata: z.looseObject({ continue: z.string().optional() }),
  items: z.array(eventSchema).nullable(),
});

function eventOf(found: z.infer<typeof eventSchema>): ClusterEvent {
  const { involvedObject, series, source } = found;
  const firstAt = isoTime(found.firstTimestamp ?? found.eventTime);
  return {
    kind: involvedObject.kind ?? '',
    name: involvedObject.name ?? '',
    type: found.type === 'Warning' ? 'Warning' : 'Normal',
    reason: found.reason ?? '',
    message: (found.message ?? '').trim(),
    count: series?.count ?? found.count ?? 1,
    firstAt,
    lastAt: isoTime(series?.lastObservedTime ?? found.lastTimestamp) ?? firstAt,
    source: source?.component ?? found.reportingComponent ?? '',
  };
}

const ownersSchema = z.looseObject({
  ownerReferences: z.array(z.looseObject({ name: z.string() })).optional(),
});

function ownersOf({ metadata }: KubernetesObject): string[] {
  return ownersSchema.safeParse(metadata).data?.ownerReferences?.map(({ name }) => name) ?? [];
}

type Concerned = {
  readonly pods: ReadonlySet<string>;
  readonly replicaSets: ReadonlySet<string>;
  /** Deployments, and what else of their name makes or scales them. */
  readonly workloads: ReadonlySet<string>;
};

/** A pod that is gone is known by the name of its ReplicaSet. */
const podOfReplicaSet = /^(.+)-[a-z0-9]{5}$/;

function concerns({ pods, replicaSets, workloads }: Concerned, { kind, name }: ClusterEvent): boolean {
  if (kind === 'Pod') return pods.has(name) || replicaSets.has(podOfReplicaSet.exec(name)?.[1] ?? '');
  return kind === 'ReplicaSet' ? replicaSets.has(name) : workloads.has(name);
}

function workloadNames(question: PodQuestion, replicaSets: readonly KubernetesObject[]): string[] {
  const { revisionNumber, found } = question;
  return [
    ...replicaSets.flatMap(ownersOf),
    ...(revisionNumber === undefined ? [] : [revisionName(question, revisionNumber)]),
    ...(found === undefined ? [] : [found.name]),
  ];
}

async function concernedBy(api: KubernetesApi, question: PodQuestion): Promise<Concerned> {
  const { namespace } = question;
  const wanted = { selectors: podSelectors(question), most: mostObjects };
  const [pods, replicaSets] = await Promise.all([
    listSelected(api, objectPath('Pod', namespace), wanted),
    listSelected(api, listPath('apps/v1', namespace, 'replicasets'), wanted),
  ]);
  const names = (objects: readonly KubernetesObject[]) =>
    new Set(objects.map(({ metadata }) => metadata.name));
  return {
    pods: names(pods.objects),
    replicaSets: names(replicaSets.objects),
    workloads: new Set(workloadNames(question, replicaSets.objects)),
  };
}

/** History that a later page needs is gone: what was read so far is shown. */
const isExpired = (error: unknown) => error instanceof KubernetesApiError && error.status === 410;

async function read(api: KubernetesApi, question: PodQuestion) {
  const concerned = await concernedBy(api, question);
  const path = listPath('v1', question.namespace, 'events');
  const events: ClusterEvent[] = [];
  let next = '';
  for (let page = 0; page < mostPages; page += 1) {
    const query = { limit: String(pageSize), ...(next === '' ? {} : { continue: next }) };
    const answer = await api.get(path, query).catch((error: unknown) => {
      if (next !== '' && isExpired(error)) return null;
      throw error;
    });
    if (answer === null) return { events, truncated: true };
    const { items, metadata } = pageSchema.parse(answer);
    events.push(...(items ?? []).map(eventOf).filter((event) => concerns(concerned, event)));
    next = metadata.continue ?? '';
    if (next === '') return { events, truncated: false };
  }
  return { events, truncated: true };
}

/** Events about a question's pods (also those that are gone), ReplicaSets and Deployments; a few lists, nothing is watched. */
export async function readEvents(
  api: KubernetesApi,
  question: PodQuestion,
): Promise<{ events: ClusterEvent[]; truncated: boolean }> {
  const { events, truncated } = await read(api, question).catch((error: unknown) => {
    throw readFailure(error, { what: `Events in ${question.namespace}`, serverUrl: api.serverUrl });
  });
  const merged = mergedEvents(events, mostEvents + 1);
  return { events: merged.slice(0, mostEvents), truncated: truncated || merged.length > mostEvents };
}
