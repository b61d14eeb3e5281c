import { exampleDigest } from '../server/test-fixture.ts';
import { expect, test } from './fixtures.ts';
import { alertWith, expectBlocked, panel } from './support/page-words.ts';

const image = `registry.example/fraud@${exampleDigest(5)}`;

test('an operator creates a service by form, and it says that nothing runs until a version is promoted', async ({
  people,
}) => {
  const page = await people.as('operator', '/services');
  await page.getByRole('link', { name: 'New service' }).click();
  await page.getByLabel('Name', { exact: true }).fill('fraud-detector');
  await page.getByLabel('Image', { exact: true }).fill(image);
  await page.getByLabel('Port', { exact: true }).fill('8080');
  await page.getByLabel('Arguments').fill('--workers\n2');
  await page.getByLabel('Runbook').fill('https://runbooks.example/fraud');
  await page.getByRole('button', { name: 'Create service' }).click();
  await expect(page.getByRole('heading', { level: 1, name: 'fraud-detector' })).toBeVisible();
  await expect(page.getByText('Nothing serves yet: promote a version onto it.')).toBeVisible();
  await page.getByRole('link', { name: 'Specification' }).click();
  await expect(page.getByLabel('pod template', { exact: true })).toContainText('--workers');
});

test('YAML is taken as it is: fields that Fairlead does not know are kept', async ({ people }) => {
  const page = await people.as('operator', '/services/new');
  await page.getByLabel('Name', { exact: true }).fill('from-yaml');
  await page.getByText('YAML', { exact: true }).click();
  await page.getByLabel('Pod template, Pod or Deployment').fill(`apiVersion: apps/v1
kind: Deployment
metadata: { name: anything }
spec:
  template:
    spec:
      dnsPolicy: ClusterFirst
      topologySpreadConstraints:
        - maxSkew: 1
          topologyKey: kubernetes.io/hostname
          whenUnsatisfiable: ScheduleAnyway
      containers:
        - name: model
          image: ${image}
          ports: [{ containerPort: 9000 }]
          terminationMessagePolicy: FallbackToLogsOnError
`);
  await page.getByRole('button', { name: 'Create service' }).click();
  await expect(page.getByRole('heading', { level: 1, name: 'from-yaml' })).toBeVisible();
  await page.getByRole('link', { name: 'Specification' }).click();
  const template = page.getByLabel('pod template', { exact: true });
  await expect(template).toContainText('topologySpreadConstraints');
  await expect(template).toContainText('terminationMessagePolicy: FallbackToLogsOnError');
});

test('a name that is no DNS label and a taken name each get their own sentence and change nothing', async ({
  people,
  problems,
}) => {
  problems.allow(/status of 4\d\d/);
  const page = await people.as('operator', '/services/new');
  await page.getByLabel('Name', { exact: true }).fill('Fraud_Detector');
  await page.getByLabel('Image', { exact: true }).fill(image);
  await page.getByLabel('Port', { exact: true }).fill('8080');
  await page.getByRole('button', { name: 'Create service' }).click();
  await expect(page.getByLabel('Name', { exact: true })).toHaveAccessibleDescription(
    /lowercase letters, digits and "-".*a DNS label/,
  );
  await page.getByLabel('Name', { exact: true }).fill('scoring');
  await page.getByRole('button', { name: 'Create service' }).click();
  await expect(
    alertWith(page, /There is a service "scoring" in (production|staging) already\./),
  ).toBeVisible();
  await page.goto('/services?view=list');
  await expect(page.getByRole('table', { name: 'Services' }).getByRole('row')).toHaveCount(3);
});

test('a pod template that the API server refuses is refused by the dry run in its own words, before anything is stored', async ({
  people,
}) => {
  const page = await people.as('operator', '/services/new');
  await page.getByLabel('Name', { exact: true }).fill('refused');
  await page.getByText('YAML', { exact: true }).click();
  await page.getByLabel('Pod template, Pod or Deployment').fill(`spec:
  containers:
    - name: model
      image: registry.example/refused@${exampleDigest(5)}
      ports: [{ containerPort: 9000 }]
`);
  await page.getByRole('button', { name: 'Dry run' }).click();
  const dialog = page.getByRole('dialog', { name: 'Dry run' });
  await expect(dialog.getByRole('alert')).toContainText('is not allowed here');
  await dialog.getByRole('button', { name: 'Close' }).click();
  await page.getByLabel('Pod template, Pod or Deployment').fill(`spec:
  containers:
    - name: model
      image: ${image}
      ports: [{ containerPort: 9000 }]
`);
  await page.getByRole('button', { name: 'Dry run' }).click();
  await expect(dialog.getByText('The API server would take all objects')).toBeVisible();
  await page.goto('/services');
  await expect(page.getByRole('link', { name: 'refused' })).toHaveCount(0);
});

test('a plan whose weights do not rise or do not end at 100 is refused where it is edited', async ({
  people,
  project,
}) => {
  const page = await people.as('operator', `/services/${project.fixture.serviceId}?tab=settings`);
  await page
    .getByRole('button', { name: 'Edit the default rollout plan' })
    .or(panel(page, /plan/i).getByRole('button', { name: /Edit/ }))
    .first()
    .click();
  const dialog = page.getByRole('dialog', { name: 'Edit the default rollout plan' });
  await dialog.getByLabel('Weight of step 2, per cent').fill('5');
  await dialog.getByRole('button', { name: 'Save' }).click();
  await expect(dialog.getByText('every step must send more than the one before')).toBeVisible();
  await dialog.getByLabel('Weight of step 2, per cent').fill('25');
  await dialog.getByLabel('Weight of step 4, per cent').fill('90');
  await dialog.getByRole('button', { name: 'Save' }).click();
  await expect(dialog.getByText('The last step must send 100 % to the new revision.')).toBeVisible();
});

test('a viewer sees what could be done and why they may not', async ({ people, project }) => {
  const page = await people.as('viewer', `/services/${project.fixture.serviceId}`);
  const bar = page.getByRole('group', { name: 'Service actions' });
  await expectBlocked(bar.getByRole('button', { name: 'Roll back' }), /needs the role/);
  await expectBlocked(bar.getByRole('button', { name: 'Promote a version' }), /needs the role/);
  await page.goto('/services/new');
  await expectBlocked(page.getByRole('button', { name: 'Create service' }), /needs the role/);
});
