import { and, count, eq, isNull } from 'drizzle-orm';
import * as z from 'zod';
import { postgresError, type Transaction } from '../../db/client.ts';
import { metricTemplate, templateChart } from '../../db/schema/chart-samples.ts';
import { metricTemplateSchema } from '../../domain/metric-template.ts';
import { idSchema } from '../../domain/name.ts';
import { DomainError } from '../../domain/refusal.ts';
import { command } from '../command.ts';
import { newId } from '../id.ts';
import { demandEnvironment, onlyRow, rowProject } from '../rows/row-project.ts';
import { type MetricTemplateRow, metricTemplateOf } from '../rows/template-charts.ts';

const mostOfProject = 50;

const setSchema = z.object({
  projectId: idSchema,
  template: metricTemplateSchema,
  /** Changes this one; a new one when left out. */
  metricTemplateId: idSchema.optional(),
});

/** Makes or changes a metric template. What was stored goes with a query, place or step that is no longer asked. */
export const setMetricTemplate = command(
  {
    permission: 'metricTemplates.set',
    schema: setSchema,
    project: (tx, input) =>
      input.metricTemplateId === undefined
        ? input.projectId
        : rowProject(tx, metricTemplate, input.metricTemplateId),
  },
  async ({ tx, input, projectId, now }) => {
    const { metricTemplateId, template } = input;
    await demandEnvironment(tx, { projectId, environmentId: template.environmentId });
    const before = metricTemplateId === undefined ? null : await locked(tx, metricTemplateId);
    if (before === null) await checkRoom(tx, projectId);
    else if (asksOtherwise(before, template))
      await tx.delete(templateChart).where(eq(templateChart.templateId, before.id));
    const id = metricTemplateId ?? newId();
    const write =
      before === null
        ? tx.insert(metricTemplate).values({ id, projectId, createdAt: now, ...template })
        : tx.update(metricTemplate).set(template).where(eq(metricTemplate.id, id));
    await write.catch((error: unknown) => {
      if (postgresError(error)?.constraint !== 'metric_template_name') throw error;
      throw new DomainError({
        code: 'nameTaken',
        message: `There is a metric template "${template.name}" in the project already.`,
        params: { field: 'name' },
      });
    });
    return {
      result: { metricTemplateId: id },
      audit: [
        {
          object: { kind: 'metricTemplate', id, name: template.name },
          sentence:
            before === null
              ? `added the metric template "${template.name}"`
              : `changed the metric template "${before.name}"`,
          ...(before === null ? {} : { before: valuesOf(before) }),
          after: template,
        },
      ],
    };
  },
);

/** Takes a template away: what is stored of it stays on its charts, and nothing is asked any more. */
export const removeMetricTemplate = command(
  {
    permission: 'metricTemplates.remove',
    schema: z.object({ metricTemplateId: idSchema }),
    project: (tx, input) => rowProject(tx, metricTemplate, input.metricTemplateId),
  },
  async ({ tx, input, now }) => {
    const before = await locked(tx, input.metricTemplateId);
    await tx.update(metricTemplate).set({ removedAt: now }).where(eq(metricTemplate.id, before.id));
    return {
      result: null,
      audit: [
        {
          object: { kind: 'metricTemplate', id: before.id, name: before.name },
          sentence: `removed the metric template "${before.name}"`,
          before: valuesOf(before),
        },
      ],
    };
  },
);

const valuesOf = ({ id: _id, projectId: _projectId, removedAt: _removedAt, ...values }: MetricTemplateRow) =>
  values;

type Questions = Pick<MetricTemplateRow, 'environmentId' | 'query' | 'stepSeconds' | 'unit'>;

const asksOtherwise = (before: Questions, after: Questions): boolean =>
  before.environmentId !== after.environmentId ||
  before.query !== after.query ||
  before.unit !== after.unit ||
  before.stepSeconds !== after.stepSeconds;

async function locked(tx: Transaction, id: string): Promise<MetricTemplateRow> {
  const rows = await tx.select().from(metricTemplate).where(eq(metricTemplate.id, id)).for('update');
  const row = metricTemplateOf(onlyRow(rows));
  if (row.removedAt === null) return row;
  throw new DomainError({
    code: 'wrongState',
    message: `The metric template "${row.name}" was removed.`,
    fix: 'Add a new one.',
  });
}

async function checkRoom(tx: Transaction, projectId: string): Promise<void> {
  const [row] = await tx
    .select({ total: count() })
    .from(metricTemplate)
    .where(and(eq(metricTemplate.projectId, projectId), isNull(metricTemplate.removedAt)));
  if ((row?.total ?? 0) < mostOfProject) return;
  throw new DomainError({
    code: 'rateLimited',
    message: `A project has at most ${mostOfProject} metric templates.`,
    fix: 'Remove one that no chart needs.',
  });
}
