import type { BrowserContext, Page } from '@playwright/test';

/**
 * Gathers what no page may do: write an error to the console, throw, or break the content security policy. A refusal
 * that a test provokes is an answer with a 4xx status, which the browser writes to its console too: `allow` names those.
 */
export class PageProblems {
  readonly #found: string[] = [];
  #allowed: RegExp[] = [];

  async watch(context: BrowserContext): Promise<void> {
    await context.addInitScript(() => {
      document.addEventListener('securitypolicyviolation', (event) => {
        console.error(`CSP violation: ${event.violatedDirective} ${event.blockedURI} ${event.sample}`);
      });
    });
    context.on('page', (page) => this.#watchPage(page));
  }

  allow(pattern: RegExp): void {
    this.#allowed.push(pattern);
  }

  /** Everything found that no test allowed. */
  left(): string[] {
    return this.#found.filter((problem) => !this.#allowed.some((pattern) => pattern.test(problem)));
  }

  #watchPage(page: Page): void {
    const note = (text: string) => this.#found.push(`${new URL(page.url()).pathname}: ${text}`);
    page.on('console', (message) => {
      if (message.type() === 'error') note(`${message.text()} (${message.location().url})`);
    });
    page.on('pageerror', (error) => note(String(error)));
  }
}
