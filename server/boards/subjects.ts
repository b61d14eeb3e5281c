import { and, asc, eq, isNull, sql } from 'drizzle-orm';
import type { Queries } from '../../db/client.ts';
import { budget } from '../../db/schema/budgets.ts';
import { metricTemplate } from '../../db/schema/chart-samples.ts';
import { driftFeature, driftMonitor } from '../../db/schema/drift.ts';
import { environment } from '../../db/schema/environments.ts';
import { service } from '../../db/schema/services.ts';
import type { BoardSpec } from '../../domain/board.ts';
import type { TemplateSubjects } from '../../domain/board-template.ts';
import { objectivesSchema } from '../../domain/objective-schema.ts';
import { notFound } from '../rows/row-project.ts';
import { metricTemplateOf } from '../rows/template-charts.ts';

/** More of a kind cannot be chosen from one list. */
const mostOfKind = 500;

/** What of a project charts can be about, by name. */
export async function chartSubjects(db: Queries, projectId: string) {
  const services = await db
    .select({
      id: service.id,
      name: service.name,
      environment: environment.name,
      isLive: sql<boolean>`${service.stableRevisionId} is not null`,
      objectives: service.objectives,
      isMonitored: sql<boolean>`exists (select from ${driftMonitor} m where m.service_id = ${service.id})`,
    })
    .from(service)
    .innerJoin(environment, eq(environment.id, service.environmentId))
    .where(eq(service.projectId, projectId))
    .orderBy(sql`${environment.production} desc`, asc(service.name))
    .limit(mostOfKind);
  const features = await db
    .select({ id: driftFeature.id, name: driftFeature.name, serviceId: driftFeature.serviceId })
    .from(driftFeature)
    .where(and(eq(driftFeature.projectId, projectId), eq(driftFeature.state, 'counted')))
    .orderBy(asc(driftFeature.name))
    .limit(mostOfKind);
  const budgets = await db
    .select({ id: budget.id, name: budget.name })
    .from(budget)
    .where(and(eq(budget.projectId, projectId), isNull(budget.closedAt)))
    .orderBy(asc(budget.name))
    .limit(mostOfKind);
  const templates = await db
    .select()
    .from(metricTemplate)
    .where(and(eq(metricTemplate.projectId, projectId), isNull(metricTemplate.removedAt)))
    .orderBy(asc(metricTemplate.name))
    .limit(mostOfKind);
  return {
    templates: templates.map((row) => {
      const { id, name, labels, usedBy } = metricTemplateOf(row);
      return { id, name, labels, usedBy };
    }),
    services: services.map(({ objectives, ...each }) => ({
      ...each,
      objectives: objectives === null ? null : objectivesSchema.parse(objectives),
    })),
    features,
    budgets,
  };
}

/** The same as ready boards take it. */
export async function templateSubjects(db: Queries, projectId: string): Promise<TemplateSubjects> {
  const { services, budgets } = await chartSubjects(db, projectId);
  return {
    serviceIds: services.filter(({ isLive }) => isLive).map(({ id }) => id),
    monitoredServiceIds: services.filter(({ isMonitored }) => isMonitored).map(({ id }) => id),
    budgetIds: budgets.map(({ id }) => id),
  };
}

/** Throws notFound unless every subject of the charts is the project's, whatever became of it since. */
export async function refuseForeignSubjects(db: Queries, projectId: string, spec: BoardSpec): Promise<void> {
  const ids = { service: new Set<string>(), drift_feature: new Set<string>(), budget: new Set<string>() };
  for (const { spec: chart } of spec.charts) {
    if ('serviceId' in chart && chart.serviceId !== undefined) ids.service.add(chart.serviceId);
    if (chart.kind === 'feature') ids.drift_feature.add(chart.featureId);
    if (chart.kind === 'budget') ids.budget.add(chart.budgetId);
  }
  for (const [table, wanted] of Object.entries(ids)) {
    if (wanted.size === 0) continue;
    const { rows } = await db.execute<{ known: number }>(sql`
      select count(*)::int as known from ${sql.identifier(table)}
      where project_id = ${projectId} and id = any(${sql.param([...wanted])}::uuid[])`);
    if (rows[0]?.known !== wanted.size) throw notFound();
  }
}
