import { migrate } from '../../db/migrate.ts';
import { silenceTelemetry } from '../env.ts';
import { buildApp, buildObstacle } from './app-build.ts';
import type { StartArguments } from './arguments.ts';
import { isBuilt } from './build-stamp.ts';
import { type LaunchDatabase, launchDatabase } from './launch-database.ts';

export interface MainOptions {
  readonly databaseUrl: string;
  readonly role: StartArguments['role'];
  readonly port: number;
  readonly dev: boolean;
  readonly demo: boolean;
}

export interface RunningMain {
  readonly url: string;
  close(): Promise<void>;
}

export interface LaunchOptions {
  readonly root: string;
  /** Of the built-in database. */
  readonly stateFolder: string;
  readonly startArguments: StartArguments;
  readonly databaseUrl: string | undefined;
  readonly port: number;
  /** Loads `server/main.ts`; late, because it pulls in the whole product. */
  readonly loadMain: () => Promise<(options: MainOptions) => Promise<RunningMain>>;
  readonly print: (line: string) => void;
  /** Hears that the built-in database ended by itself. */
  readonly onDatabaseExit: (sentence: string) => void;
}

/** Everything that `npm start` does between its arguments and the running console; what was started is stopped on failure. */
export async function launchFairlead(options: LaunchOptions): Promise<RunningMain> {
  const { stateFolder, startArguments, databaseUrl, print } = options;
  silenceTelemetry();
  await buildWhenStale(options);
  let loading: ReturnType<LaunchOptions['loadMain']> | undefined;
  const load = () => {
    loading ??= options.loadMain();
    return loading;
  };
  const database = await launchDatabase({
    stateFolder,
    databaseUrl,
    onExit: options.onDatabaseExit,
    // Reading in the product keeps one processor busy, and PostgreSQL's programs keep another one.
    onBusy: () => void load().catch(() => undefined),
  });
  try {
    print(`Fairlead uses ${database.description}.`);
    const { applied } = await migrate(database.url);
    if (applied.length > 0) {
      print(`Migrated the database: ${applied.join(', ')}.`);
    }
    const main = await load();
    const running = await main({ ...startArguments, databaseUrl: database.url, port: options.port });
    return { url: running.url, close: () => closeBoth(running, database) };
  } catch (error) {
    await database.stop();
    throw error;
  }
}

async function buildWhenStale({ root, startArguments, print }: LaunchOptions): Promise<void> {
  if (startArguments.role === 'worker' || startArguments.dev || (await isBuilt(root))) {
    return;
  }
  const obstacle = await buildObstacle(root);
  if (obstacle !== undefined) {
    throw new Error(`The pages are not built, and cannot be built here because ${obstacle}.`);
  }
  print('Building the pages, because their sources have changed or were never built …');
  await buildApp(root);
}

async function closeBoth(running: RunningMain, database: LaunchDatabase): Promise<void> {
  try {
    await running.close();
  } finally {
    await database.stop();
  }
}
