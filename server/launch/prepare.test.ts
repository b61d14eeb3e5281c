import { cp, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { startNode } from '../../db/run-node.test-support.ts';
import { checkoutRoot } from './checkout.ts';

let root: string;

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'prepare-'));
  await cp(join(checkoutRoot, 'package.json'), join(root, 'package.json'));
});
afterEach(() => rm(root, { recursive: true }));

/** Runs the command of package.json as npm does, through a shell. */
async function prepare() {
  const { scripts } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8'));
  return startNode({
    program: '/bin/sh',
    args: ['-c', scripts.prepare],
    cwd: root,
    environment: { PATH: `${dirname(process.execPath)}:/usr/bin:/bin` },
  }).finished;
}

const copySources = async (...names: string[]) => {
  for (const name of names) {
    await cp(join(checkoutRoot, name), join(root, name), { recursive: true });
  }
};

async function linkZod(): Promise<void> {
  await mkdir(join(root, 'node_modules'), { recursive: true });
  await symlink(join(checkoutRoot, 'node_modules', 'zod'), join(root, 'node_modules', 'zod'));
}

test('npm ci succeeds in an image layer that holds only package.json', async () => {
  const { code, stdout } = await prepare();
  expect(code).toBe(0);
  expect(stdout).toMatch(/^The pages are not built now: Cannot find module/);
});

test('npm ci succeeds where the launch scripts are and the pages are not', async () => {
  await copySources('server/launch', 'server/env.ts');
  await linkZod();
  expect(await prepare()).toEqual({
    code: 0,
    stderr: '',
    stdout: 'The pages are not built now: app is not here.\n',
  });
});

test('npm ci --omit=dev succeeds without the packages that a build needs', async () => {
  await copySources('server/launch', 'server/env.ts', 'next.config.mjs');
  await mkdir(join(root, 'app'));
  const next = join('node_modules', 'next', 'package.json');
  await cp(join(checkoutRoot, next), join(root, next));
  await linkZod();
  const { code, stdout } = await prepare();
  expect({ code, stdout }).toEqual({
    code: 0,
    stdout: 'The pages are not built now: the npm package typescript is not installed.\n',
  });
});

test('a build that fails is told and left to npm start', async () => {
  await copySources('server/launch', 'server/env.ts');
  await mkdir(join(root, 'app'));
  await writeFile(join(root, 'next.config.mjs'), '');
  await linkZod();
  for (const name of ['next', 'typescript']) {
    await mkdir(join(root, 'node_modules', name, 'dist', 'bin'), { recursive: true });
    await writeFile(join(root, 'node_modules', name, 'package.json'), JSON.stringify({ name }));
  }
  await writeFile(join(root, 'node_modules', 'next', 'dist', 'bin', 'next'), 'process.exit(7)');
  const { code, stderr } = await prepare();
  expect(code).toBe(0);
  expect(stderr).toContain('next build ended with 7');
  expect(stderr).toContain('npm start will build the pages again');
});
