import { exampleDigest } from '../server/test-fixture.ts';
import { expect, test } from './fixtures.ts';
import { alertWith, expectBlocked, expectOffered, panel } from './support/page-words.ts';

test('an engineer registers a version with lineage and card and attaches evidence', async ({ people }) => {
  const page = await people.as('engineer', '/models');
  await page.getByRole('link', { name: 'Register a version' }).first().click();
  await page.getByLabel('Model', { exact: true }).fill('fraud-detector');
  await page.getByLabel('Framework').fill('xgboost 3.1');
  await page.getByLabel('Source', { exact: true }).fill('s3://models/fraud/1');
  await page.getByLabel('Artefact digest').fill(exampleDigest(11));
  await page.getByLabel('Serving image').fill(`registry.example/serve@${exampleDigest(12)}`);
  const metrics = page.getByRole('group', { name: /Metrics/ });
  await metrics.getByLabel('Metric', { exact: true }).fill('auc');
  await metrics.getByLabel('Value', { exact: true }).fill('0.947');
  await page.getByLabel('Run id').fill('run-4711');
  await page.getByLabel('Git commit').fill('4f1c2d9');
  await page.getByLabel('Datasets').fill(`payments-2026-10 ${exampleDigest(13)} s3://data/payments`);
  await page.getByLabel('Card in Markdown').fill('# Purpose\n\nScores **card payments**.');
  await page.getByRole('button', { name: 'Register', exact: true }).click();

  await expect(page.getByRole('heading', { level: 1, name: 'fraud-detector 1' })).toBeVisible();
  await expect(page.getByText('Registered by Egon')).toBeVisible();
  await expect(page.getByText('run-4711')).toBeVisible();
  await expect(page.getByText('payments-2026-10')).toBeVisible();
  await expect(page.getByRole('heading', { name: 'Purpose' })).toBeVisible();

  await page.getByRole('button', { name: 'Attach a report' }).click();
  const dialog = page.getByRole('dialog', { name: /Attach evidence/ });
  await dialog.getByLabel('Name of the report').fill('Hold-out October');
  await dialog.getByLabel('Metric', { exact: true }).fill('auc');
  await dialog.getByLabel('Value', { exact: true }).fill('0.947');
  await dialog.getByLabel('At least', { exact: true }).fill('0.93');
  await expect(dialog.getByText('Every metric keeps its bounds.')).toBeVisible();
  await dialog.getByRole('button', { name: 'Attach the report' }).click();
  await expect(dialog).toBeHidden();
  await expect(panel(page, 'Evidence').getByText('Hold-out October', { exact: true })).toBeVisible();
});

test('a digest that is no sha256 and an image by tag each get their own sentence', async ({ people }) => {
  const page = await people.as('engineer', '/models/new');
  await page.getByLabel('Model', { exact: true }).fill('fraud-detector');
  await page.getByLabel('Source', { exact: true }).fill('s3://models/fraud/1');
  await page.getByLabel('Artefact digest').fill('md5:d41d8cd98f00b204e9800998ecf8427e');
  await page.getByLabel('Serving image').fill('registry.example/serve:latest');
  await page.getByRole('button', { name: 'Register', exact: true }).click();
  await expect(page.getByLabel('Artefact digest')).toHaveAccessibleDescription(
    /A digest is "sha256:" followed by 64 lowercase hex digits\./,
  );
  await expect(page.getByLabel('Serving image')).toHaveAccessibleDescription(
    /Tags can move, digests cannot\./,
  );
  await page.goto('/models');
  await expect(page.getByRole('link', { name: 'fraud-detector' })).toHaveCount(0);
});

test('a version without a digest cannot be promoted until the digest is set, once', async ({
  people,
  project,
  problems,
}) => {
  problems.allow(/status of 400/);
  await project.fixture.version({ digest: null });
  const page = await people.as('engineer', '/models/fraud-detector/versions/1');
  await expectBlocked(page.getByRole('button', { name: 'Ask for promotion' }), /digest is not known yet/);
  await page.getByRole('button', { name: 'Set the digest' }).click();
  const dialog = page.getByRole('dialog', { name: 'Set the artefact digest' });
  await dialog.getByLabel('Artefact digest').fill('sha256:ABC');
  await dialog.getByRole('button', { name: 'Set the digest' }).click();
  await expect(dialog.getByText(/64 lowercase hex digits/)).toBeVisible();
  await dialog.getByLabel('Artefact digest').fill(exampleDigest(21));
  await dialog.getByRole('button', { name: 'Set the digest' }).click();
  await expect(dialog).toBeHidden();
  await expectOffered(page.getByRole('link', { name: 'Ask for promotion' }));
});

test('a metric that is no number is named, and a report that is no JSON is refused', async ({
  people,
  project,
}) => {
  await project.fixture.version();
  const page = await people.as('engineer', '/models/fraud-detector/versions/1');
  await page.getByRole('button', { name: 'Attach a report' }).click();
  const dialog = page.getByRole('dialog', { name: /Attach evidence/ });
  await dialog.getByText('Paste JSON').click();
  await dialog.getByLabel('Report as JSON').fill('{ "name": ');
  await dialog.getByRole('button', { name: 'Attach the report' }).click();
  await expect(alertWith(page, /JSON/)).toBeVisible();
});
