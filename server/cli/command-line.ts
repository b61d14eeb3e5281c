import { type ParseArgsConfig, parseArgs } from 'node:util';
import type { Console } from './console-api.ts';
import { type ExitCode, usageError } from './exit-code.ts';

type Options = NonNullable<ParseArgsConfig['options']>;
type Values = Readonly<Record<string, string | boolean | readonly (string | boolean)[] | undefined>>;

/** The parsed words of one call, with the sentences for what is missing. */
export class Words {
  readonly positionals: readonly string[];
  readonly #values: Values;

  constructor(positionals: readonly string[], values: Values) {
    this.positionals = positionals;
    this.#values = values;
  }

  text(name: string): string | null {
    const value = this.#values[name];
    return typeof value === 'string' ? value : null;
  }

  list(name: string): readonly string[] {
    const value = this.#values[name];
    return Array.isArray(value) ? value.map(String) : [];
  }

  flag(name: string): boolean {
    return this.#values[name] === true;
  }

  needed(name: string, what: string): string {
    const value = this.text(name);
    if (value === null || value === '') throw usageError(`Name ${what} with --${name}.`);
    return value;
  }

  position(index: number, what: string): string {
    const value = this.positionals[index];
    if (value === undefined || value === '') throw usageError(`Name ${what}.`);
    return value;
  }
}

/** What a command gets beside its words; the process itself is behind it, so that tests can stand in for time. */
export type Surroundings = {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** One sentence for people, on stderr. */
  readonly say: (sentence: string) => void;
  readonly console: () => Console;
  readonly pause: (ms: number) => Promise<void>;
  readonly now: () => number;
};

/** How a command ended: `value` goes to stdout as it is, or `json` with --json. */
export type Ending = { readonly exit: ExitCode; readonly value: string; readonly json: object };

export type CliCommand = {
  readonly name: string;
  /** The words after the name, as help shows them. */
  readonly words: string;
  readonly summary: string;
  readonly options: Readonly<Record<string, Options[string] & { readonly help: string }>>;
  readonly run: (words: Words, around: Surroundings) => Promise<Ending>;
};

/** Parses the words of a command; what it does not know is refused with the parser's own sentence. */
export function parseWords(command: CliCommand, args: readonly string[]): Words {
  const plain = Object.entries(command.options).map(([name, { help: _help, ...option }]) => [name, option]);
  try {
    const { positionals, values } = parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        ...(Object.fromEntries(plain) as Options),
        json: { type: 'boolean' },
        'retry-for': { type: 'string' },
        help: { type: 'boolean', short: 'h' },
      },
    });
    return new Words(positionals, values);
  } catch (error) {
    throw usageError(
      error instanceof Error ? error.message : String(error),
      `See fairlead ${command.name} --help.`,
    );
  }
}

const units: Readonly<Record<string, number>> = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** Milliseconds of "90s", "15m", "2h" or "1d". */
export function durationMs(text: string): number {
  const [, count, unit] = /^(\d{1,6})(s|m|h|d)$/.exec(text) ?? [];
  const factor = units[unit ?? ''];
  if (count === undefined || factor === undefined)
    throw usageError(`"${text}" is no duration: write it as 90s, 15m, 2h or 1d.`);
  return Number(count) * factor;
}
