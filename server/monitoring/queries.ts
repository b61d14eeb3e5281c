import { desc, eq, sql } from 'drizzle-orm';
import * as z from 'zod';
import { queryPattern } from '../../db/schema/data-quality.ts';
import { service } from '../../db/schema/services.ts';
import { idSchema } from '../../domain/name.ts';
import { fewestHours, keptKeys, queryVerdict } from '../../domain/queries/patterns.ts';
import { query } from '../query.ts';
import { queryHours } from '../rows/query-hours.ts';
import { rowProject } from '../rows/row-project.ts';

const hourMs = 3_600_000;

/** How clients of a service asked in the last 7 days, hour by hour, and the busiest clients of the last whole hour. */
export const monitoredQueries = query(
  {
    permission: 'monitoring.queries',
    schema: z.object({ serviceId: idSchema }),
    project: (db, input) => rowProject(db, service, input.serviceId),
  },
  async ({ db, input, ctx }) => {
    const { serviceId } = input;
    const now = await ctx.clock(db);
    const untilMs = Math.floor(now.getTime() / hourMs) * hourMs;
    const hours = await queryHours(db, serviceId, { untilMs });
    const last = hours.at(-1) ?? null;
    const busiest =
      last === null
        ? []
        : await db
            .select({
              key: queryPattern.key,
              rows: queryPattern.rows,
              compared: queryPattern.compared,
              repeated: queryPattern.repeated,
            })
            .from(queryPattern)
            .where(
              sql`${eq(queryPattern.serviceId, serviceId)} and ${queryPattern.hourStart} = ${new Date(last.startMs).toISOString()}::timestamptz`,
            )
            .orderBy(desc(queryPattern.rows))
            .limit(keptKeys);
    const judged = last === null ? null : queryVerdict(last, hours.slice(0, -1));
    return { hours, busiest, judged, hoursNeeded: fewestHours };
  },
);
