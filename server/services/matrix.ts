import { and, asc, countDistinct, eq, ilike, isNull, or, type SQL, sql } from 'drizzle-orm';
import { model, modelVersion } from '../../db/schema/models.ts';
import { roleInterval, service, serviceRevision } from '../../db/schema/services.ts';
import { idSchema, modelNameSchema } from '../../domain/name.ts';
import { query } from '../query.ts';
import { containing, offsetOf, type Page, pageOf, pageSchema, searchSchema } from '../rows/paging.ts';
import { type MatrixCell, matrixCells } from './matrix-cells.ts';
import { type MatrixEnvironment, matrixColumns } from './matrix-facts.ts';

/** One service over all environments: those of the same name; an environment without one is missing. */
type MatrixRow = { readonly name: string; readonly cells: MatrixCell[] };

export type ServiceMatrix = Page<MatrixRow> & { readonly environments: MatrixEnvironment[] };

/** Services by name and environment, with what runs where; a fixed number of round trips for a page. */
export const serviceMatrix = query(
  {
    permission: 'services.matrix',
    schema: pageSchema.extend({
      projectId: idSchema,
      search: searchSchema,
      /** Only services of which one runs this model now. */
      modelName: modelNameSchema.optional(),
    }),
    project: (_db, input) => input.projectId,
  },
  async ({ db, input, projectId, principal, ctx }): Promise<ServiceMatrix> => {
    const environments = await matrixColumns(db, projectId);
    const where = and(
      eq(service.projectId, projectId),
      input.search ? matching(input.search) : undefined,
      input.modelName === undefined ? undefined : running(projectId, input.modelName),
    );
    const totals = await db
      .select({ total: countDistinct(service.name) })
      .from(service)
      .where(where);
    const named = await db
      .select({ name: service.name })
      .from(service)
      .where(where)
      .groupBy(service.name)
      .orderBy(asc(service.name))
      .limit(input.pageSize)
      .offset(offsetOf(input));
    const names = named.map((row) => row.name);
    const now = await ctx.clock(db);
    const cells = await matrixCells(db, { projectId, principal, environments, names, now });
    const rows = names.map((name) => ({ name, cells: cells.get(name) ?? [] }));
    return { ...pageOf(input, { rows, total: totals[0]?.total ?? 0 }), environments };
  },
);

/** By the service's own name or that of the model which it runs. */
function matching(search: string): SQL | undefined {
  const pattern = containing(search);
  return or(
    ilike(service.name, pattern),
    sql`exists (select from ${serviceRevision}
      join ${modelVersion} on ${modelVersion.id} = ${serviceRevision.modelVersionId}
      join ${model} on ${model.id} = ${modelVersion.modelId}
      where ${serviceRevision.id} = ${service.stableRevisionId} and ${model.name} ilike ${pattern})`,
  );
}

/** Names of services that run the model now, as stable or as canary; other environments of the name belong to the row. */
function running(projectId: string, modelName: string): SQL {
  return sql`${service.name} in (select other.name from ${service} other
    join ${roleInterval} on ${roleInterval.serviceId} = other.id and ${isNull(roleInterval.toAt)}
    join ${serviceRevision} on ${serviceRevision.id} = ${roleInterval.revisionId}
    join ${modelVersion} on ${modelVersion.id} = ${serviceRevision.modelVersionId}
    join ${model} on ${model.id} = ${modelVersion.modelId}
    where ${model.projectId} = ${projectId} and ${model.name} = ${modelName.normalize('NFC')})`;
}
