import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { pythonPackage } from './python-package.ts';

const folder = mkdtempSync(join(tmpdir(), 'fairlead-python-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

it('is a source package that pip takes, without dependencies and without tests', async () => {
  const { bytes } = await pythonPackage();
  writeFileSync(join(folder, 'client.tar.gz'), bytes);
  execFileSync('tar', ['-xzf', 'client.tar.gz'], { cwd: folder });
  const project = readFileSync(join(folder, 'fairlead-client/pyproject.toml'), 'utf8');
  expect(project).toContain('dependencies = []');
  const files = readdirSync(join(folder, 'fairlead-client'), { recursive: true }).map(String);
  expect(files).toContain('fairlead_client/__init__.py');
  expect(files.filter((file) => file.includes('test') || file.includes('vectors'))).toEqual([]);
});
