import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { buildApp, buildObstacle } from './app-build.ts';
import { isBuilt } from './build-stamp.ts';

let root: string;

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'build-'));
  await writeFile(join(root, 'package.json'), '{"name":"built-here"}');
});
afterEach(() => rm(root, { recursive: true }));

async function writeSources(): Promise<void> {
  await mkdir(join(root, 'app'));
  await writeFile(join(root, 'app', 'layout.tsx'), '');
}

async function install(name: string, bin = ''): Promise<void> {
  await mkdir(join(root, 'node_modules', name, 'dist', 'bin'), { recursive: true });
  await writeFile(join(root, 'node_modules', name, 'package.json'), JSON.stringify({ name }));
  await writeFile(join(root, 'node_modules', name, 'dist', 'bin', 'next'), bin);
}

test('what keeps the pages from being built is named: sources first, then packages', async () => {
  expect(await buildObstacle(root)).toBe('app is not here');
  await mkdir(join(root, 'app'));
  await writeFile(join(root, 'next.config.mjs'), '');
  expect(await buildObstacle(root)).toBe('the npm package next is not installed');
  await install('next');
  expect(await buildObstacle(root)).toBe('the npm package typescript is not installed');
  await install('typescript');
  expect(await buildObstacle(root)).toBeUndefined();
});

const writes = `
  const fs = require('node:fs');
  fs.mkdirSync('.next', { recursive: true });
  fs.writeFileSync('.next/BUILD_ID', process.argv[2] + process.env.NEXT_TELEMETRY_DISABLED);`;

test('a build runs next with telemetry off and leaves a fresh stamp', async () => {
  await writeSources();
  await install('next', writes);
  await buildApp(root);
  expect(await readFile(join(root, '.next', 'BUILD_ID'), 'utf8')).toBe('build1');
  expect(await isBuilt(root)).toBe(true);
});

test('a build that fails half-way leaves no stamp of an earlier one', async () => {
  await writeSources();
  await install('next', writes);
  await buildApp(root);
  await install('next', `${writes} process.exit(3)`);
  await expect(buildApp(root)).rejects.toThrow('next build ended with 3');
  expect(await isBuilt(root)).toBe(false);
});

test('a file that is saved during the build makes its result stale', async () => {
  await writeSources();
  await install('next', `${writes} fs.writeFileSync('app/page.tsx', 'saved meanwhile')`);
  await buildApp(root);
  expect(await isBuilt(root)).toBe(false);
});
