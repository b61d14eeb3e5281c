import { and, asc, eq, lte, max, sql } from 'drizzle-orm';
import { type Database, type Queries, type Transaction, transaction } from '../../db/client.ts';
import { chartSample, metricTemplate, templateChart } from '../../db/schema/chart-samples.ts';
import { environment } from '../../db/schema/environments.ts';
import { filledQuery, mostTemplateSeries, seriesName, valuesProblem } from '../../domain/metric-template.ts';
import { newId } from '../id.ts';
import type { Metrics, RangeAnswer } from '../metrics/metrics.ts';
import type { AskProblem } from '../rows/template-asks.ts';
import { type MetricTemplateRow, metricTemplateOf } from '../rows/template-charts.ts';
import { accessOf } from './metrics-access.ts';
import type { MetricsAccess } from './metrics-sources.ts';

export type Sampling = {
  readonly db: Database;
  readonly clusterId: string;
  readonly metricsOf: (access: MetricsAccess) => Metrics;
  /** The cluster's clock. */
  readonly clock: (queries: Queries) => Promise<Date>;
};

/** Of one round: what is left is due in the next one. */
const mostAsks = 20;
const mostRoundMs = 30_000;
/** Of one ask: a chart that is new, or whose source was away, is filled up from here. */
const mostSteps = 1_000;
const mostBackMs = 7 * 86_400_000;
/** The newest scrape may still be on its way. */
const settleMs = 15_000;
const retryMs = 60_000;

/**
 * Asks the metrics sources of a cluster for what charts of templates are due, of those on boards or shared, and stores the
 * samples; returns how many charts were asked. A sample is stored once, whoever else asks, so it needs no fence.
 */
export async function keepChartSamples(sampling: Sampling): Promise<number> {
  const { db, clusterId } = sampling;
  const now = await sampling.clock(db);
  await wantCharts(db, clusterId, now);
  const due = await db
    .select({ chart: templateChart, template: metricTemplate, namespace: environment.namespace })
    .from(templateChart)
    .innerJoin(metricTemplate, eq(metricTemplate.id, templateChart.templateId))
    .innerJoin(environment, eq(environment.id, metricTemplate.environmentId))
    .where(
      and(
        eq(environment.clusterId, clusterId),
        eq(templateChart.wantedAt, now),
        lte(templateChart.nextAskAt, now),
      ),
    )
    .orderBy(asc(templateChart.nextAskAt))
    .limit(mostAsks);
  const untilMs = performance.now() + mostRoundMs;
  const away = new Map<string, AskProblem>();
  let asked = 0;
  for (const { chart, template, namespace } of due) {
    if (performance.now() > untilMs) break;
    const due: Due = {
      chartId: chart.id,
      values: chart.values as Record<string, string>,
      template: metricTemplateOf(template),
      namespace,
      now,
    };
    const { environmentId } = template;
    const problem = away.get(environmentId) ?? (await sample(sampling, due));
    if (problem?.reason === 'unreachable' || problem?.reason === 'timeout') away.set(environmentId, problem);
    await settle(db, due, problem);
    asked += 1;
  }
  return asked;
}

/** Every chart of a template that is on the newest version of a board, or shared and not over, gets a row. */
async function wantCharts(db: Database, clusterId: string, now: Date): Promise<void> {
  const { rows } = await db.execute<{ project: string; template: string; values: unknown }>(sql`
    with specs as (
      select b.project_id, one -> 'spec' as spec
      from board b join board_version v on v.board_id = b.id and v.number = b.version,
        jsonb_array_elements(v.spec -> 'charts') one
      where b.archived_at is null
      union all
      select project_id, one -> 'spec' from share, jsonb_array_elements(content -> 'charts') one
      where status = 'active' and expires_at > clock_timestamp())
    select distinct t.project_id as project, t.id as template, spec -> 'values' as values
    from specs join ${metricTemplate} t on t.id::text = spec ->> 'templateId' and t.project_id = specs.project_id
      join ${environment} e on e.id = t.environment_id
    where spec ->> 'kind' = 'template' and t.removed_at is null and e.cluster_id = ${clusterId}`);
  if (rows.length === 0) return;
  await db
    .insert(templateChart)
    .values(
      rows.map(({ project: projectId, template: templateId, values }) => ({
        id: newId(),
        projectId,
        templateId,
        values,
        wantedAt: now,
        nextAskAt: now,
      })),
    )
    .onConflictDoUpdate({ target: [templateChart.templateId, templateChart.values], set: { wantedAt: now } });
}

type Due = {
  readonly chartId: string;
  readonly values: Readonly<Record<string, string>>;
  readonly template: MetricTemplateRow;
  readonly namespace: string;
  readonly now: Date;
};

