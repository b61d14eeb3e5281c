import { sql } from 'drizzle-orm';
import {
  doublePrecision,
  foreignKey,
  index,
  integer,
  jsonb,
  pgTable,
  primaryKey,
  text,
  unique,
  uniqueIndex,
  uuid,
} from 'drizzle-orm/pg-core';
import { templateUnits, templateUsers } from '../../domain/metric-template.ts';
import { id, instant, projectId } from './columns.ts';
import { environment } from './environments.ts';

/** Queries over an environment's metrics source that charts may be made of. */
export const metricTemplate = pgTable(
  'metric_template',
  {
    id: id(),
    projectId: projectId(),
    environmentId: uuid('environment_id').notNull(),
    name: text('name').notNull(),
    query: text('query').notNull(),
    unit: text('unit', { enum: templateUnits }).notNull(),
    stepSeconds: integer('step_seconds').notNull(),
    /** TemplateLabel[] of domain/metric-template.ts. */
    labels: jsonb('labels').notNull(),
    usedBy: text('used_by', { enum: templateUsers }).notNull(),
    createdAt: instant('created_at').notNull(),
    /** What is stored of it is still shown; nothing is asked any more. */
    removedAt: instant('removed_at'),
  },
  (table) => [
    unique('metric_template_scope').on(table.projectId, table.id),
    uniqueIndex('metric_template_name').on(table.projectId, table.name).where(sql`removed_at is null`),
    foreignKey({
      columns: [table.projectId, table.environmentId],
      foreignColumns: [environment.projectId, environment.id],
    }),
  ],
);

/** A template with chosen values that was on a board or shared: how its source was last asked, for all charts of it. */
export const templateChart = pgTable(
  'template_chart',
  {
    id: id(),
    projectId: projectId(),
    templateId: uuid('template_id').notNull(),
    /** Value by label. */
    values: jsonb('values').notNull(),
    /** When it was last on a board or shared. */
    wantedAt: instant('wanted_at').notNull(),
    nextAskAt: instant('next_ask_at').notNull(),
    askedAt: instant('asked_at'),
    /** Why the last time gave no samples; null when it did. */
    problem: jsonb('problem'),
  },
  (table) => [
    unique('template_chart_values').on(table.templateId, table.values),
    foreignKey({
      columns: [table.projectId, table.templateId],
      foreignColumns: [metricTemplate.projectId, metricTemplate.id],
    }),
  ],
);

/** Samples of its lines by the clock of the environment's cluster, kept for days. */
export const chartSample = pgTable(
  'chart_sample',
  {
    templateChartId: uuid('template_chart_id')
      .notNull()
      .references(() => templateChart.id, { onDelete: 'cascade' }),
    series: text('series').notNull(),
    at: instant('at').notNull(),
    value: doublePrecision('value').notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.templateChartId, table.series, table.at] }),
    index('chart_sample_at').on(table.at),
  ],
);

/** The same by the hour that ends at `hourEnd`, for long times. */
export const chartSampleHour = pgTable(
  'chart_sample_hour',
  {
    templateChartId: uuid('template_chart_id')
      .notNull()
      .references(() => templateChart.id, { onDelete: 'cascade' }),
    series: text('series').notNull(),
    hourEnd: instant('hour_end').notNull(),
    count: integer('count').notNull(),
    sum: doublePrecision('sum').notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.templateChartId, table.series, table.hourEnd] }),
    index('chart_sample_hour_end').on(table.hourEnd),
  ],
);
