import { inArray } from 'drizzle-orm';
import * as z from 'zod';
import type { Queries } from '../../db/client.ts';
import { metricTemplate } from '../../db/schema/chart-samples.ts';
import type { AnyChartSpec } from '../../domain/chart/chart-spec.ts';
import {
  type MetricTemplate,
  metricTemplateSchema,
  type TemplateUser,
  valuesProblem,
} from '../../domain/metric-template.ts';
import type { Role } from '../../domain/permission.ts';
import type { Principal } from '../../domain/principal.ts';
import { DomainError } from '../../domain/refusal.ts';
import { notFound } from './row-project.ts';

const rowSchema = z.object({
  ...metricTemplateSchema.shape,
  id: z.string(),
  projectId: z.string(),
  removedAt: z.date().nullable(),
});
export type MetricTemplateRow = MetricTemplate & z.infer<typeof rowSchema>;

/** The row with its JSON parsed. */
export const metricTemplateOf = (row: typeof metricTemplate.$inferSelect): MetricTemplateRow =>
  rowSchema.parse(row);

const holders: Record<TemplateUser, readonly Role[]> = {
  engineer: ['engineer', 'operator', 'admin'],
  operator: ['operator', 'admin'],
  admin: ['admin'],
};

/** Whether somebody may make charts of a template; the system may of every one. */
export function mayUseTemplate(
  { kind, memberships }: Principal,
  { projectId, usedBy }: Pick<MetricTemplateRow, 'projectId' | 'usedBy'>,
): boolean {
  return kind === 'system' || holders[usedBy].some((role) => memberships.get(projectId)?.has(role) === true);
}

type Asked = {
  readonly projectId: string;
  readonly principal: Principal;
  readonly specs: readonly AnyChartSpec[];
};

/** Throws unless every chart of a template is of one of the project that this person may use, with values that it lists. */
export async function refuseTemplateCharts(
  db: Queries,
  { projectId, principal, specs }: Asked,
): Promise<void> {
  const charts = specs.flatMap((spec) => (spec.kind === 'template' ? [spec] : []));
  if (charts.length === 0) return;
  const ids = [...new Set(charts.map(({ templateId }) => templateId))];
  const rows = await db.select().from(metricTemplate).where(inArray(metricTemplate.id, ids));
  const templates = new Map(rows.map((row) => [row.id, metricTemplateOf(row)]));
  for (const { templateId, values } of charts) {
    const template = templates.get(templateId);
    if (template === undefined || template.projectId !== projectId) throw notFound();
    if (template.removedAt !== null)
      throw new DomainError({
        code: 'wrongState',
        message: `The metric template "${template.name}" was removed.`,
        fix: 'Choose another one, or take the chart out.',
      });
    if (!mayUseTemplate(principal, template))
      throw new DomainError({
        code: 'forbidden',
        message: `The metric template "${template.name}" is for the role ${holders[template.usedBy].join(' or ')}.`,
        fix: 'Ask an admin of the project for the role, or to change who may use it.',
      });
    const problem = valuesProblem(template, values);
    if (problem !== null)
      throw new DomainError({ code: 'invalidInput', message: problem, params: { field: 'values' } });
  }
}
