import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { checkoutRoot } from '../launch/checkout.ts';
import type { CliPackage } from './cli-package.ts';
import { tarArchive } from './tar-archive.ts';

const folder = join(checkoutRoot, 'clients/python');
const module = 'fairlead_client';

let packed: Promise<CliPackage> | null = null;

/** The Python client as a source package that pip takes from the console itself, so that both fit. Made once per process. */
export function pythonPackage(): Promise<CliPackage> {
  packed ??= pack();
  return packed;
}

async function pack(): Promise<CliPackage> {
  const names = (await readdir(join(folder, module))).filter((name) => name.endsWith('.py')).toSorted();
  const paths = ['pyproject.toml', ...names.map((name) => `${module}/${name}`)];
  const files = new Map<string, string>();
  for (const path of paths) files.set(path, await readFile(join(folder, path), 'utf8'));
  const bytes = gzipSync(tarArchive('fairlead-client', files));
  const digest = createHash('sha256').update(bytes).digest('hex');
  return { bytes, etag: `"${digest.slice(0, 32)}"` };
}
