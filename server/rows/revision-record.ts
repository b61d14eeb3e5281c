import { eq, sql } from 'drizzle-orm';
import type { Queries } from '../../db/client.ts';
import { prepared, type ValueOf } from '../../db/prepared.ts';
import { model, modelVersion } from '../../db/schema/models.ts';
import { serviceRevision } from '../../db/schema/services.ts';
import { imageByDigestSchema, imageDigest } from '../../domain/digest.ts';
import { type ServiceSpec, serviceSpecSchema } from '../../domain/service-spec.ts';
import { digestOf } from '../digest.ts';
import { onlyRow } from './row-project.ts';

export type VersionRecord = typeof modelVersion.$inferSelect & { readonly modelName: string };

/** What a revision runs, stored or only proposed (then without an id). */
export type RevisionRecord = {
  readonly revisionId: string | null;
  readonly number: number;
  readonly version: VersionRecord;
  readonly spec: ServiceSpec;
  readonly specDigest: string;
};

/** Digest over what a revision runs: the ModelVersion and the spec; the artefact's and image's own digests stand beside it. */
export function specDigestOf(modelVersionId: string, spec: ServiceSpec): string {
  return digestOf({ schema: 1, modelVersionId, spec });
}

/** Digest of the serving image, as the version or else the spec pins it; null when neither does. */
export function pinnedImage(
  { servingImage }: Pick<VersionRecord, 'servingImage'>,
  { podTemplate, servingContainer }: ServiceSpec,
): string | null {
  const container = podTemplate.spec.containers.find((entry) => entry.name === servingContainer);
  const image = servingImage ?? container?.image ?? '';
  return imageByDigestSchema.safeParse(image).success ? imageDigest(image) : null;
}

/** Reads one version with its model's name; throws notFound. */
export async function loadVersion(queries: Queries, modelVersionId: string): Promise<VersionRecord> {
  const found = onlyRow(
    await queries
      .select({ version: modelVersion, modelName: model.name })
      .from(modelVersion)
      .innerJoin(model, eq(model.id, modelVersion.modelId))
      .where(eq(modelVersion.id, modelVersionId)),
  );
  return { ...found.version, modelName: found.modelName };
}

type StoredRevision = RevisionRecord & { readonly revisionId: string; readonly imageDigest: string };

/** Reads one stored revision; throws notFound. */
export async function loadRevision(queries: Queries, revisionId: string): Promise<StoredRevision> {
  return onlyRow(await loadRevisions(queries, [revisionId]));
}

const revisionRows = prepared((queries, value: ValueOf<{ ids: readonly string[] }>) =>
  queries
    .select({ row: serviceRevision, version: modelVersion, modelName: model.name })
    .from(serviceRevision)
    .innerJoin(modelVersion, eq(modelVersion.id, serviceRevision.modelVersionId))
    .innerJoin(model, eq(model.id, modelVersion.modelId))
    .where(sql`${serviceRevision.id} = any(${value('ids')})`),
);

/** Reads stored revisions at once, in no order; what is not there is left out. */
export async function loadRevisions(
  queries: Queries,
  revisionIds: readonly string[],
): Promise<StoredRevision[]> {
  const rows = await revisionRows(queries, { ids: revisionIds });
  return rows.map(({ row, version, modelName }) => ({
    revisionId: row.id,
    number: row.number,
    version: { ...version, modelName },
    spec: serviceSpecSchema.parse(row.spec),
    specDigest: row.specDigest,
    imageDigest: row.imageDigest,
  }));
}
