import { setTimeout } from 'node:timers/promises';
import * as z from 'zod';
import { canonicalJson } from '../../domain/canonical-json.ts';
import { freezeRights, rightText } from '../../domain/cluster-rights.ts';
import { freezeQuotaName } from '../../domain/freeze/freeze-quota.ts';
import { DomainError } from '../../domain/refusal.ts';
import type { FreezeLook, Freezing } from './cluster.ts';
import { objectTitle, refuseOlderEpoch } from './gateway-ownership.ts';
import type { KubernetesApi, Place } from './kubernetes-api.ts';
import { KubernetesApiError } from './kubernetes-api-error.ts';
import { listAll, notOver } from './kubernetes-capacity.ts';
import { quotaSchema } from './kubernetes-limits.ts';
import { contestOf } from './kubernetes-managed-fields.ts';
import { podSchema, requestsOf, workloadOf } from './kubernetes-nodes.ts';
import { annotation, type KubernetesObject, label, listPath } from './kubernetes-objects.ts';
import { lackingRights } from './kubernetes-rights.ts';
import { writeFailure } from './kubernetes-words.ts';

const placeIn = (namespace: string): Place => ({ kind: 'ResourceQuota', namespace, name: freezeQuotaName });

const labels = { [label.managedBy]: 'fairlead' };

async function said<T>(api: KubernetesApi, namespace: string, work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    if (error instanceof DomainError) throw error;
    throw writeFailure(error, objectTitle(placeIn(namespace)), api.serverUrl);
  }
}

/** The quota as it is; null also where the token may not read it. */
async function present(api: KubernetesApi, namespace: string): Promise<KubernetesObject | null> {
  try {
    return await api.read(placeIn(namespace));
  } catch (error) {
    if (error instanceof KubernetesApiError && error.status === 403) return null;
    throw error;
  }
}

/** Who keeps the quota when it is not us alone. */
function ownerOf(quota: KubernetesObject): string | null {
  if (quota.metadata.labels?.[label.managedBy] !== labels[label.managedBy]) return 'somebody else';
  const contest = contestOf(quota);
  return contest === null ? null : `"${contest.manager}"`;
}

async function look(api: KubernetesApi, namespace: string): Promise<FreezeLook> {
  const path = listPath('v1', namespace, 'pods');
  const [pods, quota] = await Promise.all([
    listAll(api, path, { item: podSchema, query: notOver }),
    present(api, namespace),
  ]);
  return {
    pods: pods.map((pod) => ({
      workload: workloadOf(pod),
      requests: requestsOf(pod),
      terminating: pod.metadata.deletionTimestamp !== undefined,
    })),
    quota: quota === null ? null : { hard: quotaSchema.parse(quota).hard, owner: ownerOf(quota) },
  };
}

function ownOrThrow(quota: KubernetesObject | null, place: Place, epoch: number): KubernetesObject | null {
  if (quota === null) return null;
  const owner = ownerOf(quota);
  if (owner !== null)
    throw new DomainError({
      code: 'conflict',
      message: `${objectTitle(place)} of ${place.namespace} is kept by ${owner}, so it is not touched.`,
      params: { object: place.name },
    });
  refuseOlderEpoch(quota, place, epoch);
  return quota;
}

async function writeQuota(
  api: KubernetesApi,
  namespace: string,
  { hard, epoch }: { hard: Readonly<Record<string, number>>; epoch: number },
): Promise<void> {
  const place = placeIn(namespace);
  const base = ownOrThrow(await api.read(place), place, epoch);
  const spec = {
    hard: Object.fromEntries(Object.entries(hard).map(([name, amount]) => [name, String(amount)])),
  };
  const state =
    base === null ? {} : { uid: base.metadata.uid, resourceVersion: base.metadata.resourceVersion };
  const annotations = {
    [annotation.epoch]: String(epoch),
    [annotation.applied]: canonicalJson({ metadata: { labels }, spec }),
  };
  const metadata = { name: place.name, namespace, labels, annotations, ...state };
  await api.apply({ apiVersion: 'v1', kind: 'ResourceQuota', metadata, spec }, { force: false });
  await untilCounted(api, place, hard);
}

const countedWithinMs = 3_000;
const askEveryMs = 100;
const countedSchema = z.looseObject({
  status: z.looseObject({ hard: z.record(z.string(), z.string()).optional() }).optional(),
});

/**
 * Admission goes by the limits that the quota controller has taken over into the status. A pod that is refused in between is
 * tried again only after its controller's growing pause, so the moment is waited for here; it comes soon or is not waited for.
 */
async function untilCounted(
  api: KubernetesApi,
  place: Place,
  hard: Readonly<Record<string, number>>,
): Promise<void> {
  const endsAt = performance.now() + countedWithinMs;
  while (performance.now() < endsAt) {
    const { status } = countedSchema.parse(await api.read(place));
    const counted = Object.entries(hard).every(([name, amount]) => Number(status?.hard?.[name]) === amount);
    if (counted) return;
    await setTimeout(askEveryMs);
  }
}

async function removeQuota(api: KubernetesApi, namespace: string, epoch: number): Promise<void> {
  const place = placeIn(namespace);
  const quota = await present(api, namespace);
  if (quota === null || ownerOf(quota) !== null) return;
  refuseOlderEpoch(quota, place, epoch);
  const { uid, resourceVersion } = quota.metadata;
  await api.delete(place, { uid, resourceVersion });
}

/** The quota of a freeze over one API server. */
export function kubernetesFreezing(api: KubernetesApi): Freezing {
  return {
    look: (namespace) => said(api, namespace, look(api, namespace)),
    lackingRights: async (namespace) => {
      const lacking = await said(api, namespace, lackingRights(api, freezeRights, namespace));
      return lacking.map(({ right, verb }) => rightText(right, verb));
    },
    writeQuota: (namespace, hard, epoch) => said(api, namespace, writeQuota(api, namespace, { hard, epoch })),
    removeQuota: (namespace, epoch) => said(api, namespace, removeQuota(api, namespace, epoch)),
  };
}
