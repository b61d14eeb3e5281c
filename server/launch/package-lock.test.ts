import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { checkoutRoot } from './checkout.ts';

interface LockedPackage {
  readonly hasInstallScript?: boolean;
  readonly resolved?: string;
  readonly optionalDependencies?: Record<string, string>;
}

const read = async (name: string) => JSON.parse(await readFile(join(checkoutRoot, name), 'utf8'));
const locked: [string, LockedPackage][] = Object.entries((await read('package-lock.json')).packages);
const paths = new Set(locked.map(([path]) => path));
const nameOf = (path: string) => path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length);

test('every package with an install script is on the list of allowed ones', async () => {
  const { allowScripts } = await read('package.json');
  const withScripts = locked.filter(([path, entry]) => path !== '' && entry.hasInstallScript === true);
  expect(withScripts.length).toBeGreaterThan(0);
  expect(
    withScripts.map(([path]) => nameOf(path)).filter((name) => allowScripts[name] === undefined),
  ).toEqual([]);
});

test('the packages of other platforms are in the lock: without them npm ci says that it is out of sync', () => {
  const missing = locked.flatMap(([path, { optionalDependencies = {} }]) =>
    Object.keys(optionalDependencies).filter(
      (name) => !paths.has(`${path}/node_modules/${name}`) && !paths.has(`node_modules/${name}`),
    ),
  );
  expect(missing).toEqual([]);
});

test('the lock names no registry, so that any mirror of it serves', () => {
  expect(locked.filter(([, { resolved }]) => resolved !== undefined).map(([path]) => path)).toEqual([]);
});
