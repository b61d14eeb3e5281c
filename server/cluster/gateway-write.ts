import { canonicalJson } from '../../domain/canonical-json.ts';
import { DomainError } from '../../domain/refusal.ts';
import type { DesiredRevision, ServingAction, ServingScope } from '../../domain/serving.ts';
import { sha256 } from '../digest.ts';
import { EgressError } from '../egress/egress-error.ts';
import type { WriteFence } from './cluster.ts';
import type { ForeseenObjects } from './foreseen-objects.ts';
import {
  type ForeignObjects,
  foreignObject,
  isOwned,
  objectTitle,
  refuseOlderEpoch,
} from './gateway-ownership.ts';
import type { ApplyBody, KubernetesApi, Place } from './kubernetes-api.ts';
import { KubernetesApiError } from './kubernetes-api-error.ts';
import { contestOf, ownsField } from './kubernetes-managed-fields.ts';
import { annotation, type KubernetesObject, type Manifest } from './kubernetes-objects.ts';
import { writeFailure } from './kubernetes-words.ts';
import { revisionManifests, revisionName, routeManifest } from './manifests.ts';
import type { WatchCache } from './watch-cache.ts';

export type Writer = {
  readonly api: KubernetesApi;
  readonly cache: WatchCache;
  readonly foreign: ForeignObjects;
  readonly foreseen: ForeseenObjects;
};
type Write = { readonly scope: ServingScope; readonly fence: WriteFence };

/** Annotations of one object may hold 256 KiB together; a larger manifest is stamped by its digest only. */
const maxStampLength = 100_000;
/** Keeps the replica count alive between our giving it up and the autoscaler's first write. */
const handOverManager = 'fairlead-handover';

export function placeOf({ kind, metadata }: Manifest): Place {
  return { kind, namespace: metadata.namespace, name: metadata.name };
}

/** What was applied, kept on the object itself so that any worker can tell our fields from those of others. */
export function stampOf(manifest: Manifest): string {
  const { labels, annotations } = manifest.metadata;
  const text = canonicalJson({ metadata: { labels, annotations }, spec: manifest.spec });
  return text.length > maxStampLength ? sha256(text) : text;
}

function bodyOf(manifest: Manifest, fence: WriteFence, base: KubernetesObject | null): ApplyBody {
  const annotations = {
    ...manifest.metadata.annotations,
    [annotation.epoch]: String(fence.epoch),
    [annotation.generation]: String(fence.generation),
    [annotation.applied]: stampOf(manifest),
  };
  // Without the uid a stale write would bring a deleted object back; without the version it would overwrite a newer one.
  const preconditions =
    base === null ? {} : { uid: base.metadata.uid, resourceVersion: base.metadata.resourceVersion };
  return { ...manifest, metadata: { ...manifest.metadata, annotations, ...preconditions } };
}

/** The object that the write is based on, from the cache; null for a create, after asking the API server itself. */
async function writeBase({ cache, foreign, foreseen }: Writer, place: Place, { scope, fence }: Write) {
  const cached = cache.get(place);
  const found = cached ?? (await foreseen.read(place));
  if (found === null) return null;
  if (!isOwned(found, scope)) {
    foreign.add(place);
    throw foreignObject(place);
  }
  refuseOlderEpoch(found, place, fence.epoch);
  if (cached === null) cache.doubt(place);
  if (cached === null || found.metadata.deletionTimestamp !== undefined)
    throw new DomainError({
      code: 'conflict',
      message:
        cached === null
          ? `${objectTitle(place)} is there but has not been seen yet, so nothing was written.`
          : `${objectTitle(place)} is being deleted, so nothing was written.`,
      params: { object: place.name },
    });
  return found;
}

function isUpToDate(base: KubernetesObject, manifest: Manifest): boolean {
  return base.metadata.annotations?.[annotation.applied] === stampOf(manifest) && contestOf(base) === null;
}

/** Same object, same spec, same labels and stamps: what moved its version is status or annotations of others. */
function isSameState(seen: KubernetesObject, live: KubernetesObject): boolean {
  const state = ({ spec, metadata: { uid, labels, deletionTimestamp, annotations } }: KubernetesObject) => {
    const stamps = Object.values(annotation).map((name) => annotations?.[name]);
    return canonicalJson({ spec, uid, labels, deletionTimestamp, stamps });
  };
  return state(live) === state(seen) && canonicalJson(contestOf(live)) === canonicalJson(contestOf(seen));
}

/**
 * Writes on the base that was seen. Controllers write status and annotations all the time and each time move the
 * version, so a refusal for that reason alone is met by naming the newer version; any other difference is a conflict.
 */
async function onCurrentVersion<T>(
  { api }: Writer,
  { place, base }: { place: Place; base: KubernetesObject },
  write: (base: KubernetesObject) => Promise<T>,
): Promise<T> {
  let from = base;
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await write(from);
    } catch (error) {
      const stale = error instanceof KubernetesApiError && error.status === 409 && attempt < 4;
      const live = stale ? await api.read(place) : null;
      if (live === null || !isSameState(base, live)) throw error;
      from = live;
    }
  }
}

