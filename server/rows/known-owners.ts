import { asc, eq, inArray, isNull, or } from 'drizzle-orm';
import type { Queries } from '../../db/client.ts';
import { environment } from '../../db/schema/environments.ts';
import { attributionRule } from '../../db/schema/ledger.ts';
import { modelVersion } from '../../db/schema/models.ts';
import { roleInterval, service, serviceRevision } from '../../db/schema/services.ts';
import { adoptionSchema } from '../../domain/adoption.ts';
import type {
  AttributionRule,
  KnownEnvironment,
  KnownOwners,
  KnownRevision,
  KnownService,
} from '../../domain/ledger/attribution.ts';

/** What of a cluster decides who pays; of training runs only those that are asked for. */
export async function knownOwners(
  queries: Queries,
  clusterId: string,
  runIds: readonly string[],
): Promise<KnownOwners> {
  const services = await servicesOf(queries, clusterId);
  const rows = await queries.select().from(environment).where(eq(environment.clusterId, clusterId));
  const environments = new Map<string, KnownEnvironment>(
    rows.map(({ id, projectId, namespace, createdAt }) => [
      namespace,
      { id, projectId, createdAtMs: createdAt.getTime(), services: services.get(id) ?? [] },
    ]),
  );
  return { environments, rules: await rulesOf(queries, clusterId), runs: await runsOf(queries, runIds) };
}

/** Rules that may give pods of the cluster to a project, ascending by number. */
async function rulesOf(queries: Queries, clusterId: string): Promise<AttributionRule[]> {
  return await queries
    .select()
    .from(attributionRule)
    .where(or(isNull(attributionRule.clusterId), eq(attributionRule.clusterId, clusterId)))
    .orderBy(asc(attributionRule.number));
}

async function servicesOf(queries: Queries, clusterId: string): Promise<Map<string, KnownService[]>> {
  const revisions = await revisionsOf(queries, clusterId);
  const rows = await queries
    .select({
      id: service.id,
      environmentId: service.environmentId,
      name: service.name,
      mode: service.mode,
      adoption: service.adoption,
      createdAt: service.createdAt,
    })
    .from(service)
    .innerJoin(environment, eq(environment.id, service.environmentId))
    .where(eq(environment.clusterId, clusterId));
  const found = new Map<string, KnownService[]>();
  for (const { id, environmentId, name, mode, adoption, createdAt } of rows) {
    const workload = adoption === null ? null : adoptionSchema.parse(adoption).workload;
    const createdAtMs = createdAt.getTime();
    const known: KnownService = { id, name, mode, createdAtMs, workload, revisions: revisions.get(id) ?? [] };
    found.set(environmentId, [...(found.get(environmentId) ?? []), known]);
  }
  return found;
}

async function revisionsOf(queries: Queries, clusterId: string): Promise<Map<string, KnownRevision[]>> {
  const inCluster = queries
    .select({ id: service.id })
    .from(service)
    .innerJoin(environment, eq(environment.id, service.environmentId))
    .where(eq(environment.clusterId, clusterId));
  const roleRows = await queries
    .select()
    .from(roleInterval)
    .where(inArray(roleInterval.serviceId, inCluster));
  const roles = Map.groupBy(roleRows, ({ serviceId, revisionId }) => `${serviceId} ${revisionId}`);
  const rows = await queries
    .select({
      id: serviceRevision.id,
      serviceId: serviceRevision.serviceId,
      number: serviceRevision.number,
      imageDigest: serviceRevision.imageDigest,
      modelVersionId: serviceRevision.modelVersionId,
      modelId: modelVersion.modelId,
    })
    .from(serviceRevision)
    .innerJoin(modelVersion, eq(modelVersion.id, serviceRevision.modelVersionId))
    .where(inArray(serviceRevision.serviceId, inCluster));
  const found = new Map<string, KnownRevision[]>();
  for (const { serviceId, ...row } of rows) {
    const own = (roles.get(`${serviceId} ${row.id}`) ?? []).map(({ role, fromAt, toAt }) => ({
      role,
      fromMs: fromAt.getTime(),
      toMs: toAt?.getTime() ?? null,
    }));
    const known = { ...row, roles: own };
    const group = found.get(serviceId);
    if (group === undefined) found.set(serviceId, [known]);
    else group.push(known);
  }
  return found;
}

async function runsOf(queries: Queries, runIds: readonly string[]): Promise<KnownOwners['runs']> {
  if (runIds.length === 0) return new Map();
  const rows = await queries
    .select({
      projectId: modelVersion.projectId,
      runId: modelVersion.runId,
      modelId: modelVersion.modelId,
      modelVersionId: modelVersion.id,
    })
    .from(modelVersion)
    .where(inArray(modelVersion.runId, [...new Set(runIds)]));
  return new Map(
    rows.map(({ projectId, runId, modelId, modelVersionId }) => [
      `${projectId} ${runId}`,
      { modelId, modelVersionId },
    ]),
  );
}
