import { AxeBuilder } from '@axe-core/playwright';
import type { Page } from '@playwright/test';
import { eq, sql } from 'drizzle-orm';
import type { Database } from '../db/client.ts';
import { clusterRequest } from '../db/schema/environments.ts';
import { service } from '../db/schema/services.ts';
import { exampleWorkload } from '../domain/example-workload.ts';
import { type TakeOverPhase, takeOverSchema } from '../domain/take-over.ts';
import type { TakeOverPlan } from '../domain/take-over-plan.ts';
import { createEnvironment } from '../server/environments/commands.ts';
import { newId } from '../server/id.ts';
import { loadRevision } from '../server/rows/revision-record.ts';
import { adoptServices } from '../server/services/adopt.ts';
import { exampleDigest, type ProjectFixture } from '../server/test-fixture.ts';
import { expect, test } from './fixtures.ts';
import { addUnopenedCluster, answerLooks } from './support/answering-worker.ts';
import { expectBlocked, panel } from './support/page-words.ts';

type Watched = { readonly serviceId: string; readonly clusterId: string; readonly specDigest: string };

/** A service that watches Deployment fraud in a cluster for which the test itself answers. */
async function watched(db: Database, fixture: ProjectFixture): Promise<Watched> {
  const clusterId = await addUnopenedCluster(db);
  const namespace = `models-${clusterId.slice(-8)}`;
  const { projectId } = fixture;
  const { environmentId } = await createEnvironment(fixture.as('admin'), {
    projectId,
    name: 'live',
    production: false,
    clusterId,
    namespace,
    gateway: { name: 'gateway', namespace: 'gateways' },
    metricsSource: { kind: 'none' },
    policyId: fixture.openPolicyId,
  });
  const discoveryId = newId();
  const rates = { perSecond: {}, sentence: null };
  const workloads = [exampleWorkload('fraud', exampleDigest(31))];
  await db.insert(clusterRequest).values({
    id: discoveryId,
    clusterId,
    kind: 'discover',
    payload: {},
    answer: { schema: 1, namespace, workloads, routes: [], rates, problems: [] },
    requestedAt: sql`clock_timestamp()`,
    answeredAt: sql`clock_timestamp()`,
  });
  const items = [{ kind: 'Deployment' as const, name: 'fraud' }];
  const { answers } = await adoptServices(fixture.as('operator'), { environmentId, discoveryId, items });
  const serviceId = answers[0]?.serviceId ?? '';
  const [row] = await db.select().from(service).where(eq(service.id, serviceId));
  const { specDigest } = await loadRevision(db, row?.stableRevisionId ?? '');
  return { serviceId, clusterId, specDigest };
}

function planOf({ serviceId, specDigest }: Watched, change: Partial<TakeOverPlan> = {}): TakeOverPlan {
  const before = [{ name: 'fraud', port: 80, weight: 1 }];
  const after = [
    { name: 'fraud', port: 80, weight: 0 },
    { name: 'fraud-r1', port: 80, weight: 100 },
  ];
  return {
    schema: 1,
    serviceId,
    revisionNumber: 1,
    specDigest,
    path: {
      workload: { name: 'fraud', uid: 'uid-fraud' },
      backends: [{ name: 'fraud', port: 80 }],
      selectorKeys: ['app'],
      routes: [{ name: 'scores', uid: 'r', rules: [{ index: 0, backendRefs: before }] }],
    },
    foundReplicas: 2,
    refusals: [],
    missingRights: [],
    dryRun: [],
    creates: [
      { kind: 'Service', name: 'fraud-r1', manifest: { apiVersion: 'v1', kind: 'Service' } },
      { kind: 'Deployment', name: 'fraud-r1', manifest: { apiVersion: 'apps/v1', kind: 'Deployment' } },
    ],
    edits: [
      {
        kind: 'HTTPRoute',
        name: 'scores',
        fields: ['spec.rules[0].backendRefs'],
        before: [{ rule: 0, backendRefs: before }],
        after: [{ rule: 0, backendRefs: after }],
      },
    ],
    notes: ['HTTPRoute scores: 1 other rule is left as they are.'],
    ...change,
  };
}