/** Does the write and says what became of it; after an unknown end the kind is read again before anything is concluded. */
async function performed<T>(writer: Writer, place: Place, write: () => Promise<T>): Promise<T> {
  try {
    return await write();
  } catch (error) {
    const unknown =
      error instanceof EgressError || (error instanceof KubernetesApiError && error.status >= 500);
    if (unknown) writer.cache.doubt(place);
    throw writeFailure(error, objectTitle(place), writer.api.serverUrl);
  }
}

/**
 * When the count goes over to an autoscaler, dropping it from what we apply would reset it to 1 until the autoscaler's
 * first write; so another manager of ours first takes over the present count.
 */
async function handOverReplicas(writer: Writer, base: KubernetesObject, manifest: Manifest) {
  const gives = manifest.kind === 'Deployment' && manifest.spec.replicas === undefined;
  if (!gives || !ownsField(base, ['f:spec', 'f:replicas'])) return base;
  const { name, uid, resourceVersion } = base.metadata;
  const spec = { replicas: replicasOf(base) };
  const { apiVersion, kind, metadata } = manifest;
  const body = {
    apiVersion,
    kind,
    metadata: { name, namespace: metadata.namespace, uid, resourceVersion },
    spec,
  };
  return await writer.api.apply(body, { force: false, manager: handOverManager });
}

function replicasOf(object: KubernetesObject): number {
  const { spec } = object;
  const replicas =
    typeof spec === 'object' && spec !== null && 'replicas' in spec ? spec.replicas : undefined;
  return typeof replicas === 'number' ? replicas : 1;
}

async function applyManifest(writer: Writer, manifest: Manifest, write: Write): Promise<void> {
  const place = placeOf(manifest);
  await performed(writer, place, async () => {
    const base = await writeBase(writer, place, write);
    if (base !== null && isUpToDate(base, manifest)) return;
    const apply = (from: KubernetesObject | null) =>
      // Our own object is taken back from whoever changed it; a create must not take anything from anyone.
      writer.api.apply(bodyOf(manifest, write.fence, from), { force: from !== null });
    const written =
      base === null
        ? await apply(null)
        : await onCurrentVersion(writer, { place, base }, async (current) =>
            apply(await handOverReplicas(writer, current, manifest)),
          );
    writer.cache.expectVersion(place, written);
  });
}

/** Deletes an object of ours in exactly the state that was seen; one that is gone or not ours is left alone. */
async function deleteOwned(writer: Writer, place: Place, { scope, fence }: Write): Promise<void> {
  const found = writer.cache.get(place);
  if (found === null || !isOwned(found, scope) || found.metadata.deletionTimestamp !== undefined) return;
  refuseOlderEpoch(found, place, fence.epoch);
  const { uid } = found.metadata;
  await performed(writer, place, async () => {
    try {
      await onCurrentVersion(writer, { place, base: found }, ({ metadata: { resourceVersion } }) =>
        writer.api.delete(place, { uid, resourceVersion }),
      );
    } catch (error) {
      if (!(error instanceof KubernetesApiError && error.status === 404)) throw error;
    }
    writer.cache.expectGone(place, uid);
  });
}

async function applyRevision(writer: Writer, revision: DesiredRevision, write: Write): Promise<void> {
  const { scope } = write;
  const name = revisionName(scope, revision.number);
  const autoscaler: Place = { kind: 'HorizontalPodAutoscaler', namespace: scope.namespace, name };
  // An autoscaler that still runs would undo the fixed count.
  if (revision.scaling.kind === 'fixed') await deleteOwned(writer, autoscaler, write);
  const [service, deployment, ...scalers] = revisionManifests(scope, revision);
  // Neither needs the other, so both are tried, whatever the first one says. They would hold each other up at the API
  // server, and the workload goes first: its pods take longest.
  const pair = [deployment, service].filter((manifest) => manifest !== undefined);
  const failures: unknown[] = [];
  for (const manifest of pair)
    await applyManifest(writer, manifest, write).catch((error: unknown) => failures.push(error));
  if (failures.length > 0) throw failures[0];
  for (const manifest of scalers) await applyManifest(writer, manifest, write);
}

/** Asks ahead for the first object of a revision that has never been written. */
export function foreseeRevision({ cache, foreseen }: Writer, scope: ServingScope, number: number): void {
  const name = revisionName(scope, number);
  const place: Place = { kind: 'Deployment', namespace: scope.namespace, name };
  if (cache.get(place) === null) foreseen.ask(place);
}

async function deleteRevision(writer: Writer, number: number, write: Write): Promise<void> {
  const { namespace } = write.scope;
  const name = revisionName(write.scope, number);
  for (const kind of ['HorizontalPodAutoscaler', 'Deployment', 'Service'] as const)
    await deleteOwned(writer, { kind, namespace, name }, write);
}

/** Carries out one action, object by object in an order whose every prefix is safe. Throws DomainError; never retries. */
export async function performAction(writer: Writer, action: ServingAction, write: Write): Promise<void> {
  switch (action.kind) {
    case 'applyRevision':
      return await applyRevision(writer, action.revision, write);
    case 'scaleFound':
      throw new Error('Only a service that was taken over has a found workload.');
    case 'applyRoute':
      return await applyManifest(writer, routeManifest(write.scope, action.weights), write);
    case 'deleteRevision':
      return await deleteRevision(writer, action.number, write);
  }
}
