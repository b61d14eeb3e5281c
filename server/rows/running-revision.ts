import { eq, type SQL, sql } from 'drizzle-orm';
import type { Queries } from '../../db/client.ts';
import { prepared, type ValueOf } from '../../db/prepared.ts';
import { modelVersion } from '../../db/schema/models.ts';
import { serviceRevision } from '../../db/schema/services.ts';
import { type ServiceSpec, serviceSpecSchema } from '../../domain/service-spec.ts';

/** Of a stored revision what decides how it runs: without card, metrics and all else that people read. */
export type RunningRevision = {
  readonly revisionId: string;
  readonly number: number;
  readonly modelVersionId: string;
  readonly specDigest: string;
  readonly spec: ServiceSpec;
  readonly version: {
    readonly sourceUri: string;
    readonly artefactDigest: string | null;
    readonly servingImage: string | null;
  };
};

/** The select of them, for the revisions whose id `isAsked` is true of. */
export function runningRevisions(queries: Queries, isAsked: SQL) {
  return queries
    .select({
      revisionId: serviceRevision.id,
      number: serviceRevision.number,
      modelVersionId: serviceRevision.modelVersionId,
      specDigest: serviceRevision.specDigest,
      spec: serviceRevision.spec,
      version: {
        sourceUri: modelVersion.sourceUri,
        artefactDigest: modelVersion.artefactDigest,
        servingImage: modelVersion.servingImage,
      },
    })
    .from(serviceRevision)
    .innerJoin(modelVersion, eq(modelVersion.id, serviceRevision.modelVersionId))
    .where(isAsked);
}

const byIds = prepared((queries, value: ValueOf<{ ids: readonly string[] }>) =>
  runningRevisions(queries, sql`${serviceRevision.id} = any(${value('ids')})`),
);

/** Reads stored revisions at once, in no order; what is not there is left out. */
export async function readRunning(queries: Queries, ids: readonly string[]): Promise<RunningRevision[]> {
  return (await byIds(queries, { ids })).map(running);
}

/** A row with its specification parsed, which throws where it does not parse. */
export function running(row: Omit<RunningRevision, 'spec'> & { readonly spec: unknown }): RunningRevision {
  return { ...row, spec: serviceSpecSchema.parse(row.spec) };
}
