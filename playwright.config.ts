import { existsSync } from 'node:fs';
import { defineConfig } from '@playwright/test';

const systemBrowser = '/usr/bin/chromium';
/** Keeps the browser to the server under test: no fetches of its own. */
const quietly = [
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-quic',
  '--disable-sync',
  '--no-first-run',
];

/** `npm test` names the browser that works on this machine; else the system's is taken, else Playwright's own. */
const executablePath =
  process.env['FAIRLEAD_CHROMIUM'] ?? (existsSync(systemBrowser) ? systemBrowser : undefined);
const found = process.env['FAIRLEAD_CHROMIUM_ARGS'];
const given = found === undefined ? [] : (JSON.parse(found) as string[]);
// Chromium refuses its sandbox to root.
const asRoot = process.getuid?.() === 0 ? ['--no-sandbox'] : [];

export default defineConfig({
  testDir: 'e2e',
  testMatch: '**/*.e2e.ts',
  globalSetup: './e2e/support/global-setup.ts',
  fullyParallel: true,
  workers: 2,
  forbidOnly: process.env['CI'] !== undefined,
  retries: process.env['CI'] === undefined ? 0 : 1,
  timeout: 90_000,
  expect: { timeout: 20_000 },
  reporter: 'list',
  use: {
    viewport: { width: 1440, height: 900 },
    locale: 'en-GB',
    timezoneId: 'UTC',
    screenshot: 'only-on-failure',
    trace: 'off',
    launchOptions: {
      args: [...new Set([...quietly, ...asRoot, ...given])],
      ...(executablePath === undefined ? {} : { executablePath }),
    },
  },
});
