import type { CliCommand } from './command-line.ts';

const environment = `Environment:
  FAIRLEAD_URL     address of the console, such as https://fairlead.example.com
  FAIRLEAD_TOKEN   API token of a project; never an argument`;

const exits = `Exit codes:
  0  done
  1  something that should not happen
  2  wrong arguments or environment; nothing was sent
  3  refused: by the console, by an approver, or because bytes differ
  4  the time to wait was over; what was asked for goes on
  5  the rollout was rolled back or aborted
  6  the console did not answer`;

const common = [
  '  --retry-for    DURATION: how long a console that is busy or does not answer is tried again (1m)',
  '  --json         print one object in place of the result',
];

export function overviewHelp(commands: readonly CliCommand[]): string {
  const lines = commands.map(({ name, summary }) => `  ${name.padEnd(10)} ${summary}`);
  return `Usage: fairlead COMMAND …

Commands:
${lines.join('\n')}

The result alone goes to stdout, sentences go to stderr; --json prints one object instead of the result.

${environment}

${exits}

More of a command: fairlead COMMAND --help`;
}

export function commandHelp({ name, words, summary, options }: CliCommand): string {
  const known = Object.entries(options).map(([option, { help }]) => `  --${option.padEnd(12)} ${help}`);
  return `Usage: fairlead ${name} ${words}

${summary}.

Options:
${[...known, ...common].join('\n')}

${environment}

${exits}`;
}
