import { asc, eq, sum } from 'drizzle-orm';
import { modelVersion, modelVersionFile } from '../../db/schema/models.ts';
import { idSchema } from '../../domain/name.ts';
import { query } from '../query.ts';
import { offsetOf, pageOf, pageSchema } from '../rows/paging.ts';
import { rowProject } from '../rows/row-project.ts';

/** The files that a version's digest is over, by path; none for an artefact that is one file or an OCI artefact. */
export const listFiles = query(
  {
    permission: 'modelVersions.files',
    schema: pageSchema.extend({ modelVersionId: idSchema }),
    project: (db, input) => rowProject(db, modelVersion, input.modelVersionId),
  },
  async ({ db, input }) => {
    const where = eq(modelVersionFile.modelVersionId, input.modelVersionId);
    const { path, size, sha256 } = modelVersionFile;
    const [total, sizes, rows] = await Promise.all([
      db.$count(modelVersionFile, where),
      db
        .select({ bytes: sum(size) })
        .from(modelVersionFile)
        .where(where),
      db
        .select({ path, size, sha256 })
        .from(modelVersionFile)
        .where(where)
        .orderBy(asc(modelVersionFile.position))
        .limit(input.pageSize)
        .offset(offsetOf(input)),
    ]);
    return { ...pageOf(input, { rows, total }), totalBytes: Number(sizes[0]?.bytes ?? 0) };
  },
);
