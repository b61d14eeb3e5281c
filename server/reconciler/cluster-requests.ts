import { and, asc, eq, isNull, sql } from 'drizzle-orm';
import * as z from 'zod';
import type { Database } from '../../db/client.ts';
import { clusterRequest, cluster as clusterTable, environment } from '../../db/schema/environments.ts';
import { service } from '../../db/schema/services.ts';
import type { NamespaceAccess } from '../../domain/cluster-rights.ts';
import { gatewayRefSchema } from '../../domain/environment.ts';
import { namespacesSchema } from '../../domain/namespace-access.ts';
import { type Blocker, blocker, DomainError } from '../../domain/refusal.ts';
import { podTemplateSchema, scalingSchema } from '../../domain/service-spec.ts';
import type { DesiredServing } from '../../domain/serving.ts';
import { adoptedPathSchema } from '../../domain/take-over.ts';
import { changeChannel } from '../audit/append.ts';
import type { Cluster, ClusterCapabilities } from '../cluster/cluster.ts';
import { SealError } from '../cluster/seal.ts';
import { discovered, type Looking } from './discover.ts';
import { plannedTakeOver } from './plan-take-over.ts';
import { lookedAtPods } from './pod-looks.ts';

const scopeSchema = z.object({
  projectId: z.string(),
  serviceId: z.string(),
  serviceName: z.string(),
  clusterId: z.string(),
  namespace: z.string(),
  gateway: gatewayRefSchema,
  hostnames: z.array(z.string()),
  pathPrefix: z.string(),
  port: z.int(),
  adopted: adoptedPathSchema.optional(),
});

const dryRunSchema = z.object({
  schema: z.literal(1),
  desired: z.object({
    scope: scopeSchema,
    generation: z.int(),
    revisions: z.array(
      z.object({
        number: z.int(),
        revisionId: z.string(),
        modelVersionId: z.string(),
        specDigest: z.string(),
        podTemplate: podTemplateSchema,
        port: z.int(),
        scaling: scalingSchema,
      }),
    ),
    weights: z.record(z.string(), z.number()),
    fallbackNumber: z.int().nullable(),
  }),
});

/** Requests older than this have nobody waiting any more. */
export const staleSeconds = 30;

/** Answers the open probes, dry runs and looks of a cluster; what the cluster refuses is the answer, never an error. Returns how many. */
export async function answerRequests(looking: Looking): Promise<number> {
  const { db, cluster } = looking;
  const open = await db
    .select()
    .from(clusterRequest)
    .where(
      and(
        eq(clusterRequest.clusterId, cluster.clusterId),
        isNull(clusterRequest.answeredAt),
        sql`${clusterRequest.requestedAt} > clock_timestamp() - ${staleSeconds} * interval '1 second'`,
      ),
    )
    .orderBy(asc(clusterRequest.requestedAt))
    .limit(20);
  for (const request of open) {
    const answer = await answerTo(looking, request);
    await db
      .update(clusterRequest)
      .set({ answer, answeredAt: sql`clock_timestamp()` })
      .where(and(eq(clusterRequest.id, request.id), isNull(clusterRequest.answeredAt)));
  }
  return open.length;
}

type Request = typeof clusterRequest.$inferSelect;

async function answerTo(looking: Looking, { kind, payload }: Request): Promise<unknown> {
  const { db, cluster } = looking;
  switch (kind) {
    case 'probe':
      return await probed(db, cluster);
    case 'dryRun':
      return await dryRun(cluster, payload);
    case 'discover':
      return await discovered(looking, payload, blockerOf);
    case 'takeOver':
      return await plannedTakeOver(db, cluster, payload).catch((error: unknown) => ({
        schema: 1,
        failure: blockerOf(error),
      }));
    case 'pods':
      return await lookedAtPods(cluster, payload, blockerOf);
    // They name no cluster, so they are never among a cluster's.
    case 'trial':
    case 'metricsProbe':
    case 'gpuUse':
      return null;
  }
}

/** What a cluster that could not even be asked offers. */
export function unusable(error: unknown): ClusterCapabilities {
  const found = blockerOf(error);
  return {
    reachable: false,
    version: null,
    gatewayApi: false,
    autoscaling: false,
    gpuProducts: [],
    blockers: [found],
    checks: [
      {
        id: 'reachable',
        group: 'connection',
        title: 'Reachable',
        state: 'missing',
        detail: found.message,
        fix: found.fix,
      },
    ],
  };
}

/**
 * The namespaces that a cluster's token was made for, and those of its environments: one whose services are all watched
 * need only be read.
 */
async function namespacesOf(db: Database, clusterId: string): Promise<NamespaceAccess[]> {
  const chosen = await db
    .select({ namespaces: clusterTable.namespaces })
    .from(clusterTable)
    .where(eq(clusterTable.id, clusterId));
  const used = await db
    .select({
      name: environment.namespace,
      onlyWatched: sql<boolean>`coalesce(bool_and(${service.mode} = 'watched'), false)`,
    })
    .from(environment)
    .leftJoin(service, eq(service.environmentId, environment.id))
    .where(eq(environment.clusterId, clusterId))
    .groupBy(environment.namespace)
    .orderBy(asc(environment.namespace));
  const told = namespacesSchema.parse(chosen[0]?.namespaces ?? []);
  const others = used.filter(({ name }) => !told.some((namespace) => namespace.name === name));
  return [
    ...told,
    ...others.map(({ name, onlyWatched }) => ({
      name,
      access: onlyWatched ? ('watch' as const) : ('manage' as const),
    })),
  ];
}

async function probed(db: Database, cluster: Cluster): Promise<ClusterCapabilities> {
  const namespaces = await namespacesOf(db, cluster.clusterId);
  const capabilities = await cluster.probe(namespaces).catch(unusable);
  await rememberFindings(db, cluster.clusterId, capabilities);
  return capabilities;
}

/** Keeps what a look found for the cluster's page, and tells the pages that show it. */
export async function rememberFindings(
  db: Database,
  clusterId: string,
  capabilities: ClusterCapabilities,
): Promise<void> {
  await db
    .update(clusterTable)
    .set({ capabilities, probedAt: sql`clock_timestamp()` })
    .where(eq(clusterTable.id, clusterId));
  await db.execute(
    sql`select pg_notify(${changeChannel}, ${JSON.stringify({ projectId: null, topic: 'cluster', id: clusterId })})`,
  );
}

async function dryRun(
  cluster: Cluster,
  payload: unknown,
): Promise<{ schema: 1; blockers: readonly Blocker[] }> {
  try {
    const { desired } = dryRunSchema.parse(payload);
    const weights = Object.fromEntries(
      Object.entries(desired.weights).map(([number, weight]) => [Number(number), weight]),
    );
    const serving: DesiredServing = { ...desired, weights };
    return { schema: 1, blockers: await cluster.dryRun(serving) };
  } catch (error) {
    return { schema: 1, blockers: [blockerOf(error)] };
  }
}

function blockerOf(error: unknown): Blocker {
  if (error instanceof DomainError) return blocker({ ...error.refusal, owner: 'the cluster' });
  if (error instanceof SealError)
    return blocker({
      code: 'clusterUnauthorized',
      message: error.message,
      fix: 'Store the token again by "Change connection", or give the worker the key that it was sealed for.',
      owner: 'an instance admin',
    });
  const message =
    error instanceof z.ZodError
      ? 'The request to the worker could not be read.'
      : 'The cluster could not be asked; the log of the worker says why.';
  return blocker({ code: 'clusterUnreachable', message, owner: 'an operator' });
}
