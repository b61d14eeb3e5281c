import { eq } from 'drizzle-orm';
import * as z from 'zod';
import { rollout } from '../../db/schema/rollouts.ts';
import { idSchema } from '../../domain/name.ts';
import { timelineOf } from '../audit/queries.ts';
import { clockOffsetMs } from '../clock.ts';
import { query } from '../query.ts';
import {
  type MetricSeries,
  marksOf,
  metricSeries,
  rangeOf,
  rangeSchema,
  type SeriesRole,
  slowBoundOf,
} from '../rows/metric-series.ts';
import { revisionRefs } from '../rows/revision-refs.ts';
import { planOf } from '../rows/rollout-rows.ts';
import { onlyRow, rowProject } from '../rows/row-project.ts';
import { loadService } from '../rows/service-record.ts';

const minuteMs = 60_000;
const dayMs = 86_400_000;

/** Canary against stable over the rollout, from ten minutes before its start; at most its last day unless a range is given. */
export const rolloutSeries = query(
  {
    permission: 'rollouts.series',
    schema: z.object({ rolloutId: idSchema, ...rangeSchema }),
    project: (db, input) => rowProject(db, rollout, input.rolloutId),
  },
  async ({ db, input, projectId, ctx }): Promise<MetricSeries> => {
    const record = onlyRow(await db.select().from(rollout).where(eq(rollout.id, input.rolloutId)));
    const { environment: place } = await loadService(db, record.serviceId);
    const offset = await clockOffsetMs(db, place.clusterId);
    const now = new Date((await ctx.clock(db)).getTime() + offset);
    const revisions = await revisionRefs(db, [record.fromRevisionId, record.toRevisionId]);
    const roles = new Map<number, SeriesRole>([[revisions.of(record.toRevisionId).number, 'canary']]);
    const from = revisions.maybe(record.fromRevisionId);
    if (from !== null) roles.set(from.number, 'stable');
    const end = record.endedAt === null ? now : new Date(record.endedAt.getTime() + 10 * minuteMs);
    const start = Math.max(record.startedAt.getTime() - 10 * minuteMs, end.getTime() - dayMs);
    const timeline = await timelineOf(db, { projectId, kind: 'rollout', id: record.id });
    return await metricSeries(db, {
      serviceId: record.serviceId,
      range: rangeOf(input, { from: new Date(start), to: end }),
      widthPixels: input.widthPixels,
      slowerThanMs: slowBoundOf(planOf(record)),
      roles,
      marks: marksOf(timeline, offset),
    });
  },
);
