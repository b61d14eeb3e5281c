import * as z from 'zod';
import { service } from '../../db/schema/services.ts';
import { idSchema } from '../../domain/name.ts';
import { timelineOf } from '../audit/queries.ts';
import { clockOffsetMs } from '../clock.ts';
import { query } from '../query.ts';
import { activeRollouts } from '../rows/active-rollouts.ts';
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
import { rowProject } from '../rows/row-project.ts';
import { loadService } from '../rows/service-record.ts';

const hourMs = 3_600_000;

/** Requests, errors and latency per revision over a range; the last hour unless given. */
export const serviceSamples = query(
  {
    permission: 'services.samples',
    schema: z.object({ serviceId: idSchema, ...rangeSchema }),
    project: (db, input) => rowProject(db, service, input.serviceId),
  },
  async ({ db, input, projectId, ctx }): Promise<MetricSeries> => {
    const { row, environment: place, defaultPlan } = await loadService(db, input.serviceId);
    const offset = await clockOffsetMs(db, place.clusterId);
    const now = new Date((await ctx.clock(db)).getTime() + offset);
    const active = (await activeRollouts(db, [row.id])).get(row.id);
    const revisions = await revisionRefs(db, [row.stableRevisionId, active?.toRevisionId ?? null]);
    const roles = new Map<number, SeriesRole>();
    const canary = revisions.maybe(active?.toRevisionId ?? null);
    if (canary !== null) roles.set(canary.number, 'canary');
    const stable = revisions.maybe(row.stableRevisionId);
    if (stable !== null) roles.set(stable.number, 'stable');
    const timeline = await timelineOf(db, { projectId, kind: 'service', id: row.id });
    return await metricSeries(db, {
      serviceId: row.id,
      range: rangeOf(input, { from: new Date(now.getTime() - hourMs), to: now }),
      widthPixels: input.widthPixels,
      slowerThanMs: slowBoundOf(defaultPlan),
      roles,
      marks: marksOf(timeline, offset),
    });
  },
);
