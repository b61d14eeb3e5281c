import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { stripTypeScriptTypes } from 'node:module';
import { dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { checkoutRoot } from '../launch/checkout.ts';
import { tarArchive } from './tar-archive.ts';

const folder = 'server/cli';

export type CliPackage = { readonly bytes: Uint8Array<ArrayBuffer>; readonly etag: string };

let packed: Promise<CliPackage> | null = null;

/**
 * The command line tool as an npm package without dependencies, in JavaScript that Node 20 runs, so that `npx` takes it
 * from the console itself: it always fits the console's API and no registry stands between. Made once per process.
 */
export function cliPackage(): Promise<CliPackage> {
  packed ??= pack();
  return packed;
}

async function pack(): Promise<CliPackage> {
  const files = await sources(`${folder}/run.ts`);
  files.set(`${folder}/fairlead.mjs`, await read(`${folder}/fairlead.mjs`));
  const digest = createHash('sha256')
    .update(JSON.stringify([...files]))
    .digest('hex');
  files.set('package.json', manifest(await version(), digest));
  // npx reuses what it has of a version, so each content has its own.
  return {
    bytes: gzipSync(tarArchive('package', files)),
    etag: `"${digest.slice(0, 32)}"`,
  };
}

const specifier = /\b(from|import)(\s*\(?\s*)'([^']+)'/g;

/** The file and all that it imports as values, by path, as JavaScript; throws when one of them needs a package. */
async function sources(entry: string): Promise<Map<string, string>> {
  const files = new Map<string, string>();
  const waiting = [entry];
  for (let path = waiting.pop(); path !== undefined; path = waiting.pop()) {
    const name = path.replace(/\.ts$/, '.js');
    if (files.has(name)) continue;
    const code = stripTypeScriptTypes(await read(path));
    for (const [, , , target = ''] of code.matchAll(specifier)) {
      if (target.startsWith('.')) waiting.push(join(dirname(path), target));
      else if (!target.startsWith('node:'))
        throw new Error(`${path} imports ${target}, which the command line tool does not bring.`);
    }
    files.set(
      name,
      code.replaceAll(specifier, (all) => all.replace(/\.ts'$/, ".js'")),
    );
  }
  return files;
}

async function read(path: string): Promise<string> {
  return await readFile(join(checkoutRoot, path), 'utf8');
}

async function version(): Promise<string> {
  return (JSON.parse(await read('package.json')) as { version: string }).version;
}

function manifest(release: string, digest: string): string {
  return JSON.stringify({
    name: 'fairlead',
    version: `${release}-c${digest.slice(0, 12)}`,
    license: 'Apache-2.0',
    type: 'module',
    bin: { fairlead: `${folder}/fairlead.mjs` },
    engines: { node: '>=20' },
  });
}
