import { test as base, expect } from '@playwright/test';
import { createDatabase, type Database } from '../db/client.ts';
import { ProjectFixture } from '../server/test-fixture.ts';
import { ConsolePeople } from './support/console-people.ts';
import { FilledProject } from './support/filled-project.ts';
import { PageProblems } from './support/page-problems.ts';
import { type SharedSite, sharedSite } from './support/shared-site.ts';

type TestFixtures = {
  /** A project of this test alone, with people of every role and a sandbox cluster of its own. */
  readonly project: FilledProject;
  readonly people: ConsolePeople;
  readonly problems: PageProblems;
};
type WorkerFixtures = { readonly site: SharedSite; readonly db: Database };

/** A test in real browsers against the running server; fails on any console error, page error or CSP violation. */
export const test = base.extend<TestFixtures, WorkerFixtures>({
  // Playwright reads a fixture's needs from the pattern of its first parameter.
  // oxlint-disable-next-line no-empty-pattern
  site: [async ({}, use) => use(sharedSite()), { scope: 'worker' }],
  db: [
    async ({ site }, use) => {
      const handle = createDatabase(site.databaseUrl, { applicationName: 'fairlead-journeys' });
      await use(handle.db);
      await handle.close();
    },
    { scope: 'worker' },
  ],
  baseURL: async ({ site }, use) => use(site.url),
  // oxlint-disable-next-line no-empty-pattern
  problems: async ({}, use) => {
    const problems = new PageProblems();
    await use(problems);
    expect(problems.left(), 'what the pages complained about').toEqual([]);
  },
  project: async ({ db }, use) => use(new FilledProject(await ProjectFixture.create(db))),
  people: async ({ browser, db, project, site, problems }, use) => {
    const consoles = new ConsolePeople({ browser, db, project: project.fixture, url: site.url, problems });
    await use(consoles);
    await consoles.close();
  },
});

export { expect };
