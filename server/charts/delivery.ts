import { sql } from 'drizzle-orm';
import type { ChartRange } from '../../domain/chart/chart-series.ts';
import type { ChartUnit } from '../../domain/chart/chart-unit.ts';
import {
  type DeliveryMeasure,
  type EndedChange,
  measureOf,
  measurePoints,
} from '../../domain/chart/delivery-measures.ts';
import { countOf, durationText, shareText } from '../../domain/figure-text.ts';
import type { ChartAsk, ChartPart } from './chart-part.ts';
import { chartService, serviceNames } from './chart-service.ts';
import { openStep, openWords } from './open-step.ts';

const dayMs = 86_400_000;
/** Up to two weeks are shown by day, longer ranges by week. */
const mostDays = 14;

const looks: Record<DeliveryMeasure, { title: string; line: string; unit: ChartUnit }> = {
  leadTime: { title: 'Lead time of promotions', line: 'Median lead time', unit: 'ms' },
  deploymentFrequency: { title: 'Deployments', line: 'Deployments', unit: 'count' },
  changeFailureShare: { title: 'Share of changes that failed', line: 'Failed changes', unit: 'share' },
  timeToRestore: { title: 'Time to restore', line: 'Median time to restore', unit: 'ms' },
};

type DeliverySpec = { readonly kind: DeliveryMeasure; readonly serviceId?: string | undefined };

/** One measure of delivery over the project or a service, by whole UTC days or weeks, from its rollouts that ended. */
export async function deliveryPart(ask: ChartAsk, { kind, serviceId }: DeliverySpec): Promise<ChartPart> {
  const service = serviceId === undefined ? null : await chartService(ask, serviceId);
  const { title, line, unit } = looks[kind];
  const { range, stepMs } = stepsOf(ask);
  const changes = await endedChanges(ask, { range, serviceId: serviceId ?? null });
  // Only a count grows with its step.
  const open = kind === 'deploymentFrequency' ? openStep({ range, stepMs }, ask.now) : {};
  const step = stepMs === dayMs ? 'day' : 'week';
  return {
    title: `${title}, by ${step}`,
    unit,
    range,
    stepMs,
    ...open,
    series: [
      {
        key: kind,
        label: line,
        subject: null,
        role: 'stable',
        points: measurePoints(kind, changes, { range, stepMs }),
      },
    ],
    thresholds: [],
    words: [wordsOf(kind, changes), ...openWords(open, step)],
    names: service === null ? {} : serviceNames(service),
  };
}

/** Whole days or weeks that the range touches, the last one begun at the latest now. */
function stepsOf({ range: { from, to }, now }: ChartAsk): { range: ChartRange; stepMs: number } {
  const end = Math.ceil(Math.min(to, now.getTime()) / dayMs) * dayMs;
  const days = Math.max(1, Math.ceil((end - from) / dayMs));
  if (days <= mostDays) return { range: { from: end - days * dayMs, to: end }, stepMs: dayMs };
  const weeks = Math.ceil(days / 7);
  return { range: { from: end - weeks * 7 * dayMs, to: end }, stepMs: 7 * dayMs };
}

type Row = { ended_ms: number; lead_ms: number | null; failed: boolean; restore_ms: number | null };

/**
 * Rollouts of promotions that ended in the range. One that was aborted or rolled back failed, and so did one that its bake
 * led back. Restored is when the new revision had no traffic any more.
 */
async function endedChanges(
  { db, projectId }: ChartAsk,
  { range, serviceId }: { range: ChartRange; serviceId: string | null },
): Promise<EndedChange[]> {
  const ms = (expression: ReturnType<typeof sql>) => sql`(extract(epoch from ${expression}) * 1000)::float8`;
  const { rows } = await db.execute<Row>(sql`
    with ended as (
      select r.*, p.requested_at,
        coalesce(c.clock_offset_ms, 0) * interval '1 millisecond' as ahead,
        (select min(i.effective_at) from role_interval i where i.rollout_id = r.id and i.role = 'canary') as first_traffic_at,
        (select coalesce(back.weight_off_at, back.full_at, back.ended_at) from rollout back
         where back.id::text = r.bake_outcome ->> 'rolloutId') as led_back_at
      from rollout r join promotion p on p.id = r.promotion_id
        join service s on s.id = r.service_id join environment e on e.id = s.environment_id
        left join sandbox.cluster c on c.cluster_id = e.cluster_id
      where r.project_id = ${projectId} and r.ended_at is not null
        ${serviceId === null ? sql`` : sql`and r.service_id = ${serviceId}`}
    ), judged as (
      select *, phase <> 'succeeded' or bake_outcome is not null as failed from ended
    )
    select ${ms(sql`ended_at - ahead`)} as ended_ms, failed,
      case when phase = 'succeeded' then ${ms(sql`greatest(coalesce(full_at, ended_at) - ahead - requested_at, interval '0')`)} end as lead_ms,
      case when failed then ${ms(sql`
        coalesce(case when phase = 'succeeded' then led_back_at else weight_off_at end, ended_at)
        - coalesce(first_traffic_at, started_at)`)} end as restore_ms
    from judged
    where ended_at - ahead >= ${new Date(range.from).toISOString()}::timestamptz
      and ended_at - ahead < ${new Date(range.to).toISOString()}::timestamptz
    order by ended_at limit 20000`);
  return rows.map(({ ended_ms, lead_ms, failed, restore_ms }) => ({
    endedMs: ended_ms,
    leadMs: lead_ms,
    failed,
    restoreMs: restore_ms,
  }));
}

function wordsOf(kind: DeliveryMeasure, changes: readonly EndedChange[]): string {
  if (changes.length === 0) return 'No change ended in this time.';
  const value = measureOf(kind, changes);
  const got = changes.filter(({ leadMs }) => leadMs !== null).length;
  switch (kind) {
    case 'deploymentFrequency':
      return `${countOf(got, 'change')} reached all traffic.`;
    case 'changeFailureShare':
      return `${shareText(value ?? 0)} of ${countOf(changes.length, 'change')} failed.`;
    case 'leadTime':
      return value === null
        ? 'No change reached all traffic in this time.'
        : `Half of ${countOf(got, 'change')} took at most ${durationText(value)} from the request to all traffic.`;
    case 'timeToRestore':
      return value === null
        ? 'No change failed in this time.'
        : `Half of the failed changes were without traffic again within ${durationText(value)}.`;
  }
}
