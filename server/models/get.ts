import { and, count, desc, eq, getTableColumns, ilike, inArray, or, type SQL, sql } from 'drizzle-orm';
import * as z from 'zod';
import type { Queries } from '../../db/client.ts';
import { evidence, model, modelVersion } from '../../db/schema/models.ts';
import { metricsSchema, tagsSchema } from '../../domain/model-version.ts';
import { idSchema } from '../../domain/name.ts';
import { query } from '../query.ts';
import { isAdopted } from '../rows/adopted-version.ts';
import { type LiveAt, liveAt } from '../rows/live-at.ts';
import {
  containing,
  offsetOf,
  type Page,
  type PageInput,
  pageOf,
  pageSchema,
  searchSchema,
} from '../rows/paging.ts';
import { type PrincipalRef, principalRefs } from '../rows/principal-refs.ts';
import { onlyRow } from '../rows/row-project.ts';

export type VersionRow = {
  readonly id: string;
  readonly number: number;
  readonly sourceUri: string;
  readonly artefactDigest: string | null;
  readonly servingImage: string | null;
  /** Found running and never approved since. */
  readonly adopted: boolean;
  readonly framework: string | null;
  readonly metrics: Readonly<Record<string, number>>;
  readonly tags: Readonly<Record<string, string>>;
  readonly createdAt: Date;
  readonly createdBy: PrincipalRef;
  /** How much evidence of each verdict there is. */
  readonly evidence: { readonly passed: number; readonly failed: number; readonly noThreshold: number };
  readonly live: readonly LiveAt[];
};

/** One model by name with its versions, newest first. */
export const getModel = query(
  {
    permission: 'models.get',
    schema: pageSchema.extend({ projectId: idSchema, name: z.string().max(256), search: searchSchema }),
    project: (_db, input) => input.projectId,
  },
  async ({ db, input, projectId }) => {
    const found = onlyRow(
      await db
        .select()
        .from(model)
        .where(and(eq(model.projectId, projectId), eq(model.name, input.name.normalize('NFC')))),
    );
    const live = await liveAt(db, { projectId, modelIds: [found.id] });
    const by = await principalRefs(db, [found.createdBy]);
    return {
      id: found.id,
      projectId,
      name: found.name,
      description: found.description,
      createdAt: found.createdAt,
      createdBy: by(found.createdBy),
      live,
      versions: await versionsOf(db, { modelId: found.id, live, search: input.search, paging: input }),
    };
  },
);

async function versionsOf(
  db: Queries,
  scope: { modelId: string; live: LiveAt[]; search: string | undefined; paging: PageInput },
): Promise<Page<VersionRow>> {
  const where = and(eq(modelVersion.modelId, scope.modelId), matching(scope.search));
  const [totals, found] = await Promise.all([
    db.select({ total: count() }).from(modelVersion).where(where),
    db
      .select({ ...getTableColumns(modelVersion), adopted: isAdopted })
      .from(modelVersion)
      .where(where)
      .orderBy(desc(modelVersion.number))
      .limit(scope.paging.pageSize)
      .offset(offsetOf(scope.paging)),
  ]);
  const ids = found.map((row) => row.id);
  const [verdicts, by] = await Promise.all([
    evidenceCounts(db, ids),
    principalRefs(
      db,
      found.map((row) => row.createdBy),
    ),
  ]);
  const rows = found.map((row) => ({
    id: row.id,
    number: row.number,
    sourceUri: row.sourceUri,
    artefactDigest: row.artefactDigest,
    servingImage: row.servingImage,
    adopted: row.adopted,
    framework: row.framework,
    metrics: metricsSchema.parse(row.metrics),
    tags: tagsSchema.parse(row.tags),
    createdAt: row.createdAt,
    createdBy: by(row.createdBy),
    evidence: verdicts(row.id),
    live: scope.live.filter((place) => place.modelVersionId === row.id),
  }));
  return pageOf(scope.paging, { rows, total: totals[0]?.total ?? 0 });
}

function matching(search: string | undefined): SQL | undefined {
  if (search === undefined || search === '') return undefined;
  const pattern = containing(search);
  return or(
    sql`${modelVersion.number}::text = ${search}`,
    ilike(modelVersion.framework, pattern),
    ilike(modelVersion.runId, pattern),
    ilike(modelVersion.sourceUri, pattern),
    sql`${modelVersion.tags}::text ilike ${pattern}`,
  );
}

async function evidenceCounts(db: Queries, versionIds: string[]) {
  const rows =
    versionIds.length === 0
      ? []
      : await db
          .select({ versionId: evidence.modelVersionId, verdict: evidence.verdict, total: count() })
          .from(evidence)
          .where(inArray(evidence.modelVersionId, versionIds))
          .groupBy(evidence.modelVersionId, evidence.verdict);
  const of = (versionId: string, verdict: string) =>
    rows.find((row) => row.versionId === versionId && row.verdict === verdict)?.total ?? 0;
  return (versionId: string) => ({
    passed: of(versionId, 'passed'),
    failed: of(versionId, 'failed'),
    noThreshold: of(versionId, 'noThreshold'),
  });
}
