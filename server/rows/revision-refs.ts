import { eq, inArray, sql } from 'drizzle-orm';
import type { Queries } from '../../db/client.ts';
import { model, modelVersion } from '../../db/schema/models.ts';
import { serviceRevision } from '../../db/schema/services.ts';
import { type ByteCheck, byteCheck } from '../../domain/byte-check.ts';
import { artefactDeliverySchema } from '../../domain/service-spec.ts';
import { isAdopted } from './adopted-version.ts';

/** One revision with the version that it runs, as lists show it. */
export type RevisionRef = {
  readonly revisionId: string;
  readonly number: number;
  readonly modelVersionId: string;
  readonly modelName: string;
  readonly versionNumber: number;
  readonly specDigest: string;
  readonly imageDigest: string;
  /** Found running and never approved since. */
  readonly adopted: boolean;
  readonly byteCheck: ByteCheck;
};

export const revisionRefColumns = {
  revisionId: serviceRevision.id,
  number: serviceRevision.number,
  modelVersionId: serviceRevision.modelVersionId,
  modelName: model.name,
  versionNumber: modelVersion.number,
  specDigest: serviceRevision.specDigest,
  imageDigest: serviceRevision.imageDigest,
  adopted: isAdopted,
  /** Of the spec only what the check of the bytes follows from: whole specs are long. */
  delivery: sql<unknown>`${serviceRevision.spec} -> 'artefact'`,
  sourceUri: modelVersion.sourceUri,
  artefactDigest: modelVersion.artefactDigest,
};

type RefColumns = Omit<RevisionRef, 'byteCheck'> & {
  readonly delivery: unknown;
  readonly sourceUri: string;
  readonly artefactDigest: string | null;
};

/** The ref of a row of `revisionRefColumns`; further columns stay. */
export function revisionRef<Row extends RefColumns>({ delivery, sourceUri, artefactDigest, ...row }: Row) {
  return {
    ...row,
    byteCheck: byteCheck(artefactDeliverySchema.parse(delivery), { sourceUri, artefactDigest }),
  };
}

/** Looks up revisions by id in one round trip; the returned function gives null for null and throws for an id not asked for. */
export async function revisionRefs(
  queries: Queries,
  ids: Iterable<string | null>,
): Promise<{ of(id: string): RevisionRef; maybe(id: string | null): RevisionRef | null }> {
  const wanted = [...new Set(ids)].filter((id) => id !== null);
  const rows =
    wanted.length === 0
      ? []
      : await queries
          .select(revisionRefColumns)
          .from(serviceRevision)
          .innerJoin(modelVersion, eq(modelVersion.id, serviceRevision.modelVersionId))
          .innerJoin(model, eq(model.id, modelVersion.modelId))
          .where(inArray(serviceRevision.id, wanted));
  const byId = new Map(rows.map((row) => [row.revisionId, revisionRef(row)]));
  const of = (id: string): RevisionRef => {
    const found = byId.get(id);
    if (found === undefined) throw new Error(`Revision ${id} was not loaded.`);
    return found;
  };
  return { of, maybe: (id) => (id === null ? null : of(id)) };
}
