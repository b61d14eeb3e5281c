import * as z from 'zod';
import { DomainError } from '../../domain/refusal.ts';
import { workStatusOf } from '../../domain/retrain/work-status.ts';
import type { Work, WorkObject, WorkPlace } from './cluster.ts';
import type { KubernetesApi } from './kubernetes-api.ts';
import { KubernetesApiError } from './kubernetes-api-error.ts';
import { annotation, kubernetesObjectSchema, label, listPath } from './kubernetes-objects.ts';
import { readFailure, writeFailure } from './kubernetes-words.ts';

const resourcesSchema = z.looseObject({
  resources: z.array(
    z.looseObject({
      kind: z.string(),
      /** A subresource has a slash in it. */
      name: z.string().regex(/^[a-z0-9-]+(\/[a-z0-9-]+)*$/),
      namespaced: z.boolean(),
    }),
  ),
});

async function orNull(read: Promise<unknown>): Promise<unknown> {
  try {
    return await read;
  } catch (error) {
    if (error instanceof KubernetesApiError && error.status === 404) return null;
    throw error;
  }
}

const titleOf = ({ kind, name }: WorkPlace): string => `${kind} "${name}"`;

/** Path of the object, by what the API server says of its kind; throws crdMissing for one that it does not serve. */
async function pathOf(api: KubernetesApi, place: WorkPlace): Promise<string> {
  const { apiVersion, kind, namespace, name } = place;
  const answer = await orNull(api.get(`/apis/${apiVersion}`));
  const found =
    answer === null
      ? undefined
      : resourcesSchema
          .parse(answer)
          .resources.find((each) => each.kind === kind && each.namespaced && !each.name.includes('/'));
  if (found === undefined)
    throw new DomainError({
      code: 'crdMissing',
      message: `The cluster does not serve ${kind} of ${apiVersion} in namespaces, so nothing was started.`,
      params: { kind, apiVersion },
      fix: 'Install what runs it, or use a template of a kind that the cluster has, such as a Job of batch/v1.',
    });
  return `${listPath(apiVersion, namespace, found.name)}/${name}`;
}

async function apply(api: KubernetesApi, object: WorkObject, epoch: number): Promise<void> {
  const { apiVersion, kind, metadata } = object;
  const place = { apiVersion, kind, namespace: metadata.namespace, name: metadata.name };
  const path = await pathOf(api, place);
  const present = await orNull(api.get(path));
  if (present !== null) return refuseForeign(present, place, object);
  const annotations = { ...metadata.annotations, [annotation.epoch]: String(epoch) };
  await api.applyAt(path, { ...object, metadata: { ...metadata, annotations } });
}

/** What is there already is ours of an earlier attempt, and then nothing is written, or somebody else's. */
function refuseForeign(present: unknown, place: WorkPlace, object: WorkObject): void {
  const { labels = {} } = kubernetesObjectSchema.parse(present).metadata;
  const isOurs =
    labels[label.managedBy] === 'fairlead' && labels[label.runId] === object.metadata.labels[label.runId];
  if (isOurs) return;
  throw new DomainError({
    code: 'conflict',
    message: `${titleOf(place)} exists in ${place.namespace} but was not made by Fairlead for this training, so it is not touched.`,
    params: { object: place.name, kind: place.kind },
    fix: 'Delete or rename that object.',
  });
}

const eventsSchema = z.looseObject({
  items: z.array(z.looseObject({ message: z.string().optional(), lastTimestamp: z.string().nullish() })),
});
const podsSchema = z.looseObject({
  items: z.array(
    z.looseObject({
      status: z.looseObject({
        conditions: z
          .array(z.looseObject({ type: z.string(), status: z.string(), message: z.string().optional() }))
          .optional(),
      }),
    }),
  ),
});

/**
 * What keeps a training that says nothing itself from running: the last warning about it, such as a quota that refused its
 * pods, or why a pod of it has no node. Empty when nobody says, or it may not be read.
 */
async function whyWaiting(api: KubernetesApi, present: unknown): Promise<string> {
  const { namespace = '', uid, labels = {} } = kubernetesObjectSchema.parse(present).metadata;
  try {
    const pods = podsSchema.parse(
      await api.get(listPath('v1', namespace, 'pods'), {
        labelSelector: `${label.runId}=${labels[label.runId] ?? ''}`,
      }),
    );
    const unplaced = pods.items
      .flatMap(({ status }) => status.conditions ?? [])
      .find(({ type, status }) => type === 'PodScheduled' && status === 'False');
    if (unplaced !== undefined) return unplaced.message ?? '';
    if (pods.items.length > 0) return '';
    const { items } = eventsSchema.parse(
      await api.get(listPath('v1', namespace, 'events'), {
        fieldSelector: `involvedObject.uid=${uid},type=Warning`,
      }),
    );
    const [last] = items.toSorted((left, right) =>
      (right.lastTimestamp ?? '').localeCompare(left.lastTimestamp ?? ''),
    );
    return last?.message ?? '';
  } catch (error) {
    if (error instanceof KubernetesApiError) return '';
    throw error;
  }
}

/** Trainings over one API server: any kind that it serves, by server-side apply. */
export function kubernetesWork(api: KubernetesApi): Work {
  return {
    apply: async (object, epoch) => {
      try {
        await apply(api, object, epoch);
      } catch (error) {
        throw writeFailure(error, `${object.kind} "${object.metadata.name}"`, api.serverUrl);
      }
    },
    look: async (place) => {
      try {
        const present = await orNull(api.get(await pathOf(api, place)));
        if (present === null) return null;
        const status = workStatusOf(present);
        const isSilent = status.phase === 'waiting' && status.message === '';
        return isSilent ? { ...status, message: await whyWaiting(api, present) } : status;
      } catch (error) {
        throw readFailure(error, { what: titleOf(place), serverUrl: api.serverUrl });
      }
    },
  };
}
