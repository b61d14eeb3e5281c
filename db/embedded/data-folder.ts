import { execFile } from 'node:child_process';
import { chown, mkdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { EmbeddedPostgresError } from './embedded-postgres-error.ts';
import type { ServerAccount } from './server-account.ts';
import type { ServerPlace } from './server-place.ts';

const run = promisify(execFile);

/** What initdb and postgres see of the environment: nothing of ours, so that LANG or LC_ALL cannot change the result. */
export const serverEnvironment = {
  PATH: '/usr/bin:/bin',
  LC_ALL: 'C',
  TZ: 'UTC',
} as Partial<NodeJS.ProcessEnv> as NodeJS.ProcessEnv;

interface DataFolder {
  readonly place: ServerPlace;
  readonly account: ServerAccount | undefined;
  readonly password: string;
  /** Told when initdb has been started. */
  readonly onBusy: (() => void) | undefined;
}

/** The initialised data folder, made by initdb at the first start. */
export async function prepareDataFolder(wanted: DataFolder): Promise<string> {
  const { place } = wanted;
  const data = join(place.folder, 'data');
  const version = await readFile(join(data, 'PG_VERSION'), 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOENT') {
      throw new EmbeddedPostgresError(
        `${data} cannot be read (${error.code}): start Fairlead as the user who made it, or move it away to begin anew.`,
      );
    }
    return undefined;
  });
  if (version === undefined) {
    await initialise(wanted);
    return data;
  }
  const major = place.binaries.version.split('.', 1)[0];
  if (version.trim() !== major) {
    throw new EmbeddedPostgresError(
      `${data} was made by PostgreSQL ${version.trim()} and the installed one is ${major}: dump it with the old version, or move it away to begin anew.`,
    );
  }
  return data;
}

/** A killed initdb leaves half a folder, so it works beside the real one and is renamed when done. */
async function initialise({ place, account, password, onBusy }: DataFolder): Promise<void> {
  const draft = join(place.folder, 'data.new');
  const passwordFile = join(place.folder, 'password.new');
  await rm(draft, { recursive: true, force: true });
  await rm(passwordFile, { force: true });
  try {
    await mkdir(draft, { mode: 0o700 });
    await writeFile(passwordFile, `${password}\n`, { mode: 0o600, flag: 'wx' });
    if (account !== undefined) {
      await chown(draft, account.uid, account.gid);
      await chown(passwordFile, account.uid, account.gid);
    }
    const initdb = run(join(place.binaries.folder, 'bin', 'initdb'), initdbArguments(draft, passwordFile), {
      ...account,
      cwd: '/',
      env: serverEnvironment,
    });
    onBusy?.();
    await initdb;
    await rename(draft, join(place.folder, 'data'));
  } catch (error) {
    throw new EmbeddedPostgresError(`PostgreSQL could not make its data folder: ${failureText(error)}`, {
      cause: error,
    });
  } finally {
    await rm(passwordFile, { force: true });
    await rm(draft, { recursive: true, force: true });
  }
}

/** The builtin C.UTF-8 needs no locale of the machine and sorts the same everywhere; under LANG=C the default is SQL_ASCII. */
function initdbArguments(data: string, passwordFile: string): string[] {
  return [
    `--pgdata=${data}`,
    '--username=fairlead',
    `--pwfile=${passwordFile}`,
    '--auth=scram-sha-256',
    '--encoding=UTF8',
    '--locale-provider=builtin',
    '--builtin-locale=C.UTF-8',
    '--locale=C',
  ];
}

function failureText(error: unknown): string {
  const stderr = error instanceof Error && 'stderr' in error ? String(error.stderr).trim() : '';
  return stderr !== '' ? stderr : error instanceof Error ? error.message : String(error);
}

/** Whether the data folder is there, without reading it. */
export async function hasData(folder: string): Promise<boolean> {
  return stat(join(folder, 'data')).then(
    () => true,
    () => false,
  );
}