/** Asks for what is missing and stores it; why that gave nothing, or null. */
async function sample({ db, metricsOf }: Sampling, due: Due): Promise<AskProblem | null> {
  const { template, values, namespace } = due;
  const foreign = valuesProblem(template, values);
  if (foreign !== null) return { reason: 'notListed', message: foreign };
  const access = await accessOf(db, template.environmentId);
  const metrics = access === null ? undefined : metricsOf(access);
  if (metrics?.range === undefined)
    return { reason: 'notConfigured', message: 'The environment has no metrics source that can be asked.' };
  const span = await missing(db, due);
  if (span === null) return null;
  const query = filledQuery(template, values, { namespace });
  const answer = await metrics.range({ query, namespace, ...span });
  if (answer.kind === 'noEvidence') return { reason: answer.reason, message: answer.message };
  const problem = seriesProblem(answer.series, values);
  if (problem !== null) return problem;
  await store(db, due, answer.series);
  return null;
}

type Series = Extract<RangeAnswer, { kind: 'range' }>['series'];

function seriesProblem(series: Series, values: Due['values']): AskProblem | null {
  if (series.every(({ points }) => points.length === 0))
    return { reason: 'noSeries', message: 'The query gives no value in this time.' };
  if (series.length > mostTemplateSeries)
    return {
      reason: 'tooLarge',
      message: `The query gives ${series.length} series, and a chart shows at most ${mostTemplateSeries}: sum it by fewer labels.`,
    };
  const names = new Set(series.map(({ labels }) => seriesName(labels, values)));
  return names.size === series.length
    ? null
    : {
        reason: 'malformed',
        message: 'Two series have the same label values: sum the query by the labels that tell them apart.',
      };
}

/** Whole steps from the newest sample on, or as far back as one ask goes; null when none is over. */
async function missing(db: Database, { chartId, template, now }: Due) {
  const stepMs = template.stepSeconds * 1_000;
  const [row] = await db
    .select({ at: max(chartSample.at) })
    .from(chartSample)
    .where(eq(chartSample.templateChartId, chartId));
  const toMs = Math.floor((now.getTime() - settleMs) / stepMs) * stepMs;
  const backMs = Math.min(mostSteps * stepMs, mostBackMs);
  const fromMs = Math.max((row?.at?.getTime() ?? 0) + stepMs, toMs - backMs + stepMs);
  return fromMs > toMs ? null : { from: new Date(fromMs), to: new Date(toMs), stepMs };
}

async function store(db: Database, { chartId, values: chosen }: Due, series: Series): Promise<void> {
  const names: string[] = [];
  const ats: string[] = [];
  const values: number[] = [];
  for (const { labels, points } of series)
    for (const [atMs, value] of points) {
      names.push(seriesName(labels, chosen));
      ats.push(new Date(atMs).toISOString());
      values.push(value);
    }
  await transaction(db, async (tx) => {
    await tx.execute(sql`
      insert into chart_sample (template_chart_id, series, at, value)
      select ${chartId}::uuid, * from unnest(
        ${sql.param(names)}::text[], ${sql.param(ats)}::timestamptz[], ${sql.param(values)}::float8[])
      on conflict do nothing`);
    await sumHours(tx, chartId, ats);
  });
}

/** The hours that samples came into, summed anew from all their samples. */
async function sumHours(tx: Transaction, chartId: string, ats: readonly string[]): Promise<void> {
  const hour = (at: 'at' | 'came') =>
    sql.raw(`date_trunc('hour', ${at} - interval '1 millisecond', 'UTC') + interval '1 hour'`);
  await tx.execute(sql`
    insert into chart_sample_hour (template_chart_id, series, hour_end, count, sum)
    select template_chart_id, series, ${hour('at')}, count(*), sum(value)
    from chart_sample
    where template_chart_id = ${chartId} and ${hour('at')} in (
      select ${hour('came')} from unnest(${sql.param([...ats])}::timestamptz[]) came)
    group by 1, 2, 3
    on conflict (template_chart_id, series, hour_end) do update set count = excluded.count, sum = excluded.sum`);
}

async function settle(db: Database, { chartId, template, now }: Due, problem: AskProblem | null) {
  const stepMs = template.stepSeconds * 1_000;
  const toMs = Math.floor((now.getTime() - settleMs) / stepMs) * stepMs;
  const nextMs =
    problem === null
      ? toMs + stepMs + settleMs
      : now.getTime() + Math.max(retryMs, Math.min(stepMs, 5 * retryMs));
  await db
    .update(templateChart)
    .set({ askedAt: now, nextAskAt: new Date(nextMs), problem })
    .where(eq(templateChart.id, chartId));
}
