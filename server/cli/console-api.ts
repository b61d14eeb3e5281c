import { CliError, exitCode, refusedError, usageError } from './exit-code.ts';

/** The console's REST API with the token of the environment. */
export type Console = {
  /** Address of the console without a slash at its end. */
  readonly url: string;
  readonly get: <Answer>(path: string) => Promise<Answer>;
  /** The key makes a repeat act once. */
  readonly post: <Answer>(path: string, body: object, key: string) => Promise<Answer>;
};

type Access = {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** How long a console that does not answer is tried again. */
  readonly retryForMs: number;
  readonly pause: (ms: number) => Promise<void>;
  readonly now: () => number;
};

type Sent = {
  readonly method?: 'POST';
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
};

const answerTimeoutMs = 60_000;
const longestPauseMs = 15_000;

/** Reads address and token from the environment; refuses when one is missing or is none. */
export function openConsole(access: Access): Console {
  const url = addressOf(access.env['FAIRLEAD_URL'] ?? '');
  const token = (access.env['FAIRLEAD_TOKEN'] ?? '').trim();
  if (!/^flt_[\w-]{20,}$/.test(token))
    throw usageError(
      token === ''
        ? 'The environment variable FAIRLEAD_TOKEN is not set.'
        : 'The environment variable FAIRLEAD_TOKEN holds no token of Fairlead: those begin with "flt_".',
      'Make a token under Settings → API tokens and store it as a secret of your pipeline.',
    );
  const send = async <Answer>(path: string, request: Sent): Promise<Answer> => {
    const headers = { authorization: `Bearer ${token}`, accept: 'application/json', ...request.headers };
    return (await answered(access, `${url}/api/v1${path}`, { ...request, headers })) as Answer;
  };
  return {
    url,
    get: (path) => send(path, {}),
    post: (path, body, key) =>
      send(path, {
        method: 'POST',
        headers: { 'content-type': 'application/json', 'idempotency-key': key },
        body: JSON.stringify(body),
      }),
  };
}

function addressOf(text: string): string {
  if (text === '')
    throw usageError(
      'The environment variable FAIRLEAD_URL is not set.',
      'Set it to the address of the console.',
    );
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url === null || !/^https?:$/.test(url.protocol) || url.username !== '' || url.search !== '')
    throw usageError(
      `FAIRLEAD_URL is no address of a console: "${text}".`,
      'Write it as https://fairlead.example.com.',
    );
  return url.href.replace(/\/+$/, '');
}

/** Tries again while nobody answers, the console is busy (429) or broken (5xx), each time later, until the time is over. */
async function answered(access: Access, url: string, request: Sent): Promise<unknown> {
  const until = access.now() + access.retryForMs;
  for (let attempt = 0; ; attempt += 1) {
    const outcome = await attempted(url, request);
    if (!('again' in outcome)) return outcome.json;
    const pauseMs =
      outcome.afterMs ?? Math.min(longestPauseMs, 500 * 2 ** attempt * (0.5 + Math.random() / 2));
    if (access.now() + pauseMs > until)
      throw new CliError(exitCode.unreachable, {
        code: 'unreachable',
        message: `${new URL(url).origin} ${outcome.again}, also after ${attempt + 1} attempts.`,
        fix: 'Nothing is known to have happened; the same call again acts once.',
      });
    await access.pause(pauseMs);
  }
}

type Outcome = { readonly json: unknown } | { readonly again: string; readonly afterMs: number | null };

async function attempted(url: string, request: Sent): Promise<Outcome> {
  let answer: Response;
  let text: string;
  try {
    answer = await fetch(url, {
      ...request,
      redirect: 'manual',
      signal: AbortSignal.timeout(answerTimeoutMs),
    });
    text = await answer.text();
  } catch (error) {
    return { again: notReached(error, url), afterMs: null };
  }
  if (answer.status === 429 || answer.status >= 500)
    return { again: `answered ${answer.status}`, afterMs: retryAfterMs(answer.headers.get('retry-after')) };
  const json = jsonOf(text);
  if (answer.ok && json !== undefined) return { json };
  if (answer.status >= 300 && answer.status < 400)
    throw usageError(
      `FAIRLEAD_URL leads elsewhere: ${answer.headers.get('location') ?? 'no location is told'}.`,
      'Set it to the address that the console itself has.',
    );
  throw refusalOf(answer.status, json);
}

/** A certificate that is not trusted stays so; everything else about a connection may pass. */
function notReached(error: unknown, url: string): string {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  const code = (cause as NodeJS.ErrnoException).code ?? '';
  if (/CERT|SIGNATURE|ISSUER/.test(code))
    throw new CliError(exitCode.unreachable, {
      code: 'certificate',
      message: `The certificate of ${new URL(url).origin} is not trusted (${code}).`,
      fix: 'Name the file of its authority in NODE_EXTRA_CA_CERTS.',
    });
  return `does not answer (${code === '' ? String((cause as Error).message) : code})`;
}

function retryAfterMs(header: string | null): number | null {
  if (header === null || !/^\d{1,4}$/.test(header)) return null;
  return Math.min(60, Number(header)) * 1_000;
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

type Told = {
  readonly code?: string;
  readonly message?: string;
  readonly params?: object;
  readonly fix?: string | null;
};

/** The console's own no, with its code and its parameters. */
export class RefusedByConsole extends CliError {
  readonly status: number;
  readonly params: Readonly<Record<string, unknown>>;
  constructor(status: number, told: Told & { readonly code: string; readonly message: string }) {
    super(exitCode.refused, { code: told.code, message: told.message, fix: told.fix });
    this.status = status;
    this.params = { ...told.params };
  }
}

function refusalOf(status: number, json: unknown): CliError {
  const told = (json as { error?: Told } | undefined)?.error;
  if (told?.message === undefined)
    return refusedError(
      `The address in FAIRLEAD_URL answered ${status} and not as a console of Fairlead does.`,
      'Check the address, and whether a sign-in page stands before it.',
    );
  return new RefusedByConsole(status, { ...told, code: told.code ?? 'refused', message: told.message });
}
