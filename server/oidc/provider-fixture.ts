import { spawn } from 'node:child_process';
import { resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { freePort } from '../../db/embedded/server-process.ts';

/** What the provider says about a person, by login; the login is the subject. */
export type ProviderPeople = Readonly<
  Record<
    string,
    {
      readonly name?: string;
      readonly email?: string;
      readonly email_verified?: boolean;
      readonly groups?: readonly string[];
    }
  >
>;

export type ProviderSettings = {
  readonly issuer: string;
  readonly clientId: string;
  readonly clientSecret: string;
  readonly redirectUri: string;
  readonly afterSignOut: string;
  readonly people: ProviderPeople;
  readonly claimsIn: 'idToken' | 'userinfo';
};

export type RunningProvider = {
  readonly settings: ProviderSettings;
  /** Replaces who is who; the next sign-in sees it. */
  tell(people: ProviderPeople): Promise<void>;
  close(): Promise<void>;
};

type Options = {
  /** PUBLIC_URL of the Fairlead that people sign in to. */
  readonly publicUrl: string;
  readonly people: ProviderPeople;
  readonly claimsIn?: 'idToken' | 'userinfo';
};

/** For tests: starts a real provider process (npm oidc-provider) on a loopback port. */
export async function startProvider(options: Options): Promise<RunningProvider> {
  const { publicUrl, people, claimsIn = 'idToken' } = options;
  const settings: ProviderSettings = {
    issuer: `http://127.0.0.1:${await freePort()}`,
    clientId: 'fairlead',
    clientSecret: 'the-client-secret-of-the-tests',
    redirectUri: `${publicUrl}/api/session/callback`,
    afterSignOut: `${publicUrl}/sign-in`,
    people,
    claimsIn,
  };
  const script = resolve(import.meta.dirname, 'provider-process.ts');
  const child = spawn(process.execPath, [script, JSON.stringify(settings)], {
    stdio: ['pipe', 'pipe', 'ignore'],
  });
  const ended = new Promise<void>((done) => child.once('close', () => done()));
  const lines = createInterface({ input: child.stdout });
  const heard = (wanted: string) =>
    new Promise<void>((done, fail) => {
      const onLine = (line: string) => {
        if (line !== wanted) return;
        lines.off('line', onLine);
        done();
      };
      lines.on('line', onLine);
      void ended.then(() => fail(new Error(`The provider ended before it was ${wanted}.`)));
    });
  await heard('ready');
  return {
    settings,
    async tell(next) {
      const told = heard('told');
      child.stdin.write(`${JSON.stringify(next)}\n`);
      await told;
    },
    async close() {
      child.kill('SIGKILL');
      await ended;
    },
  };
}

type PlainRequest = Pick<RequestInit, 'method' | 'body'> & {
  readonly headers?: Readonly<Record<string, string>>;
};

/** A browser without scripts: keeps cookies, follows redirects, fills in the provider's login form. */
export class PlainBrowser {
  readonly #cookies = new Map<string, Map<string, string>>();

  /** Requests once, with the cookies of the origin. */
  async request(url: string, init: PlainRequest = {}): Promise<Response> {
    const { origin } = new URL(url);
    const jar = this.#cookies.get(origin) ?? new Map<string, string>();
    this.#cookies.set(origin, jar);
    const cookie = [...jar].map(([name, value]) => `${name}=${value}`).join('; ');
    const answer = await fetch(url, {
      redirect: 'manual',
      ...init,
      headers: { ...init.headers, ...(cookie === '' ? {} : { cookie }) },
    });
    for (const line of answer.headers.getSetCookie()) {
      const [pair = '', ...rest] = line.split(';');
      const name = pair.slice(0, pair.indexOf('='));
      if (/expires=Thu, 01 Jan 1970|max-age=0\b/i.test(rest.join(';'))) jar.delete(name);
      else jar.set(name, pair.slice(name.length + 1));
    }
    return answer;
  }

  /** Follows redirects and signs in as `login`; returns the address at `until` that the provider sends back to, unvisited. */
  async signInAt(url: string, { login, until }: { login: string; until: string }): Promise<string> {
    let next = url;
    let init: PlainRequest = {};
    for (let turn = 0; turn < 12; turn += 1) {
      if (next.startsWith(until)) return next;
      const answer = await this.request(next, init);
      init = {};
      const location = answer.headers.get('location');
      if (location !== null) {
        next = new URL(location, next).href;
        continue;
      }
      const html = await answer.text();
      const action = /<form[^>]* action="([^"]+)"/.exec(html)?.[1];
      if (action === undefined)
        throw new Error(`No form at ${next} (${answer.status}): ${html.slice(0, 400)}`);
      next = new URL(action, next).href;
      init = { method: 'POST', body: new URLSearchParams({ prompt: 'login', login, password: 'x' }) };
    }
    throw new Error('The provider never sent the browser back.');
  }

  /** Forgets who is signed in at an origin. */
  forget(origin: string): void {
    this.#cookies.delete(origin);
  }
}
