import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { exampleDigest } from '../server/test-fixture.ts';
import { expect, test } from './fixtures.ts';
import { planOf } from './support/filled-project.ts';
import { expectBlocked } from './support/page-words.ts';

test('a token is shown once, registers and asks through the API, and can never approve', async ({
  people,
  project,
  site,
}) => {
  const page = await people.as('admin', '/settings/tokens');
  await page.getByRole('button', { name: 'Create a token' }).click();
  const dialog = page.getByRole('dialog', { name: 'Create an API token' });
  await expect(dialog.getByLabel('approver')).toHaveCount(0);
  await dialog.getByLabel('Name').fill('training pipeline');
  await dialog.getByRole('button', { name: 'Create', exact: true }).click();
  const secret =
    (await dialog.getByLabel('The secret of training pipeline', { exact: true }).textContent())?.trim() ?? '';
  expect(secret.length).toBeGreaterThan(30);
  await dialog.getByRole('button', { name: 'I have copied it' }).click();
  await expect(page.getByRole('row', { name: /training pipeline/ })).toBeVisible();
  await page.reload();
  await expect(page.getByRole('row', { name: /training pipeline/ })).toBeVisible();
  expect(await page.content()).not.toContain(secret);

  const call = (method: string, path: string, body?: object) =>
    fetch(`${site.url}${path}`, {
      method,
      headers: { authorization: `Bearer ${secret}`, 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
  const { projectId, serviceId } = project.fixture;
  const registered = await call('POST', `/api/v1/projects/${projectId}/models/fraud-detector/versions`, {
    sourceUri: 's3://models/fraud/1',
    artefactDigest: exampleDigest(31),
    servingImage: `registry.example/serve@${exampleDigest(32)}`,
  });
  expect(registered.status).toBe(201);
  const { modelVersionId } = (await registered.json()) as { modelVersionId: string };
  const asked = await call('POST', `/api/v1/services/${serviceId}/promotions`, { modelVersionId });
  expect(asked.status).toBe(201);
  const { promotionId, subjectDigest } = (await asked.json()) as {
    promotionId: string;
    subjectDigest: string;
  };
  const read = await call('GET', `/api/v1/promotions/${promotionId}`);
  expect(await read.json()).toMatchObject({ state: 'open' });

  const approval = await call('POST', '/api/trpc/promotions.approve', {
    json: { promotionId, subjectDigest },
  });
  expect(approval.status).toBe(403);
  expect(await (await call('GET', `/api/v1/promotions/${promotionId}`)).json()).toMatchObject({
    state: 'open',
  });

  await page.getByRole('button', { name: 'Revoke training pipeline' }).click();
  await page.getByRole('alertdialog').getByRole('button', { name: 'Revoke' }).click();
  await expect(page.getByRole('row', { name: /training pipeline/ })).toContainText('Revoked');
  expect((await call('GET', `/api/v1/promotions/${promotionId}`)).status).toBe(401);
});

test('the printed lines, run as they are by a shell, register a folder, ask and wait until it is live', async ({
  people,
  project,
}) => {
  test.setTimeout(240_000);
  await project.quicken(project.fixture.stagingServiceId, planOf([100], 0));
  const page = await people.as('admin', '/settings/tokens');
  await page.getByRole('button', { name: 'Create a token' }).click();
  const dialog = page.getByRole('dialog', { name: 'Create an API token' });
  await dialog.getByLabel('Name').fill('pipeline');
  await dialog.getByRole('button', { name: 'Create', exact: true }).click();
  const secret = dialog.getByLabel('The secret of pipeline', { exact: true });
  const token = (await secret.textContent())?.trim() ?? '';
  await dialog.getByLabel('Model', { exact: true }).fill('churn');
  await dialog.getByLabel('Service', { exact: true }).selectOption({ label: 'scoring in staging' });
  const steps = await dialog.getByLabel('Steps for GitHub Actions', { exact: true }).textContent();
  expect(steps).toContain('secrets.FAIRLEAD_TOKEN');
  await dialog.getByText('Shell', { exact: true }).click();
  const lines = (await dialog.getByLabel('Lines for a shell', { exact: true }).textContent()) ?? '';
  expect(`${lines}${steps}`).not.toContain(token);
  // The steps run exactly the lines that the shell runs.
  const commands = lines.split('\n').slice(4);
  expect(commands.length).toBeGreaterThan(3);
  for (const line of commands) expect(steps).toContain(line);

  const folder = mkdtempSync(join(tmpdir(), 'fairlead-journey-'));
  mkdirSync(join(folder, 'model'));
  writeFileSync(join(folder, 'model', 'weights.bin'), 'weights');
  writeFileSync(join(folder, 'model', 'config.json'), '{}');
  const run = () =>
    promisify(execFile)('bash', ['-c', lines], {
      cwd: folder,
      env: { ...process.env, FAIRLEAD_TOKEN: token },
    });
  const first = await run();
  expect([first.stdout.trim(), first.stderr]).toEqual([
    'succeeded',
    expect.stringContaining('churn 1 is registered'),
  ]);
  const again = await run();
  expect([again.stdout.trim(), again.stderr]).toEqual([
    'succeeded',
    expect.stringContaining('churn 1 was registered before with the same bytes'),
  ]);
  rmSync(folder, { recursive: true });

  await page.goto('/models/churn/versions/1');
  const files = page.getByRole('table', { name: 'Files of the artefact' });
  await expect(files.getByRole('row', { name: /weights\.bin/ })).toContainText('7 B');
  await page.goto(`/services/${project.fixture.stagingServiceId}?tab=revisions`);
  await expect(page.getByRole('table', { name: 'Revisions' })).toContainText('Declared only');

  await page.goto('/settings/tokens');
  await page.getByRole('button', { name: 'Use in CI: pipeline' }).click();
  const later = page.getByRole('dialog', { name: 'pipeline in a pipeline' });
  await expect(later.getByLabel('Steps for GitHub Actions', { exact: true })).toContainText(
    'fairlead register',
  );
});

test('tokens are for admins of the project, and the page says so', async ({ people }) => {
  const page = await people.as('viewer', '/settings/tokens');
  await expectBlocked(page.getByRole('button', { name: 'Create a token' }), /needs the role admin/);
});
