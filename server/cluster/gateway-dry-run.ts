import { rightsMissing } from '../../domain/cluster-check.ts';
import { writeRights } from '../../domain/cluster-rights.ts';
import { type Blocker, blocker } from '../../domain/refusal.ts';
import type { DesiredServing, ServingScope } from '../../domain/serving.ts';
import { foreignObject, isOwned, objectTitle } from './gateway-ownership.ts';
import { placeOf } from './gateway-write.ts';
import type { KubernetesApi } from './kubernetes-api.ts';
import type { Manifest } from './kubernetes-objects.ts';
import { lackingRights } from './kubernetes-rights.ts';
import { writeFailure } from './kubernetes-words.ts';
import { servingManifests } from './manifests.ts';

/** Codes that say that nothing could be asked, so that silence is not taken for consent. */
const unanswered = new Set(['clusterUnreachable', 'clusterUnauthorized']);

async function refusalOf(
  api: KubernetesApi,
  manifest: Manifest,
  scope: ServingScope,
): Promise<Blocker | null> {
  const place = placeOf(manifest);
  try {
    const present = await api.read(place);
    if (present !== null && !isOwned(present, scope)) throw foreignObject(place);
    await api.dryRun(manifest);
    return null;
  } catch (error) {
    const failure = writeFailure(error, objectTitle(place), api.serverUrl);
    if (unanswered.has(failure.refusal.code)) throw failure;
    return blocker({ ...failure.refusal, owner: 'engineer' });
  }
}

/** Every verb that managing the namespace lacks, in one sentence: the API server's own no names only the first. */
async function lackingBlocker(api: KubernetesApi, { namespace }: ServingScope): Promise<Blocker | null> {
  const lacking = await lackingRights(api, writeRights, namespace).catch((error: unknown) => {
    throw writeFailure(error, `Namespace "${namespace}"`, api.serverUrl);
  });
  return lacking.length === 0 ? null : blocker(rightsMissing(namespace, lacking));
}

/**
 * Lets the API server check every object without storing any: validation, admission and ownership, in its own words.
 * Empty when it would take all of them. Throws DomainError when it cannot be asked.
 */
export async function dryRunServing(
  api: KubernetesApi,
  desired: DesiredServing,
): Promise<readonly Blocker[]> {
  const lacking = await lackingBlocker(api, desired.scope);
  if (lacking !== null) return [lacking];
  const refusals: Blocker[] = [];
  for (const manifest of servingManifests(desired)) {
    const found = await refusalOf(api, manifest, desired.scope);
    if (found !== null) refusals.push(found);
  }
  return refusals;
}
