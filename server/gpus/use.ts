import { asc, eq } from 'drizzle-orm';
import * as z from 'zod';
import type { Queries } from '../../db/client.ts';
import { environment } from '../../db/schema/environments.ts';
import { type GpuLook, type GpuLookPayload, gpuLookSchema } from '../../domain/gpu-use/gpu-look.ts';
import { type PodUse, podUses, useWindowHours } from '../../domain/gpu-use/pod-use.ts';
import { idSchema } from '../../domain/name.ts';
import { DomainError } from '../../domain/refusal.ts';
import { clockOffsetMs } from '../clock.ts';
import { askWorker, forgetAnswer } from '../cluster-request.ts';
import { newId } from '../id.ts';
import { query } from '../query.ts';
import { type EndedOnNode, endedOnNodes, type PodHolding, podsHolding } from './held-pods.ts';

/** Use of one pod, and whether it holds its GPUs since before the window. */
type HeldUse = PodUse & { readonly wholeWindow: boolean };

type Place = {
  readonly id: string;
  readonly name: string;
  readonly clusterId: string;
  readonly namespace: string;
};

type GpuUse = {
  readonly uses: readonly HeldUse[];
  /** Why nothing is measured in an environment of the project. */
  readonly problems: readonly { readonly environment: string; readonly message: string }[];
  readonly endedOnNodes: readonly EndedOnNode[];
};

const windowMs = useWindowHours * 3_600_000;

/**
 * What the project's own pods do with the GPUs that they hold, by the metrics sources of their environments; nothing of the
 * pods of others. Waits for the worker at most 10 s, and a source that is silent is a problem, not an error.
 */
export const getGpuUse = query(
  {
    permission: 'gpus.use',
    schema: z.object({ projectId: idSchema }),
    project: (_db, input) => input.projectId,
  },
  async ({ db, projectId, ctx }): Promise<GpuUse> => {
    const places = await db
      .select({
        id: environment.id,
        name: environment.name,
        clusterId: environment.clusterId,
        namespace: environment.namespace,
      })
      .from(environment)
      .where(eq(environment.projectId, projectId))
      .orderBy(asc(environment.name));
    const databaseNow = await ctx.clock(db);
    const held: Held[] = [];
    const ended: EndedOnNode[] = [];
    for (const clusterId of new Set(places.map((place) => place.clusterId))) {
      const since = new Date(databaseNow.getTime() + (await clockOffsetMs(db, clusterId)) - windowMs);
      held.push(...heldOf(places, clusterId, { pods: await podsHolding(db, clusterId), since }));
      ended.push(...(await endedOnNodes(db, { clusterId, projectId, since })));
    }
    return { ...(await usesOf(db, held)), endedOnNodes: ended };
  },
);

/** The pods with GPUs of one environment, beside what the pods of all hold of the shared GPUs of each node. */
type Held = {
  readonly place: Place;
  readonly pods: readonly PodHolding[];
  readonly since: Date;
  readonly heldOfShared: ReadonlyMap<string, number>;
};

const isPart = ({ gpu }: PodHolding): boolean => gpu.d > 1;

function heldOf(
  places: readonly Place[],
  clusterId: string,
  { pods, since }: { pods: readonly PodHolding[]; since: Date },
): Held[] {
  const heldOfShared = new Map<string, number>();
  for (const pod of pods.filter(isPart))
    heldOfShared.set(pod.node, (heldOfShared.get(pod.node) ?? 0) + pod.gpu.n / pod.gpu.d);
  return places
    .filter((place) => place.clusterId === clusterId)
    .map((place) => ({
      place,
      pods: pods.filter(({ namespace }) => namespace === place.namespace),
      since,
      heldOfShared,
    }))
    .filter((found) => found.pods.length > 0);
}

async function usesOf(db: Queries, held: readonly Held[]): Promise<Pick<GpuUse, 'uses' | 'problems'>> {
  const look = await lookAt(db, held);
  const uses: HeldUse[] = [];
  const problems: { environment: string; message: string }[] = [];
  for (const { place, pods, since, heldOfShared } of held) {
    const found =
      typeof look === 'string'
        ? undefined
        : look.environments.find((each) => each.environmentId === place.id);
    const message = typeof look === 'string' ? look : (found?.problem ?? null);
    if (message !== null) problems.push({ environment: place.name, message });
    const heldSince = new Map(pods.map((pod) => [pod.uid, pod.heldSince]));
    for (const use of podUses(pods, found?.samples ?? [], heldOfShared))
      uses.push({ ...use, wholeWindow: (heldSince.get(use.podUid) ?? since) < since });
  }
  return { uses, problems };
}

/** What the worker answers, or the sentence that says why it did not. */
async function lookAt(db: Queries, held: readonly Held[]): Promise<GpuLook | string> {
  if (held.length === 0) return { schema: 1, environments: [] };
  const payload: GpuLookPayload = {
    schema: 1,
    environments: held.map(({ place, pods }) => ({
      environmentId: place.id,
      sharedNodes: [...new Set(pods.filter(isPart).map(({ node }) => node))].filter((node) => node !== ''),
    })),
  };
  const id = newId();
  try {
    return gpuLookSchema.parse(await askWorker(db, { id, clusterId: null, kind: 'gpuUse', payload }));
  } catch (error) {
    if (!(error instanceof DomainError) || error.refusal.code !== 'workerSilent') throw error;
    return error.refusal.message;
  } finally {
    await forgetAnswer(db, id);
  }
}
