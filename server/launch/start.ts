import { freePort } from '../../db/embedded/server-process.ts';
import { readEnv } from '../env.ts';
import { readArguments } from './arguments.ts';
import { checkoutRoot, stateFolderOf } from './checkout.ts';
import { type LaunchOptions, launchFairlead, type RunningMain } from './launch-fairlead.ts';
import { onStopSignal } from './stop-signals.ts';

const closeWithinMs = 60_000;

/** `npm start`: runs until a signal or the end of the built-in database, and says every failure in a sentence. */
export async function startFromCommandLine(args: string[]): Promise<void> {
  try {
    const startArguments = readArguments(args);
    const env = readEnv();
    await runUntilStopped({
      root: checkoutRoot,
      startArguments,
      stateFolder: stateFolderOf(env),
      databaseUrl: env.DATABASE_URL,
      port: await choosePort(startArguments.port ?? env.PORT),
      loadMain: async () => (await import('../main.ts')).main,
    });
  } catch (error) {
    console.error(startFailure(error));
    process.exit(1);
  }
}

/** A port that was asked for is kept, so that a taken one is an error; main needs the number before it listens. */
async function choosePort(asked: number | undefined): Promise<number> {
  if (asked === undefined) {
    return freePort(3000);
  }
  return asked === 0 ? freePort() : asked;
}

/** The sentence for the terminal. */
export function startFailure(error: unknown): string {
  if (error instanceof Error && 'code' in error && error.code === 'EADDRINUSE') {
    const port = 'port' in error ? ` ${String(error.port)}` : '';
    return `The port${port} is taken by another program: choose another one with npm start -- --port=0 (any free one) or a number.`;
  }
  return error instanceof Error ? error.message : String(error);
}

/** Installs the signals first: one that comes during the start must stop what has started by then. */
export async function runUntilStopped(
  options: Omit<LaunchOptions, 'print' | 'onDatabaseExit'>,
): Promise<void> {
  let stopping: number | undefined;
  let running: RunningMain | undefined;
  const stop = (exitCode: number) => {
    if (stopping !== undefined) {
      return;
    }
    stopping = exitCode;
    if (running !== undefined) {
      void closeAndExit(running, exitCode);
    }
  };
  onStopSignal(
    () => stop(0),
    () => process.exit(1),
  );
  running = await launchFairlead({
    ...options,
    print: (line) => console.log(line),
    onDatabaseExit: (sentence) => {
      console.error(sentence);
      stop(1);
    },
  });
  if (stopping !== undefined) {
    return closeAndExit(running, stopping);
  }
  console.log(running.url === '' ? 'Fairlead is running.' : `Fairlead is running at ${running.url}`);
}

async function closeAndExit(running: RunningMain, exitCode: number): Promise<void> {
  const timer = setTimeout(() => {
    console.error('Fairlead did not stop within a minute and is ended now.');
    process.exit(1);
  }, closeWithinMs);
  timer.unref();
  try {
    await running.close();
    process.exit(exitCode);
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    process.exit(1);
  }
}
