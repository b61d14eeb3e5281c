import { and, desc, eq, gt } from 'drizzle-orm';
import * as z from 'zod';
import type { Queries } from '../../db/client.ts';
import { serviceAlert } from '../../db/schema/alerts.ts';
import { service } from '../../db/schema/services.ts';
import { burnWindowsMs, judgeBurns } from '../../domain/burn-alert.ts';
import { idSchema } from '../../domain/name.ts';
import {
  attainment,
  burnPolicies,
  burnSentence,
  noCounts,
  type Objective,
  objectivePeriodMs,
  objectivesOf,
} from '../../domain/objective.ts';
import { objectivesSchema } from '../../domain/objective-schema.ts';
import { burnSeries } from '../../domain/objective-series.ts';
import { timelineOf } from '../audit/queries.ts';
import { clockOffsetMs } from '../clock.ts';
import { query } from '../query.ts';
import { latencyBoundaries } from '../rows/latency-boundaries.ts';
import { marksOf } from '../rows/metric-series.ts';
import { type CountsByKind, type HoursByKind, hourCounts, windowCounts } from '../rows/objective-counts.ts';
import { rowProject } from '../rows/row-project.ts';
import { loadService } from '../rows/service-record.ts';
import { viewerRefusal } from '../rows/viewer-refusal.ts';

/** Acts after which the service may have answered otherwise. */
const deploys = ['rollouts.start', 'rollouts.rollBack', 'services.alert', 'services.observe'];

/** What a service promises and how it keeps it: attainment and budget of 28 days, how fast it burns now and burnt each hour. */
export const getObjectives = query(
  {
    permission: 'services.objectives',
    schema: z.object({ serviceId: idSchema }),
    project: (db, input) => rowProject(db, service, input.serviceId),
  },
  async ({ db, input, projectId, principal, ctx }) => {
    const { row, environment } = await loadService(db, input.serviceId);
    const offset = await clockOffsetMs(db, environment.clusterId);
    const now = new Date((await ctx.clock(db)).getTime() + offset);
    const objectives = row.objectives === null ? null : objectivesSchema.parse(row.objectives);
    const promises = objectives === null ? [] : objectivesOf(objectives);
    const slowerThanMs = objectives?.latency?.slowerThanMs ?? null;
    const asked = { serviceId: row.id, now, slowerThanMs };
    const range = { from: new Date(now.getTime() - objectivePeriodMs), to: now };
    const [boundariesMs, counts, hours, timeline, alerts] = await Promise.all([
      latencyBoundaries(db, { serviceId: row.id, environmentId: environment.id }),
      windowCounts(db, asked, [...burnWindowsMs, objectivePeriodMs]),
      promises.length === 0 ? { errors: [], latency: [] } : hourCounts(db, asked),
      timelineOf(db, { projectId, kind: 'service', id: row.id }),
      alertsOf(db, row.id, range.from),
    ]);
    const charted = { from: chartStart(hours, range), to: now };
    return {
      objectives,
      boundariesMs,
      promises: promises.map((promise) => partOf(promise, { counts, hours, range: charted })),
      alerts,
      marks: marksOf(timeline, offset).filter(
        (mark, index) => mark.at >= charted.from && deploys.includes(timeline[index]?.action ?? ''),
      ),
      range: charted,
      refusal: viewerRefusal({ principal, projectId }, 'services.setObjectives'),
      now,
    };
  },
);

const leastChartMs = 24 * 3_600_000;

/** A service that is measured since yesterday is not shown as four empty weeks. */
function chartStart({ errors }: HoursByKind, { from, to }: { from: Date; to: Date }): Date {
  const first = errors[0]?.endMs ?? 0;
  return new Date(Math.max(from.getTime(), Math.min(first - 3_600_000, to.getTime() - leastChartMs)));
}

type Measured = {
  readonly counts: ReadonlyMap<number, CountsByKind>;
  readonly hours: HoursByKind;
  readonly range: { readonly from: Date; readonly to: Date };
};

function partOf(promise: Objective, { counts, hours, range }: Measured) {
  const { kind, budgetPpm } = promise;
  const countsOf = (windowMs: number) => counts.get(windowMs)?.[kind] ?? noCounts;
  const judgements = judgeBurns(promise, countsOf);
  const span = { fromMs: range.from.getTime(), toMs: range.to.getTime(), budgetPpm };
  return {
    ...promise,
    attainment: attainment(countsOf(objectivePeriodMs), promise),
    burns: judgements.map((judgement) => ({ ...judgement, sentence: burnSentence(promise, judgement) })),
    series: burnPolicies.map(({ key, longMs }) => ({
      key,
      windowMs: longMs,
      points: burnSeries(hours[kind], { ...span, windowMs: longMs }),
    })),
  };
}

/** Alerts of any kind of the last 28 days, newest first. */
async function alertsOf(db: Queries, serviceId: string, since: Date) {
  return await db
    .select({
      id: serviceAlert.id,
      kind: serviceAlert.kind,
      key: serviceAlert.key,
      severity: serviceAlert.severity,
      sentence: serviceAlert.sentence,
      startedAt: serviceAlert.startedAt,
      endedAt: serviceAlert.endedAt,
    })
    .from(serviceAlert)
    .where(and(eq(serviceAlert.serviceId, serviceId), gt(serviceAlert.startedAt, since)))
    .orderBy(desc(serviceAlert.startedAt))
    .limit(50);
}
