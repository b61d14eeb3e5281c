import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';

const nowhere = ['**/node_modules/**'];
const simulations = '{domain,server}/**/*.simulation.test.ts';

/**
 * `unit` needs no database and runs in `npm run verify`; `simulation` holds statistics and loop to their promises over
 * thousands of simulated rollouts, which takes a minute; `db` runs on a real PostgreSQL, a database per file.
 */
export default defineConfig({
  test: {
    // Files of `db` mostly wait for PostgreSQL and for timers.
    maxWorkers: availableParallelism() + 1,
    projects: [
      {
        test: {
          name: 'unit',
          include: ['{domain,server,components,db,e2e,app}/**/*.test.{ts,tsx}'],
          exclude: ['**/*.db.test.ts', simulations, ...nowhere],
          testTimeout: 120_000,
          // No file changes what modules hold: loading each of them once is half of the time.
          isolate: false,
        },
      },
      { test: { name: 'simulation', include: [simulations], exclude: nowhere, testTimeout: 120_000 } },
      {
        test: {
          name: 'db',
          include: ['{domain,server,db}/**/*.db.test.ts'],
          globalSetup: ['db/test-setup.ts'],
          provide: { testDatabaseUrl: process.env.TEST_DATABASE_URL ?? '' },
          testTimeout: 120_000,
          hookTimeout: 120_000,
          isolate: false,
          // CI's machine is shared: a pause of seconds may fall into any test. A second failure is one.
          retry: process.env.CI === undefined ? 0 : 1,
        },
      },
    ],
  },
});
