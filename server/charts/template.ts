import { and, eq, sql } from 'drizzle-orm';
import { metricTemplate, templateChart } from '../../db/schema/chart-samples.ts';
import { environment } from '../../db/schema/environments.ts';
import type { SubjectKey, Words } from '../../domain/chart/chart-answer.ts';
import type { ChartSpec } from '../../domain/chart/chart-spec.ts';
import { chartStep } from '../../domain/chart/chart-step.ts';
import { durationText } from '../../domain/figure-text.ts';
import { mostTemplateSeries } from '../../domain/metric-template.ts';
import { templateChartName, templateSubject } from '../../domain/template-chart-name.ts';
import { clockOffsetMs } from '../clock.ts';
import { onlyRow } from '../rows/row-project.ts';
import { type AskProblem, askProblemSchema } from '../rows/template-asks.ts';
import type { ChartAsk, ChartPart } from './chart-part.ts';

type TemplateSpec = Extract<ChartSpec, { kind: 'template' }>;

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;
/** Single samples are forgotten a day later; older times, and longer ones, are read from whole hours. */
const keptMs = 7 * dayMs;
const longMs = 3 * dayMs;

/**
 * Samples that the worker stored of a metric template, a line per series; never asks the source itself, so that whoever looks
 * costs it nothing. A step is the mean of its samples, one without any is a gap.
 */
export async function templatePart(ask: ChartAsk, spec: TemplateSpec): Promise<ChartPart> {
  const { db, projectId, range, now } = ask;
  const { template, clusterId } = onlyRow(
    await db
      .select({ template: metricTemplate, clusterId: environment.clusterId })
      .from(metricTemplate)
      .innerJoin(environment, eq(environment.id, metricTemplate.environmentId))
      .where(and(eq(metricTemplate.id, spec.templateId), eq(metricTemplate.projectId, projectId))),
  );
  const [chart] = await db
    .select()
    .from(templateChart)
    .where(
      and(
        eq(templateChart.templateId, template.id),
        sql`${templateChart.values} = ${JSON.stringify(spec.values)}::jsonb`,
      ),
    );
  const byHours = range.to - range.from > longMs || range.from < now.getTime() - keptMs;
  const leastMs = byHours ? hourMs : template.stepSeconds * 1_000;
  const stepMs = Math.max(leastMs, chartStep(range, ask.maxPoints, leastMs));
  const offsetMs = await clockOffsetMs(db, clusterId);
  const lines =
    chart === undefined ? [] : await linesOf(ask, { chartId: chart.id, byHours, stepMs, offsetMs });
  const series = lines.map(({ name, points }): ChartPart['series'][number] => {
    const isAlone = name === '';
    return {
      key: isAlone ? 'value' : name,
      label: isAlone ? 'Value' : name,
      subject: isAlone ? null : `group ${name}`,
      role: lines.length === 1 ? 'stable' : 'other',
      points,
    };
  });
  const names: Partial<Record<SubjectKey, string>> = {
    [templateSubject(spec)]: templateChartName(template.name, spec.values),
  };
  for (const { subject, label } of series) if (subject !== null) names[subject] = label;
  const problem = chart?.problem == null ? null : askProblemSchema.parse(chart.problem);
  return {
    title: 'Metric',
    unit: template.unit,
    stepMs,
    series,
    thresholds: [],
    words: wordsOf({
      problem,
      isRemoved: template.removedAt !== null,
      isAsked: chart?.askedAt != null,
      stepMs: template.stepSeconds * 1_000,
    }),
    names,
  };
}

type Lines = {
  readonly chartId: string;
  readonly byHours: boolean;
  readonly stepMs: number;
  readonly offsetMs: number;
};

/** Means by step, which is told by its end on the clock of the console. */
async function linesOf({ db, range }: ChartAsk, { chartId, byHours, stepMs, offsetMs }: Lines) {
  const source = byHours
    ? sql`select series, hour_end as at, sum, count from chart_sample_hour where template_chart_id = ${chartId}`
    : sql`select series, at, value as sum, 1 as count from chart_sample where template_chart_id = ${chartId}`;
  const at = (ms: number) => sql`${new Date(ms + offsetMs).toISOString()}::timestamptz`;
  const { rows } = await db.execute<{ name: string; end: string; mean: number }>(sql`
    select series as name, ceil(extract(epoch from at) * 1000 / ${stepMs}) * ${stepMs} as end, sum(sum) / sum(count) as mean
    from (${source}) samples
    where at > ${at(range.from)} and at <= ${at(range.to)}
    group by 1, 2 order by 1, 2`);
  const lines = new Map<string, [number, number][]>();
  for (const { name, end, mean } of rows) {
    const points = lines.get(name) ?? [];
    points.push([Number(end) - offsetMs, mean]);
    lines.set(name, points);
  }
  return [...lines].slice(0, mostTemplateSeries).map(([name, points]) => ({ name, points }));
}

const problemWords: Record<AskProblem['reason'], string> = {
  unreachable: 'the metrics source cannot be reached',
  refused: 'the metrics source refused',
  tooLarge: 'the metrics source has more to tell than a chart shows',
  timeout: 'the metrics source did not answer in time',
  noSeries: 'the metrics source has nothing to tell',
  malformed: 'the metrics source did not answer in a form that can be read',
  notConfigured: 'there is no metrics source',
  notListed: 'its values are not listed any more',
};

type Standing = {
  readonly problem: AskProblem | null;
  readonly isRemoved: boolean;
  readonly isAsked: boolean;
  readonly stepMs: number;
};

/** Closed words only, because strangers read them too. */
function wordsOf({ problem, isRemoved, isAsked, stepMs }: Standing): Words {
  if (isRemoved) return ['Nothing new is stored of it, because its template was removed.'];
  if (problem !== null) return [`The newest samples are missing: ${problemWords[problem.reason]}.`];
  if (!isAsked)
    return [
      'Nothing is stored of it yet. The first samples come within two minutes of its being on a board or shared.',
    ];
  return [`Measured every ${durationText(stepMs)}.`];
}