async function inPhase(db: Database, serviceId: string, phase: TakeOverPhase): Promise<void> {
  const [row] = await db.select().from(service).where(eq(service.id, serviceId));
  const takeOver = { ...takeOverSchema.parse(row?.takeOver), phase };
  await db.update(service).set({ takeOver }).where(eq(service.id, serviceId));
}

async function expectAccessible(page: Page): Promise<void> {
  const { violations } = await new AxeBuilder({ page }).analyze();
  expect(violations.map(({ id, help }) => `${id}: ${help}`)).toEqual([]);
}

test('the plan is read before anything is written, and taking over leads to finish and give back', async ({
  people,
  project: { fixture },
  db,
}) => {
  const found = await watched(db, fixture);
  const end = answerLooks(db, found.clusterId, planOf(found));
  const page = await people.as('operator', `/services/${found.serviceId}`);
  try {
    await page.getByRole('button', { name: 'Plan the take over' }).click();
    const dialog = page.getByRole('dialog', { name: 'Take over fraud' });
    await expect(dialog.getByText('The API server would take every write')).toBeVisible();
    await expect(dialog.getByText('spec.rules[0].backendRefs')).toBeVisible();
    await expect(dialog.getByText(/upgrade of the Helm release "models"/)).toBeVisible();
    await expectAccessible(page);
    await dialog.getByRole('button', { name: 'Take over', exact: true }).click();
    await expect(dialog).toBeHidden();
  } finally {
    await end();
  }
  const takeOver = panel(page, 'Take over');
  await expect(
    takeOver.getByText("Fairlead's own pods start; Deployment fraud serves all traffic."),
  ).toBeVisible();
  await expectBlocked(takeOver.getByRole('button', { name: 'Finish' }), /its own pods start/);
  await inPhase(db, found.serviceId, 'serving');
  await page.reload();
  await expect(takeOver.getByText(/stands by, with weight 0/)).toBeVisible();
  await takeOver.getByRole('button', { name: 'Finish' }).click();
  const finish = page.getByRole('alertdialog');
  await expect(finish.getByText('kubectl scale deployment fraud --replicas=0')).toBeVisible();
  await finish.getByRole('checkbox', { name: 'Scale Deployment fraud to zero' }).check();
  await expectAccessible(page);
  await finish.getByRole('button', { name: 'Finish' }).click();
  await expect(finish).toBeHidden();
  await takeOver.getByRole('button', { name: 'Give back' }).click();
  await page.getByRole('alertdialog').getByRole('button', { name: 'Give back' }).click();
  await expect(panel(page, 'Give back').getByText(/The routes become what they were/)).toBeVisible();
  await expectBlocked(
    panel(page, 'Give back').getByRole('button', { name: 'Give back' }),
    /being given back/,
  );
  await expect(page.getByText('gave fraud back to Deployment fraud')).toBeVisible();
});

test('a token that may only read is told the verbs it lacks, and a viewer why they may not plan', async ({
  people,
  project: { fixture },
  db,
}) => {
  const found = await watched(db, fixture);
  const missingRights = ['create deployments.apps', 'patch httproutes.gateway.networking.k8s.io'];
  const end = answerLooks(db, found.clusterId, planOf(found, { missingRights }));
  try {
    const page = await people.as('operator', `/services/${found.serviceId}`);
    await page.getByRole('button', { name: 'Plan the take over' }).click();
    const dialog = page.getByRole('dialog');
    await expect(dialog.getByText(/also needs: create deployments\.apps, patch httproutes/)).toBeVisible();
    await expectBlocked(dialog.getByRole('button', { name: 'Take over', exact: true }), /may only read here/);
  } finally {
    await end();
  }
  const viewer = await people.as('viewer', `/services/${found.serviceId}`);
  await expectBlocked(viewer.getByRole('button', { name: 'Plan the take over' }), /.+/);
});
