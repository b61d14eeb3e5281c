import { spawnSync } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { expect, test } from './fixtures.ts';

const root = resolve(import.meta.dirname, '..');

function verify(file: string): { code: number | null; output: string } {
  const ended = spawnSync(process.execPath, ['server/audit/verify-cli.ts', file], {
    cwd: root,
    encoding: 'utf8',
  });
  return { code: ended.status, output: ended.stdout + ended.stderr };
}

test('the trail shows each act with actor, object, before and after, and is filtered by object, text and day', async ({
  people,
  project,
}) => {
  const { promotionId } = await project.asked();
  const approver = await people.as('approver', `/promotions/${promotionId}`);
  await approver.getByRole('button', { name: 'Approve' }).click();
  await approver.getByLabel('Comment').fill('Signed in the journey');
  await approver.getByRole('dialog').getByRole('button', { name: 'Approve' }).click();
  await expect(approver.getByRole('dialog')).toBeHidden();

  const page = await people.as('admin', '/audit');
  const entries = page.getByRole('main').getByRole('listitem');
  const approval = entries.filter({ hasText: 'Signed in the journey' });
  await expect(approval).toContainText('Anna');
  await approval.locator('summary').click();
  await expect(approval.getByText('promotions.approve')).toBeVisible();
  await expect(approval.getByLabel(/Before and after of entry/)).toContainText('subjectDigest');

  await page.getByLabel('Object').selectOption('policy');
  await expect(entries.filter({ hasText: 'Signed in the journey' })).toHaveCount(0);
  await expect(entries.first()).toContainText('policy');
  await page.getByLabel('Object').selectOption({ index: 0 });
  await page.getByLabel('Search the trail').fill('Anna');
  await expect(entries).toHaveCount(1);
  await page.getByLabel('Search the trail').fill('');
  await page.getByLabel('From').fill('2099-01-01');
  await expect(page.getByText('No entry matches')).toBeVisible();
});

test('the export verifies offline, and the first bad entry of a tampered copy is named', async ({
  people,
  project,
}, testInfo) => {
  await project.asked();
  const page = await people.as('admin', '/audit');
  await page.getByRole('button', { name: 'Export' }).click();
  const download = page.waitForEvent('download');
  await page.getByRole('link', { name: 'Download audit.jsonl' }).click();
  const file = testInfo.outputPath('audit.jsonl');
  await (await download).saveAs(file);
  const whole = verify(file);
  expect(whole).toMatchObject({ code: 0, output: expect.stringMatching(/entries of .* are whole/) });

  const lines = (await readFile(file, 'utf8')).trimEnd().split('\n');
  const at = Math.floor(lines.length / 2);
  const original = lines[at] ?? '';
  const tampered = testInfo.outputPath('tampered.jsonl');
  await writeFile(
    tampered,
    [
      ...lines.slice(0, at),
      original.replace(/"action":"[^"]*"/, '"action":"models.create.never"'),
      ...lines.slice(at + 1),
    ].join('\n'),
  );
  expect(verify(tampered)).toMatchObject({
    code: 1,
    output: expect.stringContaining(`(line ${at + 1}): its content does not match its hash`),
  });

  const cut = testInfo.outputPath('cut.jsonl');
  await writeFile(cut, [...lines.slice(0, at), ...lines.slice(at + 1)].join('\n'));
  expect(verify(cut).code).toBe(1);
});
