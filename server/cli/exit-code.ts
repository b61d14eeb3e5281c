/** What the command line tool ends with; scripts may rely on the numbers (docs/ci.md). */
export const exitCode = {
  ok: 0,
  /** Something that should not happen, with its text. */
  broken: 1,
  /** The arguments or the environment are not right; nothing was sent. */
  usage: 2,
  /** The console, an approver or a check said no; no traffic was touched. */
  refused: 3,
  /** The time to wait was over; what was asked for goes on without the tool. */
  waiting: 4,
  /** The rollout took traffic and gave it back: rolled back or aborted. */
  rolledBack: 5,
  /** The console did not answer, also after repeating. */
  unreachable: 6,
} as const;
export type ExitCode = (typeof exitCode)[keyof typeof exitCode];

/** An end with a sentence for people and a code for programs. */
export class CliError extends Error {
  readonly exit: ExitCode;
  readonly code: string;
  readonly fix: string | null;
  constructor(exit: ExitCode, says: { code: string; message: string; fix?: string | null | undefined }) {
    super(says.message);
    this.name = 'CliError';
    this.exit = exit;
    this.code = says.code;
    this.fix = says.fix ?? null;
  }
}

/** The arguments are not right. */
export function usageError(message: string, fix: string | null = null): CliError {
  return new CliError(exitCode.usage, { code: 'usage', message, fix });
}

/** The bytes or the folder are not what was asked for. */
export function refusedError(message: string, fix: string | null = null): CliError {
  return new CliError(exitCode.refused, { code: 'refused', message, fix });
}
