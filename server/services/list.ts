import { and, asc, count, eq, ilike } from 'drizzle-orm';
import { environment } from '../../db/schema/environments.ts';
import { service } from '../../db/schema/services.ts';
import { idSchema } from '../../domain/name.ts';
import { query } from '../query.ts';
import { containing, offsetOf, type Page, pageOf, pageSchema, searchSchema } from '../rows/paging.ts';
import { type ServiceRow, serviceRows } from './rows.ts';

/** Services of the project by environment and name. */
export const listServices = query(
  {
    permission: 'services.list',
    schema: pageSchema.extend({
      projectId: idSchema,
      environmentId: idSchema.optional(),
      search: searchSchema,
    }),
    project: (_db, input) => input.projectId,
  },
  async ({ db, input, projectId }): Promise<Page<ServiceRow>> => {
    const where = and(
      eq(service.projectId, projectId),
      input.environmentId === undefined ? undefined : eq(service.environmentId, input.environmentId),
      input.search ? ilike(service.name, containing(input.search)) : undefined,
    );
    const [totals, found] = await Promise.all([
      db.select({ total: count() }).from(service).where(where),
      db
        .select({ row: service })
        .from(service)
        .innerJoin(environment, eq(environment.id, service.environmentId))
        .where(where)
        .orderBy(asc(environment.position), asc(service.name))
        .limit(input.pageSize)
        .offset(offsetOf(input)),
    ]);
    const rows = await serviceRows(
      db,
      found.map((entry) => entry.row),
    );
    return pageOf(input, { rows, total: totals[0]?.total ?? 0 });
  },
);
