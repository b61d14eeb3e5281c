import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { cliPackage } from './cli-package.ts';

const folder = mkdtempSync(join(tmpdir(), 'fairlead-package-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

it('is an npm package that any tar reads, in JavaScript without types and without dependencies', async () => {
  const { bytes } = await cliPackage();
  writeFileSync(join(folder, 'cli.tgz'), bytes);
  execFileSync('tar', ['-xzf', 'cli.tgz'], { cwd: folder });
  const manifest = JSON.parse(readFileSync(join(folder, 'package/package.json'), 'utf8'));
  expect(manifest).toMatchObject({ name: 'fairlead', engines: { node: '>=20' } });
  expect(Object.keys(manifest)).not.toContain('dependencies');
  const files = readdirSync(join(folder, 'package'), { recursive: true }).map(String);
  expect(files.filter((file) => file.endsWith('.ts'))).toEqual([]);
  expect(files).toContain('server/cli/run.js');
});

it('computes a digest from where no node_modules are', () => {
  const tool = join(folder, 'package/server/cli/fairlead.mjs');
  writeFileSync(join(folder, 'model.bin'), 'hello');
  const printed = execFileSync(process.execPath, [tool, 'digest', 'model.bin'], {
    cwd: folder,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  expect(printed).toBe('sha256:2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824\n');
});

it('is the same package each time, so that caches and npx know it again', async () => {
  expect(await cliPackage()).toBe(await cliPackage());
});
