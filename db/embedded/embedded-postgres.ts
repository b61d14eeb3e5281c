import { chmod, mkdir, realpath, stat } from 'node:fs/promises';
import { join } from 'node:path';
import pg from 'pg';
import { hasData, prepareDataFolder } from './data-folder.ts';
import { EmbeddedPostgresError } from './embedded-postgres-error.ts';
import { joinUsers, leaveUsers, withFolderLock } from './folder-lock.ts';
import { isRunning } from './process-probe.ts';
import { type ServerAccount, serverAccount } from './server-account.ts';
import { type ServerPlace, serverPlace } from './server-place.ts';
import {
  freePort,
  lastLogLines,
  launch,
  type RunningServer,
  runningServer,
  stopServer,
  waitUntilReady,
} from './server-process.ts';
import { type EmbeddedState, newState, readState, writeState } from './state-file.ts';

export interface EmbeddedOptions {
  /** `.fairlead/` of the checkout. */
  readonly stateFolder: string;
  /** PostgreSQL settings for a server that is started (an adopted one keeps its own). */
  readonly settings?: Readonly<Record<string, string>>;
  /** Hears a sentence when the server ends and nobody asked it to. */
  readonly onExit?: (sentence: string) => void;
  /** Told as soon as the first program of PostgreSQL has been started here, whose end is waited for; never of an adopted server. */
  readonly onBusy?: () => void;
  /** Account names to try when this process is root. */
  readonly accountNames?: string[];
}

export interface EmbeddedPostgres {
  readonly url: string;
  readonly port: number;
  readonly pid: number;
  readonly dataFolder: string;
  /** A server of an earlier start was still running and is used on. */
  readonly adopted: boolean;
  /** Stops the server unless another process uses it too. */
  stop(): Promise<void>;
}

interface Prepared {
  readonly stateFolder: string;
  readonly account: ServerAccount | undefined;
  readonly state: EmbeddedState;
  readonly place: ServerPlace;
  readonly data: string;
}

/** Starts the PostgreSQL of a state folder, or takes over the one that a killed parent left running. */
export async function startEmbeddedPostgres(options: EmbeddedOptions): Promise<EmbeddedPostgres> {
  const stateFolder = await makeStateFolder(options.stateFolder);
  return withFolderLock(stateFolder, async () => {
    const prepared = await prepare(stateFolder, options);
    const found = await runningServer(prepared.data);
    const server = found ?? (await startNew(prepared, options));
    const url = urlOf(prepared.state, server.port, 'postgres');
    if (found !== undefined) {
      await waitUntilReady(url, prepared.data, () => isRunning(found.pid));
    }
    await createDatabaseIfMissing(url);
    const record = await joinUsers(stateFolder);
    const watch = watchExit(server.pid, () => options.onExit?.(exitSentence(logFileIn(stateFolder))));
    return {
      url: urlOf(prepared.state, server.port, 'fairlead'),
      port: server.port,
      pid: server.pid,
      dataFolder: prepared.data,
      adopted: found !== undefined,
      stop: () => {
        watch.end();
        return withFolderLock(stateFolder, async () => {
          if (!(await leaveUsers(stateFolder, record))) {
            await stopServer(server.pid);
          }
        });
      },
    };
  });
}

const logFileIn = (stateFolder: string) => join(stateFolder, 'postgres.log');

const exitSentence = (logFile: string) =>
  `The built-in PostgreSQL ended by itself; ${logFile} says why. Start Fairlead again: the data is kept.`;

function urlOf(state: EmbeddedState, port: number, database: string): string {
  return `postgres://fairlead:${state.password}@127.0.0.1:${port}/${database}`;
}

async function makeStateFolder(folder: string): Promise<string> {
  const missing = await stat(folder).then(
    () => false,
    () => true,
  );
  if (missing) {
    await mkdir(folder, { recursive: true }).catch((error: NodeJS.ErrnoException) => {
      throw new EmbeddedPostgresError(
        `The folder ${folder} for the built-in PostgreSQL cannot be made (${error.code}): ` +
          'set STATE_FOLDER to one that this account may write, or DATABASE_URL to a PostgreSQL of your own.',
      );
    });
    // The server's account must pass through it to its data, and may not list it.
    await chmod(folder, 0o711);
  }
  return realpath(folder);
}

async function prepare(stateFolder: string, options: EmbeddedOptions): Promise<Prepared> {
  const account = await serverAccount(options.accountNames);
  const recorded = await readState(stateFolder);
  const place = await serverPlace({ stateFolder, account, state: recorded ?? newState() });
  if (recorded === undefined && (await hasData(place.folder))) {
    throw new EmbeddedPostgresError(
      `${place.folder}/data is there but ${stateFolder}/postgres.json with its password is not: put it back, or move the data away to begin anew.`,
    );
  }
  const state = {
    ...(recorded ?? newState()),
    ...(place.privateFolder ? { privateFolder: place.privateFolder } : {}),
  };
  // The password is on record before initdb uses it, so a kill in between loses nothing.
  await writeState(stateFolder, state);
  return {
    stateFolder,
    account,
    state,
    place,
    data: await prepareDataFolder({ place, account, password: state.password, onBusy: options.onBusy }),
  };
}

/** Another program can take the chosen port before PostgreSQL does, so a few ports are tried. */
async function startNew(prepared: Prepared, options: EmbeddedOptions): Promise<RunningServer> {
  const { stateFolder, account, state, place, data } = prepared;
  const logFile = logFileIn(stateFolder);
  for (let attempt = 1; ; attempt += 1) {
    const port = await freePort(attempt === 1 ? state.port : 0);
    const program = join(place.binaries.folder, 'bin', 'postgres');
    const child = await launch({ program, data, port, account, settings: options.settings ?? {}, logFile });
    const pid = child.pid ?? 0;
    options.onBusy?.();
    try {
      await waitUntilReady(
        urlOf(state, port, 'postgres'),
        data,
        async () => child.exitCode === null && child.signalCode === null,
      );
      await writeState(stateFolder, { ...state, port });
      child.unref();
      return { pid, port };
    } catch (error) {
      await stopServer(pid);
      const said = await lastLogLines(logFile);
      if (attempt < 5 && said.includes('could not create any TCP/IP sockets')) {
        continue;
      }
      throw new EmbeddedPostgresError(
        `${error instanceof Error ? error.message : String(error)} Its log ${logFile} ends with: ${said}`,
        { cause: error },
      );
    }
  }
}

async function createDatabaseIfMissing(url: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  client.on('error', () => undefined);
  await client.connect();
  try {
    const { rowCount } = await client.query(`SELECT 1 FROM pg_database WHERE datname = 'fairlead'`);
    if (rowCount === 0) {
      await client.query('CREATE DATABASE fairlead');
    }
  } finally {
    await client.end();
  }
}

/** An adopted server is no child of ours, so its end is seen by looking. */
function watchExit(pid: number, onExit: () => void): { end(): void } {
  let wanted = true;
  const end = () => {
    wanted = false;
    clearInterval(timer);
  };
  const look = async () => {
    if (!(await isRunning(pid)) && wanted) {
      end();
      onExit();
    }
  };
  const timer = setInterval(() => void look(), 500);
  timer.unref();
  return { end };
}
