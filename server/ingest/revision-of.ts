import { and, eq, sql } from 'drizzle-orm';
import type { Database } from '../../db/client.ts';
import { model, modelVersion } from '../../db/schema/models.ts';
import { DomainError } from '../../domain/refusal.ts';
import type { Revision, ServiceCatalogue } from './service-catalogue.ts';

/** How a sender may say which revision answered: by its number, by the pod, or by what it runs. */
export type NamedRevision = {
  readonly revision?: number | undefined;
  readonly pod?: string | undefined;
  readonly model?: string | undefined;
  readonly version?: number | undefined;
};

/** The revision of the service that is named; throws a refusal that says how to name one. */
export async function revisionOf(
  db: Database,
  catalogue: ServiceCatalogue,
  named: NamedRevision,
): Promise<Revision> {
  const { revisions, serviceName } = catalogue;
  if (named.revision !== undefined) {
    const found = revisions.find(({ number }) => number === named.revision);
    return found ?? refuse(`${serviceName} has no revision ${named.revision}.`);
  }
  if (named.pod !== undefined) {
    const id = await revisionIdOfPod(db, catalogue, named.pod);
    const found = revisions.find((revision) => revision.id === id);
    return found ?? refuse(`${serviceName} has no pod ${named.pod} that the worker has seen.`);
  }
  if (named.model !== undefined && named.version !== undefined) {
    const id = await versionId(db, catalogue, { model: named.model, version: named.version });
    const found = revisions.find(({ modelVersionId }) => modelVersionId === id);
    return found ?? refuse(`No revision of ${serviceName} runs ${named.model} ${named.version}.`);
  }
  return refuse('The batch does not say which revision answered.');
}

function refuse(message: string): never {
  throw new DomainError({
    code: 'invalidInput',
    message,
    fix: 'Send "revision": the number in the label fairlead.dev/revision of the pod; or "pod": its name; or "model" and "version".',
  });
}

/** From what the worker saw of pods, the newest of that name; null when it saw none. */
export async function revisionIdOfPod(
  db: Database,
  { clusterId, namespace }: Pick<ServiceCatalogue, 'clusterId' | 'namespace'>,
  pod: string,
): Promise<string | null> {
  const { rows } = await db.execute<{ revision_id: string | null }>(sql`
    select facts ->> 'revisionId' as revision_id from pod_interval
    where cluster_id = ${clusterId} and (facts ->> 'name') = ${pod} and facts ->> 'namespace' = ${namespace}
      and facts ->> 'revisionId' is not null
    order by from_at desc limit 1`);
  return rows[0]?.revision_id ?? null;
}

async function versionId(
  db: Database,
  { projectId }: ServiceCatalogue,
  named: { model: string; version: number },
): Promise<string | null> {
  const [row] = await db
    .select({ id: modelVersion.id })
    .from(modelVersion)
    .innerJoin(model, eq(model.id, modelVersion.modelId))
    .where(
      and(
        eq(modelVersion.projectId, projectId),
        eq(model.name, named.model),
        eq(modelVersion.number, named.version),
      ),
    );
  return row?.id ?? null;
}
