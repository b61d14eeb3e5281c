import { eq, isNull } from 'drizzle-orm';
import { expect } from 'vitest';
import type { Database } from '../../db/client.ts';
import { budget } from '../../db/schema/budgets.ts';
import { driftFeature } from '../../db/schema/drift.ts';
import { service } from '../../db/schema/services.ts';
import {
  type AnyChartSpec,
  type ChartSpec,
  trafficChartKinds,
  windowChartKinds,
} from '../../domain/chart/chart-spec.ts';
import { isOfInstance } from '../../domain/chart/of-instance.ts';
import { costGroupings, groupingsOfInstance } from '../../domain/ledger/cost-group.ts';
import { proposeLabels } from '../../domain/share/propose-labels.ts';
import { chartAnswer } from '../charts/chart-answer.ts';
import type { Context } from '../context.ts';
import type { Site } from '../http/request-context.ts';
import { createInstanceShare, createShare } from '../shares/create.ts';
import { embedApp } from './embed-app.ts';

/** For tests: ends every name, note, comment and reason that the database lets us change. */
export const canary = 'canaryzq';

/** For tests: plants the canary in all text of people's making; returns the tables in which it now is. */
export async function plantCanaries(db: Database): Promise<string[]> {
  const { rows } = await db.$client.query<{ table_name: string; column_name: string }>(
    `select table_name, column_name from information_schema.columns
     where table_schema = 'public' and data_type = 'text' and is_generated = 'NEVER'
       and column_name in ('name', 'note', 'comment', 'reason', 'group_name', 'title', 'sentence', 'url', 'source_uri', 'namespace')`,
  );
  const planted = [];
  for (const { table_name: table, column_name: column } of rows) {
    const changed = await db.$client
      .query(`update "${table}" set "${column}" = "${column}" || '${canary}' where "${column}" <> ''`)
      .then(
        ({ rowCount }) => (rowCount ?? 0) > 0,
        // What never changes (the trail) or has a form of its own is not planted.
        () => false,
      );
    if (changed) planted.push(table);
  }
  return planted;
}

const ofInstance: ReadonlySet<string> = new Set(groupingsOfInstance);
const projectGroupings = costGroupings.filter(
  (each): each is Exclude<typeof each, (typeof groupingsOfInstance)[number]> => !ofInstance.has(each),
);

/** For tests: a spec of every chart of the instance. */
async function everyInstanceSpec(db: Database): Promise<AnyChartSpec[]> {
  const budgets = await db.select({ id: budget.id }).from(budget).where(isNull(budget.projectId));
  return [
    ...costGroupings.map((groupBy) => ({ kind: 'instanceCost' as const, groupBy })),
    { kind: 'instanceCost', groupBy: 'project', rate: 'openCost' },
    ...budgets.map(({ id }) => ({ kind: 'instanceBudget' as const, budgetId: id })),
  ];
}

/** For tests: a spec of every kind of chart that the product's own data gives, over all services of the project. */
async function everySpec(db: Database, projectId: string): Promise<ChartSpec[]> {
  const services = await db.select({ id: service.id }).from(service).where(eq(service.projectId, projectId));
  const features = await db
    .select({ id: driftFeature.id, serviceId: driftFeature.serviceId })
    .from(driftFeature)
    .where(eq(driftFeature.projectId, projectId))
    .limit(2);
  const budgets = await db.select({ id: budget.id }).from(budget).where(eq(budget.projectId, projectId));
  return [
    ...services.flatMap(({ id: serviceId }) => [
      ...trafficChartKinds.map((kind) => ({ kind, serviceId })),
      ...windowChartKinds.map((kind) => ({ kind, serviceId })),
      { kind: 'slowShare' as const, serviceId, slowerThanMs: 250 },
      { kind: 'burnRate' as const, serviceId, promise: 'errors' as const, window: 'steady' as const },
      { kind: 'gpuUse' as const, serviceId },
    ]),
    ...features.map(({ id, serviceId }) => ({ kind: 'feature' as const, serviceId, featureId: id })),
    ...projectGroupings.map((groupBy) => ({ kind: 'cost' as const, groupBy })),
    { kind: 'gpuUse' },
    ...budgets.map(({ id }) => ({ kind: 'budget' as const, budgetId: id })),
    ...(['leadTime', 'deploymentFrequency', 'changeFailureShare', 'timeToRestore'] as const).map((kind) => ({
      kind,
    })),
  ];
}

type Outside = {
  readonly ctx: Context;
  /** An admin of the instance. */
  readonly admin: Context;
  readonly site: Site;
  readonly projectId: string;
  readonly now: Date;
};

/**
 * For tests: shares a chart of every kind of the project and of the instance, every second one before its subjects had labels, and expects that no answer to
 * strangers holds the canary, a digest, an id, a mail address or a path of the console. Returns the charts in which members do read it.
 */
export async function expectNothingLeaks({ ctx, admin, site, projectId, now }: Outside): Promise<string[]> {
  const { db } = site;
  const app = embedApp(site);
  const range = { from: now.getTime() - 86_400_000, to: now.getTime() };
  const inside = new Set<string>();
  const specs = [...(await everySpec(db, projectId)), ...(await everyInstanceSpec(db))];
  for (const [index, spec] of specs.entries()) {
    const owner = isOfInstance(spec) ? null : projectId;
    const bare = await chartAnswer(db, { projectId: owner, spec, range, now, maxPoints: 100 });
    if (JSON.stringify(bare).includes(canary))
      inside.add('groupBy' in spec ? `${spec.kind} by ${spec.groupBy}` : spec.kind);
    const labels = Object.fromEntries(proposeLabels([bare]).map(({ subject, label }) => [subject, label]));
    const draft = {
      kind: 'share' as const,
      title: 'Chart',
      labels: index % 2 === 0 ? labels : {},
      charts: [{ title: 'Chart', spec }],
      range: { kind: 'fixed' as const, ...range },
      allowExport: ['svg' as const, 'csv' as const, 'json' as const],
    };
    const { shareId, secret } =
      owner === null
        ? await createInstanceShare(admin, draft)
        : await createShare(ctx, { projectId, ...draft });
    for (const path of ['', '/data', '/chart.svg', '/chart.csv', '/chart.json']) {
      const found = await app.request(`/share/${shareId}${path}`, {
        headers: { authorization: `Share ${secret}` },
      });
      expect([spec.kind, path, found.status]).toEqual([spec.kind, path, 200]);
      const text = (await found.text()).replaceAll(shareId, '');
      expect(text.toLowerCase()).not.toContain(canary);
      expect(text).not.toMatch(
        /sha256|@demo|@example|\/rollouts\/|\/promotions\/|\/services\/|[0-9a-f]{8}-[0-9a-f]{4}-7/,
      );
    }
  }
  return [...inside];
}
