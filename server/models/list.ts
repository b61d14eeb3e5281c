import { and, asc, count, eq, ilike, sql } from 'drizzle-orm';
import { model, modelVersion } from '../../db/schema/models.ts';
import { idSchema } from '../../domain/name.ts';
import { query } from '../query.ts';
import { type LiveAt, liveAt } from '../rows/live-at.ts';
import { containing, offsetOf, type Page, pageOf, pageSchema, searchSchema } from '../rows/paging.ts';
import { type PrincipalRef, principalRefs } from '../rows/principal-refs.ts';

export type ModelRow = {
  readonly id: string;
  readonly name: string;
  readonly description: string;
  readonly versionCount: number;
  readonly createdAt: Date;
  readonly latest: {
    readonly id: string;
    readonly number: number;
    readonly framework: string | null;
    readonly hasDigest: boolean;
    readonly createdAt: Date;
    readonly createdBy: PrincipalRef;
  } | null;
  readonly live: readonly LiveAt[];
};

/** Models of the project by name, each with its newest version and where it is live. */
export const listModels = query(
  {
    permission: 'models.list',
    schema: pageSchema.extend({ projectId: idSchema, search: searchSchema }),
    project: (_db, input) => input.projectId,
  },
  async ({ db, input, projectId }): Promise<Page<ModelRow>> => {
    const where = and(
      eq(model.projectId, projectId),
      input.search ? ilike(model.name, containing(input.search)) : undefined,
    );
    const [totals, found] = await Promise.all([
      db.select({ total: count() }).from(model).where(where),
      db
        .select({ model, version: modelVersion })
        .from(model)
        .leftJoin(
          modelVersion,
          and(eq(modelVersion.modelId, model.id), eq(modelVersion.number, sql`${model.nextNumber} - 1`)),
        )
        .where(where)
        .orderBy(asc(model.name))
        .limit(input.pageSize)
        .offset(offsetOf(input)),
    ]);
    const [live, by] = await Promise.all([
      liveAt(db, { projectId, modelIds: found.map((row) => row.model.id) }),
      principalRefs(
        db,
        found.map((row) => row.version?.createdBy ?? null),
      ),
    ]);
    const rows = found.map((row) => toRow(row, { live, by }));
    return pageOf(input, { rows, total: totals[0]?.total ?? 0 });
  },
);

type Found = { model: typeof model.$inferSelect; version: typeof modelVersion.$inferSelect | null };

function toRow({ model: found, version }: Found, more: { live: LiveAt[]; by: (id: string) => PrincipalRef }) {
  return {
    id: found.id,
    name: found.name,
    description: found.description,
    versionCount: found.nextNumber - 1,
    createdAt: found.createdAt,
    latest:
      version === null
        ? null
        : {
            id: version.id,
            number: version.number,
            framework: version.framework,
            hasDigest: version.artefactDigest !== null,
            createdAt: version.createdAt,
            createdBy: more.by(version.createdBy),
          },
    live: more.live.filter((place) => place.modelId === found.id),
  };
}
