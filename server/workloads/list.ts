import { and, eq, inArray } from 'drizzle-orm';
import * as z from 'zod';
import type { Queries } from '../../db/client.ts';
import { environment } from '../../db/schema/environments.ts';
import { model } from '../../db/schema/models.ts';
import type { WorkloadManager, WorkloadRef, WorkloadRoute } from '../../domain/adoption.ts';
import { idSchema } from '../../domain/name.ts';
import { type Blocker, blocker, DomainError, type Refusal } from '../../domain/refusal.ts';
import type { RunningImage } from '../../domain/running-image.ts';
import {
  adoptionRefusal,
  type Discovery,
  discoverySchema,
  type ListedRoute,
  serviceNameOf,
  type Workload,
} from '../../domain/workload.ts';
import { askWorker } from '../cluster-request.ts';
import { newId } from '../id.ts';
import { query } from '../query.ts';
import { type EnvironmentRef, environmentRefs } from '../rows/environment-refs.ts';
import { type KnownService, knownServices, watcherOf } from '../rows/known-services.ts';
import { rowProject } from '../rows/row-project.ts';
import { viewerRefusal } from '../rows/viewer-refusal.ts';

export type DiscoveredWorkload = {
  readonly ref: WorkloadRef;
  readonly children: readonly string[];
  /** As its template names it; a tag says nothing about what runs. */
  readonly image: string | null;
  readonly images: readonly RunningImage[];
  readonly unknownPodCount: number;
  readonly desiredReplicas: number;
  readonly readyReplicas: number;
  readonly gpuCount: number;
  /** Null when it is not measured. */
  readonly requestsPerSecond: number | null;
  readonly manager: WorkloadManager;
  readonly route: WorkloadRoute | null;
  readonly routeSentence: string | null;
  readonly blockers: readonly Blocker[];
  readonly suggestedName: string;
  /** A model of the project has the workload's name, so its versions go there. */
  readonly modelExists: boolean;
  /** The service that watches it already. */
  readonly service: { readonly id: string; readonly name: string } | null;
  /** Why it cannot be ticked; null when it can. */
  readonly refusal: Refusal | null;
};

export type Discovered = {
  /** Names this look, so that what is ticked is what the worker saw; null when no worker answered. */
  readonly discoveryId: string | null;
  readonly environment: EnvironmentRef;
  readonly workloads: readonly DiscoveredWorkload[];
  readonly routes: readonly ListedRoute[];
  /** Why requests per second are not known; null when they were measured. */
  readonly unmeasured: string | null;
  /** Services of the environment whose objects Fairlead writes. */
  readonly managed: readonly { readonly id: string; readonly name: string }[];
  readonly problems: readonly Blocker[];
  readonly refusals: { readonly adopt: Refusal | null };
};

/** What runs in an environment's namespace that Fairlead did not make; asks the worker and waits at most 10 s. */
export const listWorkloads = query(
  {
    permission: 'workloads.list',
    schema: z.object({ environmentId: idSchema }),
    project: (db, input) => rowProject(db, environment, input.environmentId),
  },
  async ({ db, input, projectId, principal }): Promise<Discovered> => {
    const place = (await environmentRefs(db, [input.environmentId]))(input.environmentId);
    const known = await knownServices(db, place.id);
    const { discoveryId, found } = await look(db, place);
    return {
      discoveryId,
      environment: place,
      workloads: await listed(db, { projectId, known, found }),
      routes: found.routes,
      unmeasured: found.rates.sentence,
      managed: known.filter(({ mode }) => mode === 'managed').map(({ id, name }) => ({ id, name })),
      problems: found.problems,
      refusals: { adopt: viewerRefusal({ principal, projectId }, 'services.adopt') },
    };
  },
);

async function look(
  db: Queries,
  { id: environmentId, clusterId, namespace }: EnvironmentRef,
): Promise<{ discoveryId: string | null; found: Discovery }> {
  const discoveryId = newId();
  try {
    const payload = { schema: 1, namespace, environmentId };
    const answer = await askWorker(db, { id: discoveryId, clusterId, kind: 'discover', payload });
    return { discoveryId, found: discoverySchema.parse(answer) };
  } catch (error) {
    if (!(error instanceof DomainError) || error.refusal.code !== 'workerSilent') throw error;
    const problems = [blocker({ ...error.refusal, owner: 'an operator' })];
    const rates = { perSecond: {}, sentence: null };
    return { discoveryId: null, found: { schema: 1, namespace, workloads: [], routes: [], rates, problems } };
  }
}

async function listed(
  db: Queries,
  { projectId, known, found }: { projectId: string; known: readonly KnownService[]; found: Discovery },
): Promise<DiscoveredWorkload[]> {
  const names = found.workloads.map(({ ref }) => ref.name);
  const models =
    names.length === 0
      ? []
      : await db
          .select({ name: model.name })
          .from(model)
          .where(and(eq(model.projectId, projectId), inArray(model.name, names)));
  const existing = new Set(models.map(({ name }) => name));
  return found.workloads.map((workload) => ({
    ...rowOf(workload, known, existing.has(workload.ref.name)),
    requestsPerSecond: found.rates.perSecond[workload.ref.name] ?? null,
  }));
}

function rowOf(
  workload: Workload,
  known: readonly KnownService[],
  modelExists: boolean,
): Omit<DiscoveredWorkload, 'requestsPerSecond'> {
  const { ref, container, podTemplate } = workload;
  const watcher = watcherOf(known, ref);
  const serving = podTemplate?.spec.containers.find(({ name }) => name === container);
  return {
    ref,
    children: workload.children,
    image: serving?.image ?? null,
    images: workload.images,
    unknownPodCount: workload.unknownPodCount,
    desiredReplicas: workload.desiredReplicas,
    readyReplicas: workload.readyReplicas,
    gpuCount: workload.gpuCount,
    manager: workload.manager,
    route: workload.route,
    routeSentence: workload.routeSentence,
    blockers: workload.blockers,
    suggestedName: serviceNameOf(ref),
    modelExists,
    service: watcher === null ? null : { id: watcher.id, name: watcher.name },
    refusal: adoptionRefusal(workload, watcher?.name ?? null),
  };
}
