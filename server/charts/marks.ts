import { type SQL, sql } from 'drizzle-orm';
import type { ChartAnswer, MarkKind } from '../../domain/chart/chart-answer.ts';
import type { ChartMark, ChartRange } from '../../domain/chart/chart-series.ts';
import type { ChartAsk } from './chart-part.ts';

/** Marks that lie over each other are drawn as one; of more than these the newest are kept. */
const mostMarks = 60;

type Row = { kind: MarkKind; at: string; label: string; href: string | null };

const tones: Record<MarkKind, ChartMark['tone']> = {
  deploy: 'ok',
  approval: 'neutral',
  abort: 'warn',
  rollBack: 'bad',
  alert: 'bad',
  annotation: 'neutral',
};

/**
 * Deploys, approvals, aborts, roll backs, alerts and notes of a service (or of all of the project), oldest first; times of services
 * whose clock is ahead are on the clock of the console.
 */
export async function marksIn(
  { db, projectId }: ChartAsk,
  { range, serviceId }: { range: ChartRange; serviceId: string | null },
): Promise<ChartAnswer['marks']> {
  const { rows } = await db.execute<Row>(sql`
    with mine as (
      select s.id, s.name, coalesce(c.clock_offset_ms, 0) * interval '1 millisecond' as ahead
      from service s join environment e on e.project_id = s.project_id and e.id = s.environment_id
        left join sandbox.cluster c on c.cluster_id = e.cluster_id
      where s.project_id = ${projectId} ${serviceId === null ? sql`` : sql`and s.id = ${serviceId}`}
    ), found as (${sql.join([...sources, notes(projectId)], sql` union all `)})
    select kind, to_char(at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') as at, label, href from found
    where at >= ${new Date(range.from).toISOString()}::timestamptz
      and at <= ${new Date(range.to).toISOString()}::timestamptz
    order by at desc limit ${mostMarks}`);
  return rows.reverse().map(({ kind, at, label, href }) => ({
    at: Date.parse(at),
    kind,
    label,
    href: href ?? undefined,
    tone: tones[kind],
  }));
}

const ended = (phase: string, kind: MarkKind, words: string): SQL => sql`
  select ${kind}::text as kind, coalesce(r.full_at, r.weight_off_at, r.ended_at) - mine.ahead as at,
         ${words}::text || mine.name as label, '/rollouts/' || r.id as href
  from rollout r join mine on mine.id = r.service_id where r.phase = ${phase}`;

const sources: readonly SQL[] = [
  ended('succeeded', 'deploy', 'All traffic of '),
  ended('aborted', 'abort', 'Aborted: '),
  ended('rolledBack', 'rollBack', 'Rolled back: '),
  sql`select 'deploy', r.started_at - mine.ahead, 'Rollout of ' || mine.name, '/rollouts/' || r.id
      from rollout r join mine on mine.id = r.service_id`,
  sql`select 'approval', a.decided_at, 'Approved for ' || mine.name, '/promotions/' || p.id
      from approval a join promotion p on p.project_id = a.project_id and p.action_id = a.action_id
        join mine on mine.id = p.service_id where a.decision = 'approve'`,
  sql`select 'alert', a.started_at - mine.ahead, 'Alert of ' || mine.name, '/services/' || mine.id
      from service_alert a join mine on mine.id = a.service_id`,
  sql`select 'alert', a.opened_at, 'Drift alert of ' || mine.name, '/monitoring/alerts/' || a.id
      from drift_alert a join mine on mine.id = a.service_id`,
];

/** Of a service also what is noted for all of the project. */
const notes = (projectId: string): SQL => sql`
  select 'annotation', n.at, n.text, null
  from annotation n
  where n.project_id = ${projectId} and (n.service_id is null or n.service_id in (select id from mine))`;
