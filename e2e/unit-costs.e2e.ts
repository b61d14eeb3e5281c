import { ledgerDaySum } from '../db/schema/ledger.ts';
import { newId } from '../server/id.ts';
import { tellAnomalies } from '../server/jobs/budgets/cost-anomalies.ts';
import { updateService } from '../server/services/commands.ts';
import { expect, test } from './fixtures.ts';
import { planOf } from './support/filled-project.ts';
import { panel } from './support/page-words.ts';

const tokens = { prompt: 400, generated: 20, cachedShare: 0.5 };
const dayMs = 86_400_000;

test('a version that serves a language model shows what a million tokens cost and what the prefix cache saved', async ({
  people,
  project,
}) => {
  test.setTimeout(180_000);
  await project.quicken();
  const asked = await project.asked({ tokens }, planOf([100]));
  await project.sign(asked);
  await project.rolloutOf(asked.promotionId);
  const page = await people.as('viewer', `/models/fraud-detector/versions/${asked.number}`);
  const costs = panel(page, 'What it costs');
  await expect(async () => {
    await page.reload();
    await expect(costs.getByText(/% of the prompt tokens came from the prefix cache/)).toBeVisible({
      timeout: 5_000,
    });
  }).toPass({ timeout: 120_000 });
  const row = costs.locator('div', { has: page.getByText('A million tokens', { exact: true }) }).last();
  await expect(row).toContainText(/\$[\d.]+/);
  await expect(row).toContainText(/[\d,]+ tokens/);
  await expect(costs).toContainText('50 % of the prompt tokens');
});

test('a canary is compared with stable at the loads that both had and at equal load', async ({
  people,
  project,
}) => {
  test.setTimeout(180_000);
  await project.quicken();
  const first = await project.asked({ tokens }, planOf([100]));
  await project.sign(first);
  expect(await project.ended(await project.rolloutOf(first.promotionId))).toBe('succeeded');
  const rolloutId = await project.started({ tokens, latencyMs: 160 }, planOf([50, 100], 3_600_000));
  const page = await people.as('viewer', `/rollouts/${rolloutId}`);
  const costs = panel(page, 'Cost of requests and tokens');
  const equal = costs.getByRole('region', { name: 'At equal load' });
  await expect(async () => {
    await page.reload();
    await expect(equal.getByText(/A request of the canary costs [\d.]+ times one of stable\./)).toBeVisible({
      timeout: 5_000,
    });
  }).toPass({ timeout: 120_000 });
  await expect(equal).toContainText(/for 1,000 requests, \$[\d.]+ for a million tokens/);
  await expect(costs.getByRole('region', { name: 'At the loads that both had' })).toContainText(
    /for a million tokens/,
  );
});

test('a server that exposes no tokens is said to expose none', async ({ people, project }) => {
  await project.live();
  const page = await people.as('viewer', '/models/fraud-detector/versions/1');
  await expect(panel(page, 'What it costs').getByText(/Not shown: .*token counters/)).toBeVisible();
});

test('pods that find no GPU are named with the scheduler’s words on the page of GPUs', async ({
  people,
  project,
}) => {
  await project.live();
  await updateService(project.fixture.as('operator'), {
    serviceId: project.fixture.serviceId,
    scaling: { kind: 'fixed', replicas: 12 },
  });
  const page = await people.as('viewer', '/gpus');
  const waiting = panel(page, 'Waiting for GPUs');
  await expect(waiting.getByText(/^Pod scoring-r1-\S+ in \S+ waits for 1 GPU$/).first()).toBeVisible({
    timeout: 60_000,
  });
  await expect(
    waiting.getByText(/Deployment scoring-r1: .*Insufficient nvidia\.com\/gpu/).first(),
  ).toBeVisible();
});

test('a day of unusually much GPU time is told to the project without any budget', async ({
  people,
  project,
  db,
}) => {
  const { clusterId, projectId, serviceId } = project.fixture;
  const today = Math.floor(Date.now() / dayMs) * dayMs;
  for (const ago of [1, 8, 15, 22, 29]) {
    const dayAt = new Date(today - ago * dayMs);
    await db.insert(ledgerDaySum).values({
      id: newId(),
      dayAt,
      postedMonth: new Date(Date.UTC(dayAt.getUTCFullYear(), dayAt.getUTCMonth(), 1)),
      clusterId,
      nodeUid: 'node',
      bucket: 'serving',
      line: 'gpu',
      projectId,
      serviceId,
      gpuProduct: 'H100',
      capacityType: 'onDemand',
      quantity: String((ago === 1 ? 120 : 48) * 3_600_000),
      loadedNano: '0',
      openCostNano: '0',
      unpriced: '0',
      estimatedQuantity: '0',
    });
  }
  await tellAnomalies(db, { now: new Date(today + 3_600_000) });
  const page = await people.as('viewer', '/notices');
  await expect(
    page.getByText(/scoring in production took 120 GPU-hours on .*, usually 48 GPU-hours/).first(),
  ).toBeVisible();
});
