import { AxeBuilder } from '@axe-core/playwright';
import { exampleWorkload } from '../domain/example-workload.ts';
import { blocker } from '../domain/refusal.ts';
import type { Discovery, Workload } from '../domain/workload.ts';
import { createEnvironment } from '../server/environments/commands.ts';
import { exampleDigest } from '../server/test-fixture.ts';
import { expect, test } from './fixtures.ts';
import { addUnopenedCluster, answerLooks } from './support/answering-worker.ts';
import { expectBlocked, panel } from './support/page-words.ts';

const route = { name: 'shop', uid: 'r', ruleIndex: 0, backendName: 'fraud', backendPort: 80 };
const fraud: Workload = { ...exampleWorkload('fraud', exampleDigest(31)), route, gpuCount: 2 };
const asleep: Workload = {
  ...exampleWorkload('night-batch', exampleDigest(32)),
  desiredReplicas: 0,
  readyReplicas: 0,
  images: [],
  podNames: [],
  manager: { kind: 'argocd', name: 'batch', detail: 'argocd.argoproj.io/instance' },
};
const mixed: Workload = {
  ...exampleWorkload('ranker', exampleDigest(33)),
  ref: { apiVersion: 'argoproj.io/v1alpha1', kind: 'Rollout', name: 'ranker', uid: 'ranker' },
  children: ['Deployment ranker'],
  images: [
    { digest: exampleDigest(33), reference: null, podCount: 2 },
    { digest: exampleDigest(34), reference: null, podCount: 1 },
  ],
  manager: { kind: 'none', name: null, detail: null },
};

function foundIn(namespace: string): Discovery {
  return {
    schema: 1,
    namespace,
    workloads: [mixed, fraud, asleep],
    routes: [
      {
        name: 'shop',
        hostnames: ['shop.example'],
        backends: [{ name: 'fraud', port: 80, weight: 1 }],
        workloads: ['fraud'],
      },
    ],
    rates: { perSecond: { fraud: 12.5 }, sentence: null },
    problems: [
      blocker({
        code: 'clusterUnauthorized',
        message: 'The API server does not allow it: fairlead cannot list resource "services".',
        fix: 'Give the service account of the token the rights that the guide lists.',
        owner: 'an instance admin',
      }),
    ],
  };
}

test('in the sandbox there is nothing to discover, and the page says why and what to do', async ({
  people,
}) => {
  const page = await people.as('operator', '/services');
  await page.getByRole('link', { name: 'Discover', exact: true }).click();
  await expect(page.getByRole('heading', { level: 1, name: 'Discover' })).toBeVisible();
  await expect(page.getByText('Nothing to discover in the sandbox')).toBeVisible();
  await expect(page.getByText('everything was made by Fairlead')).toBeVisible();
});

test('what is ticked is watched: its page names its manager, its digest and why no button works', async ({
  people,
  project: { fixture },
  db,
}) => {
  const clusterId = await addUnopenedCluster(db);
  const namespace = `models-${clusterId.slice(-8)}`;
  const { environmentId } = await createEnvironment(fixture.as('admin'), {
    projectId: fixture.projectId,
    name: 'live',
    production: false,
    clusterId,
    namespace,
    gateway: { name: 'gateway', namespace: 'gateways' },
    metricsSource: { kind: 'none' },
    policyId: fixture.openPolicyId,
  });
  const end = answerLooks(db, clusterId, foundIn(namespace));
  try {
    const page = await people.as('operator', `/services/discover?environment=${environmentId}`);
    const table = page.getByRole('table', { name: 'Workloads' });
    await expect(table.getByText('2 of 2 ready').first()).toBeVisible();
    await expect(table.getByText('scaled to zero')).toBeVisible();
    await expect(table.getByText('and 1 more')).toBeVisible();
    await expect(table.getByText('Rollout, with Deployment ranker')).toBeVisible();
    await expect(page.getByText('cannot list resource "services"')).toBeVisible();
    await expect(panel(page, 'Routes').getByText('shop.example')).toBeVisible();
    const { violations } = await new AxeBuilder({ page }).analyze();
    expect(violations.map(({ id, help }) => `${id}: ${help}`)).toEqual([]);
    await expect(table.getByText('12.5')).toBeVisible();
    await page.getByRole('searchbox', { name: 'Search workloads' }).fill('fraud');
    await expect(table.getByRole('checkbox')).toHaveCount(1);
    await page.getByRole('checkbox', { name: 'Watch Deployment fraud' }).check();
    await page.getByRole('button', { name: 'Watch 1 workload' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('Model of fraud').fill('card-fraud');
    await dialog.getByRole('button', { name: 'Watch 1 workload' }).click();
    await expect(page.getByText('1 of 1 are watched now')).toBeVisible();
    await expect(page.getByRole('checkbox', { name: 'Watch Deployment fraud' })).toBeDisabled();
    await page.getByRole('link', { name: 'watched as fraud' }).click();
    await expect(page.getByRole('heading', { level: 1, name: 'fraud' })).toBeVisible();
    await expect(page.getByRole('main').getByText('adopted, not approved').first()).toBeVisible();
    await expect(panel(page, 'Watched workload').getByText('Helm release "models"')).toBeVisible();
    await expect(page.getByText('began to watch Deployment fraud')).toBeVisible();
    for (const name of ['Promote a version', 'Change spec'])
      await expectBlocked(page.getByRole('button', { name }), /watched: Fairlead only reads/);
    await expectBlocked(page.getByRole('button', { name: 'Roll back' }), /Take it over first/);
    await page.goto('/models/card-fraud');
    for (const table of ['Services that run card-fraud, by environment', 'Versions of card-fraud'])
      await expect(page.getByRole('table', { name: table }).getByText('adopted, not approved')).toBeVisible();
  } finally {
    await end();
  }
});
