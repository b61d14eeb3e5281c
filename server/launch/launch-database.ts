import { startEmbeddedPostgres } from '../../db/embedded/embedded-postgres.ts';

export interface LaunchDatabase {
  readonly url: string;
  /** Where it is, without secrets, for the terminal. */
  readonly description: string;
  stop(): Promise<void>;
}

export interface LaunchDatabaseOptions {
  readonly stateFolder: string;
  readonly databaseUrl: string | undefined;
  readonly onExit?: (sentence: string) => void;
  readonly onBusy?: () => void;
}

/** The database of DATABASE_URL when it is set, else the built-in one in the state folder. */
export async function launchDatabase({
  stateFolder,
  databaseUrl,
  onExit,
  onBusy,
}: LaunchDatabaseOptions): Promise<LaunchDatabase> {
  if (databaseUrl !== undefined) {
    return {
      url: databaseUrl,
      description: `the PostgreSQL of DATABASE_URL at ${hostOf(databaseUrl)}`,
      stop: async () => undefined,
    };
  }
  const server = await startEmbeddedPostgres({
    stateFolder,
    ...(onExit === undefined ? {} : { onExit }),
    ...(onBusy === undefined ? {} : { onBusy }),
  });
  const where = `its own PostgreSQL in ${server.dataFolder}`;
  return {
    url: server.url,
    description: server.adopted ? `${where}, which was still running` : where,
    stop: () => server.stop(),
  };
}

function hostOf(databaseUrl: string): string {
  try {
    return new URL(databaseUrl).host;
  } catch {
    throw new Error('DATABASE_URL is no address of the form postgres://user:password@host:5432/database.');
  }
}
