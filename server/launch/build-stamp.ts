import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join, relative } from 'node:path';

/** Everything that ends up in the built pages; `server` is imported there as types only. */
const inputs = [
  'app',
  'components',
  'domain',
  'public',
  'next.config.mjs',
  'postcss.config.mjs',
  'tsconfig.json',
  'package-lock.json',
];

/** A digest of the names and contents of all inputs of the build; what is missing counts as empty. */
export async function inputDigest(root: string): Promise<string> {
  const hash = createHash('sha256');
  for (const input of inputs) {
    for (const file of await filesUnder(join(root, input))) {
      hash.update(`${relative(root, file)}\0`);
      // One after the other and small: waiting for each of a thousand takes longer than reading it.
      hash.update(createHash('sha256').update(readFileSync(file)).digest());
    }
  }
  return hash.digest('hex');
}

async function filesUnder(path: string): Promise<string[]> {
  try {
    const entries = await readdir(path, { recursive: true, withFileTypes: true });
    return entries
      .filter((entry) => entry.isFile() && !/\.test(-support)?\.tsx?$/.test(entry.name))
      .map((entry) => join(entry.parentPath, entry.name))
      .sort();
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    if (code === 'ENOTDIR') {
      return [path];
    }
    if (code === 'ENOENT') {
      return [];
    }
    throw error;
  }
}

const stampFile = (root: string) => join(root, '.next', 'fairlead-stamp');

/** Whether `.next` holds a finished build of exactly these inputs, or a build and no sources to compare it with. */
export async function isBuilt(root: string): Promise<boolean> {
  const [stamp, buildId] = await Promise.all([
    readFile(stampFile(root), 'utf8').catch(() => undefined),
    readFile(join(root, '.next', 'BUILD_ID'), 'utf8').catch(() => undefined),
  ]);
  if (buildId !== undefined && (await filesUnder(join(root, 'app'))).length === 0) {
    return true;
  }
  return stamp !== undefined && buildId !== undefined && stamp === `${await inputDigest(root)} ${buildId}`;
}

/** Marks the build of `digest` as finished; the build id ties the mark to the very build beside it. */
export async function writeStamp(root: string, digest: string): Promise<void> {
  const buildId = await readFile(join(root, '.next', 'BUILD_ID'), 'utf8');
  await writeFile(stampFile(root), `${digest} ${buildId}`);
}
