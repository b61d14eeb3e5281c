import {
  type Browser,
  type BrowserContext,
  type BrowserContextOptions,
  expect,
  type Page,
} from '@playwright/test';
import type { Database } from '../../db/client.ts';
import { makeSignInLink } from '../../server/sessions/sign-in.ts';
import type { ProjectFixture } from '../../server/test-fixture.ts';
import type { PageProblems } from './page-problems.ts';

export type Who = keyof ProjectFixture['people'];

type Options = {
  readonly browser: Browser;
  readonly db: Database;
  readonly project: ProjectFixture;
  readonly url: string;
  readonly problems: PageProblems;
};

/** A click before React has taken a button over is lost; it then keeps the button's properties on the element. */
const everyButtonAnswers = () =>
  [...document.querySelectorAll('button')].every((button) =>
    Object.keys(button).some((key) => key.startsWith('__reactProps$')),
  );

/** Parts that the server streams lie hidden in the page until they are put in their place: until then all of it is there twice. */
function lookWhenWhole(page: Page): void {
  const goto = page.goto.bind(page);
  page.goto = async (...asked) => {
    const answer = await goto(...asked);
    await expect(page.locator('[hidden][id^="S:"]')).toHaveCount(0);
    // By time: a tab in the background draws no frames to look at.
    await page.waitForFunction(everyButtonAnswers, undefined, { polling: 100 });
    return answer;
  };
}

/** Browsers of the people of one project, each signed in by a one-time link. */
export class ConsolePeople {
  readonly #options: Options;
  readonly #contexts = new Map<string, BrowserContext>();
  readonly #opened: BrowserContext[] = [];

  constructor(options: Options) {
    this.#options = options;
  }

  /** A page of this person; every call opens another tab of the same browser. */
  async as(who: Who, path = '/', context: BrowserContextOptions = {}): Promise<Page> {
    const page = await (await this.context(who, context)).newPage();
    await page.goto(path);
    return page;
  }

  async context(who: Who, extra: BrowserContextOptions = {}): Promise<BrowserContext> {
    const key = `${who} ${JSON.stringify(extra)}`;
    const known = this.#contexts.get(key);
    if (known !== undefined) return known;
    const context = await this.nobody(extra);
    this.#contexts.set(key, context);
    const { db, project, url } = this.#options;
    const link = await makeSignInLink(db, project.people[who].id, 1);
    const answer = await context.request.post('/api/session/link', {
      data: { link },
      headers: { origin: url },
    });
    if (!answer.ok()) throw new Error(`Signing in as ${who} was answered with ${answer.status()}.`);
    return context;
  }

  /** A browser in which nobody is signed in. */
  async nobody(extra: BrowserContextOptions = {}): Promise<BrowserContext> {
    const { browser, url, problems } = this.#options;
    const context = await browser.newContext({ baseURL: url, ...extra });
    this.#opened.push(context);
    // Without scripts nothing puts them there.
    if (extra.javaScriptEnabled !== false) context.on('page', lookWhenWhole);
    await problems.watch(context);
    return context;
  }

  async close(): Promise<void> {
    for (const context of this.#opened) await context.close();
  }
}
