import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { inputDigest, isBuilt, writeStamp } from './build-stamp.ts';

let root: string;

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'stamp-'));
  await mkdir(join(root, 'app', 'models'), { recursive: true });
  await mkdir(join(root, '.next'));
  await writeFile(join(root, 'app', 'models', 'page.tsx'), 'one');
  await writeFile(join(root, 'package-lock.json'), '{}');
  await writeFile(join(root, '.next', 'BUILD_ID'), 'build-1');
  await writeStamp(root, await inputDigest(root));
});
afterEach(() => rm(root, { recursive: true }));

test('a build of the same inputs is fresh', async () => {
  expect(await isBuilt(root)).toBe(true);
});

test.each([
  ['a page that changed', 'app/models/page.tsx', 'two'],
  ['a page that is new', 'app/models/new.tsx', ''],
  ['a component', 'components/button.tsx', ''],
  ['a rule', 'domain/rollout.ts', ''],
  ['another dependency', 'package-lock.json', '{ }'],
  ['another configuration', 'next.config.mjs', ''],
  ['another build than the stamped one', '.next/BUILD_ID', 'build-2'],
])('%s makes the stamp stale', async (_what, path, text) => {
  await mkdir(join(root, path, '..'), { recursive: true });
  await writeFile(join(root, path), text);
  expect(await isBuilt(root)).toBe(false);
});

test('a page that moved makes the stamp stale', async () => {
  await rm(join(root, 'app', 'models', 'page.tsx'));
  await writeFile(join(root, 'app', 'page.tsx'), 'one');
  expect(await isBuilt(root)).toBe(false);
});

test('a test or a server file does not', async () => {
  await writeFile(join(root, 'app', 'models', 'page.test.tsx'), 'anything');
  await mkdir(join(root, 'server'));
  await writeFile(join(root, 'server', 'command.ts'), 'anything');
  expect(await isBuilt(root)).toBe(true);
});

test('an image with a build and without its sources counts as built', async () => {
  await rm(join(root, 'app'), { recursive: true });
  await rm(join(root, 'package-lock.json'));
  expect(await isBuilt(root)).toBe(true);
});

test('a checkout that was never built is not fresh, whatever its stamp says', async () => {
  await rm(join(root, '.next', 'BUILD_ID'));
  expect(await isBuilt(root)).toBe(false);
  await rm(join(root, '.next'), { recursive: true });
  expect(await isBuilt(root)).toBe(false);
});
