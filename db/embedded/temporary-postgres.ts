import { chmod, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startEmbeddedPostgres } from './embedded-postgres.ts';
import { isRunning } from './process-probe.ts';
import { runningServer, stopServer } from './server-process.ts';
import { readState } from './state-file.ts';

const prefix = 'fairlead-temporary-';

export interface TemporaryPostgres {
  readonly url: string;
  /** Stops the server and deletes all that it wrote. */
  remove(): Promise<void>;
}

/** A server for one run of tests or measurements; those that killed runs left behind are cleared away first. */
export async function startTemporaryPostgres(
  settings: Readonly<Record<string, string>> = {},
): Promise<TemporaryPostgres> {
  await removeAbandoned();
  const folder = await mkdtemp(join(tmpdir(), prefix));
  await writeFile(join(folder, 'owner'), String(process.pid));
  // mkdtemp closes the folder to the account that PostgreSQL runs under when this process is root.
  await chmod(folder, 0o711);
  const server = await startEmbeddedPostgres({ stateFolder: join(folder, 'state'), settings });
  return {
    url: server.url,
    remove: async () => {
      await server.stop();
      await removeState(folder);
    },
  };
}

async function removeAbandoned(): Promise<void> {
  for (const name of await readdir(tmpdir())) {
    if (!name.startsWith(prefix)) {
      continue;
    }
    const folder = join(tmpdir(), name);
    const owner = Number(await readFile(join(folder, 'owner'), 'utf8').catch(() => ''));
    if (owner > 0 && !(await isRunning(owner))) {
      await removeState(folder);
    }
  }
}

/** Also the private folder that stands in for a folder which PostgreSQL's account cannot enter. */
async function removeState(folder: string): Promise<void> {
  const state = await readState(join(folder, 'state'));
  const place = state?.privateFolder ?? join(folder, 'state', 'postgres');
  const server = await runningServer(join(place, 'data'));
  if (server !== undefined) {
    await stopServer(server.pid);
  }
  await rm(place, { recursive: true, force: true });
  await rm(folder, { recursive: true, force: true });
}
