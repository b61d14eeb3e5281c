import type { Page } from '@playwright/test';
import { openBrowser } from './bench-browser.ts';
import type { ColdStart } from './built-checkout.ts';
import type { Finding } from './measure.ts';

const tabs = 10;
const loadsWithinMs = 60_000;
const updatesWithinMs = 30_000;

/** Ten tabs of one browser on the list of models: how many event streams they hold, and when the last one shows a new model. */
export async function measureTenTabs({ url, cookie }: ColdStart): Promise<Finding[]> {
  const browser = await openBrowser();
  try {
    const context = await browser.newContext();
    const [name = '', value = ''] = cookie.split('=');
    await context.addCookies([{ name, value, url }]);
    const streams = new Set<unknown>();
    context.on('request', (request) => {
      if (request.url() === `${url}/api/events`) streams.add(request);
    });
    context.on('requestfinished', (request) => streams.delete(request));
    context.on('requestfailed', (request) => streams.delete(request));
    const startedAt = performance.now();
    const pages = await Promise.all(Array.from({ length: tabs }, () => context.newPage()));
    await Promise.all(pages.map((page) => openModels(page, url)));
    const loadedMs = performance.now() - startedAt;
    const first = pages[0];
    if (first === undefined) throw new Error('There is no tab.');
    await first.waitForFunction(
      () => navigator.locks.query().then(({ held }) => held?.length === 1),
      undefined,
      {
        timeout: loadsWithinMs,
      },
    );
    const openStreams = streams.size;
    const changedAt = performance.now();
    await createModel(first, url);
    await Promise.all(
      pages.map((page) =>
        page.getByRole('link', { name: 'ten-tabs' }).first().waitFor({ timeout: updatesWithinMs }),
      ),
    );
    const updatedMs = performance.now() - changedAt;
    const loaded = `all ten loaded within ${(loadedMs / 1_000).toFixed(1)} s`;
    return [
      {
        name: 'Event streams of ten open tabs',
        value: streamsOrNone(openStreams),
        limit: 1,
        unit: '',
        detail: loaded,
      },
      {
        name: 'Ten tabs show a change, the last one after',
        value: updatedMs / 1_000,
        limit: 5,
        unit: ' s',
        detail: 'a model that another request made',
      },
    ];
  } finally {
    await browser.close();
  }
}

/** No stream at all is no success. */
function streamsOrNone(count: number): number {
  return count === 0 ? Number.NaN : count;
}

async function openModels(page: Page, url: string): Promise<void> {
  await page.goto(`${url}/models`, { timeout: loadsWithinMs });
  await page.getByRole('link', { name: 'fraud-detector' }).first().waitFor({ timeout: loadsWithinMs });
}

async function createModel(page: Page, url: string): Promise<void> {
  const headers = { origin: url };
  const projects = await page.request.get(`${url}/api/trpc/projects.list`);
  const listed = (await projects.json()) as { result: { data: { json: { id: string }[] } } };
  const projectId = listed.result.data.json[0]?.id;
  const data = { json: { projectId, name: 'ten-tabs' } };
  const answer = await page.request.post(`${url}/api/trpc/models.create`, { headers, data });
  if (!answer.ok()) throw new Error(`models.create answered ${answer.status()}: ${await answer.text()}`);
}
