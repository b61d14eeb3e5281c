import { type CliCommand, durationMs, type Ending, parseWords } from './command-line.ts';
import { openConsole } from './console-api.ts';
import { digestCommand } from './digest-command.ts';
import { CliError, type ExitCode, exitCode, usageError } from './exit-code.ts';
import { commandHelp, overviewHelp } from './help.ts';
import { promoteCommand } from './promote-command.ts';
import { registerCommand } from './register-command.ts';
import { statusCommand } from './status-command.ts';
import { waitCommand } from './wait-command.ts';

const commands: readonly CliCommand[] = [
  digestCommand,
  registerCommand,
  promoteCommand,
  waitCommand,
  statusCommand,
];

/** The process around the tool. */
export type CliProcess = {
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly out: (text: string) => void;
  readonly err: (text: string) => void;
};

/** Runs one call and answers its exit code: the value or JSON on `out`, sentences on `err`. */
export async function runCli(process: CliProcess): Promise<ExitCode> {
  const { args, out, err } = process;
  const asJson = args.includes('--json');
  try {
    const ending = await called(process);
    out(
      `${asJson && 'json' in ending ? JSON.stringify({ ...ending.json, exit: ending.exit }) : ending.value}\n`,
    );
    return ending.exit;
  } catch (error) {
    const told = error instanceof CliError ? error : broken(error);
    const { exit, code, message, fix } = told;
    err(`fairlead: ${message}${fix === null ? '' : `\n  ${fix}`}\n`);
    if (asJson) out(`${JSON.stringify({ error: { code, message, fix }, exit })}\n`);
    return exit;
  }
}

async function called(process: CliProcess): Promise<Ending | { exit: ExitCode; value: string }> {
  const { args, env, err } = process;
  refuseToken(args);
  const [name, ...rest] = args;
  if (name === undefined || name === 'help' || name === '--help' || name === '-h')
    return { exit: name === undefined ? exitCode.usage : exitCode.ok, value: overviewHelp(commands) };
  const command = commands.find((known) => known.name === name);
  if (command === undefined)
    throw usageError(
      `There is no command "${name}".`,
      `There are: ${commands.map((known) => known.name).join(', ')}.`,
    );
  if (rest.includes('--help') || rest.includes('-h'))
    return { exit: exitCode.ok, value: commandHelp(command) };
  const words = parseWords(command, rest);
  const pause = (ms: number) => new Promise<void>((resume) => setTimeout(resume, ms));
  const now = () => performance.now();
  const retryForMs = durationMs(words.text('retry-for') ?? '1m');
  return await command.run(words, {
    env,
    say: (sentence) => err(`${sentence}\n`),
    console: () => openConsole({ env, retryForMs, pause, now }),
    pause,
    now,
  });
}

/** Arguments are seen by everybody on the machine, so a token among them is refused before anything is done with it. */
function refuseToken(args: readonly string[]): void {
  if (!args.some((arg) => /^--?token\b/.test(arg) || arg.includes('flt_'))) return;
  throw usageError(
    'A token does not belong into the arguments: everybody on this machine can read them in the list of processes.',
    'Put it into the environment variable FAIRLEAD_TOKEN, and make a new one if this one was real.',
  );
}

function broken(error: unknown): CliError {
  const message = error instanceof Error ? error.message : String(error);
  return new CliError(exitCode.broken, { code: 'broken', message });
}
