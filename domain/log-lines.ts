/** What a page may show of one line; the rest is counted, not shown. */
const longestLine = 4_000;
const longestKeyLines = 200;

const escape = String.fromCharCode(0x1b);
const bell = String.fromCharCode(0x07);
/** Colours and cursor moves (ECMA-48), titles and links of terminals; bounded, because a log may be anything. */
const escapes = new RegExp(
  `${escape}(?:\\[[0-?]{0,64}[ -/]{0,8}[@-~]|\\][^${bell}${escape}]{0,2000}(?:${bell}|${escape}\\\\)|[@-Z\\\\-_])`,
  'g',
);
/** All but the tab, and what turns the direction of reading or ends a line in a browser. */
const controls = /(?!\t)[\p{Cc}\u2028\u2029\u202a-\u202e\u2066-\u2069]/gu;

/**
 * A line as text that does nothing: terminal escapes are taken out, other control characters (also those that turn the
 * direction of reading) become "\ufffd", and an endless line is cut. Tabs stay.
 */
export function plainLine(line: string): string {
  const whole = line.replace(/\r$/, '');
  const shown = whole.slice(0, longestLine).replace(escapes, '').replace(controls, '\ufffd');
  const cut = whole.length - longestLine;
  return cut > 0 ? `${shown} … ${cut} more characters` : shown;
}

const keyBegin = /-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY-----/;
const keyEnd = /-----END [A-Z0-9 ]{0,40}PRIVATE KEY-----/;

/** Makes the lines of one log plain and takes secrets out of them; a private key spans several lines, so it remembers. */
export class LogCleaner {
  readonly #redact: (text: string) => string;
  #keyLines = 0;

  /** `redact` takes what looks like a secret out of a text. */
  constructor(redact: (text: string) => string) {
    this.#redact = redact;
  }

  /** The lines that may be shown; those of a private key's inside are left out. */
  clean(lines: readonly string[]): string[] {
    return lines.flatMap((line) => this.#line(plainLine(line)));
  }

  #line(line: string): string[] {
    if (this.#keyLines > 0) {
      this.#keyLines = keyEnd.test(line) ? 0 : this.#keyLines - 1;
      return [];
    }
    if (keyBegin.test(line) && !keyEnd.test(line)) this.#keyLines = longestKeyLines;
    return [this.#redact(line)];
  }
}
