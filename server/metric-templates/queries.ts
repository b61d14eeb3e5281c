import { and, asc, eq, isNull } from 'drizzle-orm';
import * as z from 'zod';
import { metricTemplate, templateChart } from '../../db/schema/chart-samples.ts';
import { environment } from '../../db/schema/environments.ts';
import { idSchema } from '../../domain/name.ts';
import { query } from '../query.ts';
import { askProblemSchema } from '../rows/template-asks.ts';
import { metricTemplateOf } from '../rows/template-charts.ts';

/** Metric templates of the project by name, each with how its source was last asked for its charts. */
export const listMetricTemplates = query(
  {
    permission: 'metricTemplates.list',
    schema: z.object({ projectId: idSchema }),
    project: (_db, input) => input.projectId,
  },
  async ({ db, projectId }) => {
    const rows = await db
      .select({ template: metricTemplate, environmentName: environment.name })
      .from(metricTemplate)
      .innerJoin(environment, eq(environment.id, metricTemplate.environmentId))
      .where(and(eq(metricTemplate.projectId, projectId), isNull(metricTemplate.removedAt)))
      .orderBy(asc(metricTemplate.name));
    const charts = await db.select().from(templateChart).where(eq(templateChart.projectId, projectId));
    return rows.map(({ template, environmentName }) => {
      const own = charts.filter(({ templateId }) => templateId === template.id);
      const asked = own.flatMap(({ askedAt }) => (askedAt === null ? [] : [askedAt.getTime()]));
      const problem = own.find((chart) => chart.problem !== null)?.problem ?? null;
      return {
        ...metricTemplateOf(template),
        environmentName,
        charts: own.length,
        askedAt: asked.length === 0 ? null : new Date(Math.max(...asked)),
        problem: problem === null ? null : askProblemSchema.parse(problem).message,
      };
    });
  },
);
