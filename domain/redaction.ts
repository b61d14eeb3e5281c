/** What stands where a secret stood. */
export const redactedText = '[redacted]';

type Rule = readonly [pattern: RegExp, replacement: string];

/** In this order, so that no rule cuts the mark of another one in two. Every repetition is bounded: logs are long and hostile. */
const rules: readonly Rule[] = [
  // A key that is cut off by a line cap is one all the same.
  [
    /-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY-----[\s\S]*?(?:-----END [A-Z0-9 ]{0,40}PRIVATE KEY-----|$)/g,
    redactedText,
  ],
  [/(?<![\w-])eyJ[\w-]{5,8000}\.[\w-]{5,8000}(?:\.[\w-]{0,8000})?/g, redactedText],
  [/\b(Bearer|Basic)([ \t]{1,5})(?!\[redacted\])[\w.~+/=-]{6,8000}/gi, `$1$2${redactedText}`],
  [/\b(?:AKIA|ASIA|AROA|AIDA)[A-Z0-9]{16}\b/g, redactedText],
  [
    /\b(?:gh[pousr]_\w{20,200}|github_pat_\w{20,200}|glpat-[\w-]{16,200}|xox[abeprs]-[\w-]{10,200}|hf_\w{20,200}|fl[it]_[\w-]{20,200}|sk-[\w-]{20,200})/g,
    redactedText,
  ],
  // The credential of a shared picture.
  [/([?&]sig=)[\w-]{6,200}/g, `$1${redactedText}`],
  [/(:\/\/[^\s:/@]{0,200}:)(?!\[redacted\])[^\s@/]{1,400}(@)/g, `$1${redactedText}$2`],
  [
    /((?:passw(?:or)?d|passphrase|secret|token(?!s|iz)|api[_-]?key|access[_-]?key|private[_-]?key|credential)[\w.-]{0,60}["']?[ \t]{0,5}(?:=>|[=:])[ \t]{0,5})(?!\[redacted\])("(?:[^"\\\n]|\\.){0,8000}"?|'(?:[^'\\\n]|\\.){0,8000}'?|[^\s,;&"'}\])]{1,8000})/gi,
    `$1${redactedText}`,
  ],
];

const secretName = /passw|passphrase|secret|token|key|credential|dsn|auth|connection_?string/i;
/** Shorter values would blacken ordinary words. */
const shortestValue = 6;

type Spec = {
  readonly containers: readonly {
    readonly env?: readonly { readonly name: string; readonly value?: string | undefined }[] | undefined;
  }[];
};

/** Values that a pod's specification gives to variables whose names speak of secrets; longest first. */
export function secretValues({ containers }: Spec): string[] {
  const values = containers
    .flatMap(({ env }) => env ?? [])
    .flatMap(({ name, value }) => (secretName.test(name) && value !== undefined ? [value] : []))
    .filter((value) => value.length >= shortestValue);
  return [...new Set(values)].sort((left, right) => right.length - left.length);
}

/**
 * The text without what looks like a secret: bearer and basic sign-ins, JSON Web Tokens, private keys, AWS and other
 * known keys, passwords in addresses, `password=…` and its like, and the given values wherever they stand. Lines stay
 * lines: only a private key, which spans several, becomes one.
 */
export function redacted(text: string, secrets: readonly string[] = []): string {
  const known = secrets.reduce((found, secret) => found.replaceAll(secret, redactedText), text);
  return rules.reduce((found, [pattern, replacement]) => found.replace(pattern, replacement), known);
}
