import { spawn } from 'node:child_process';
import { access, constants } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { delimiter, join } from 'node:path';
import { chromium } from '@playwright/test';
import { unpackChromium } from './packed-chromium.ts';

export interface Browser {
  /** Undefined means the one that Playwright installed for itself. */
  readonly executablePath: string | undefined;
  readonly args: readonly string[];
  readonly description: string;
}

export interface Finder {
  readonly root: string;
  /** Folders to look for the system's browser in. */
  readonly path: string;
  readonly works: (browser: Browser) => Promise<boolean>;
  readonly unpack: (root: string) => Promise<string | undefined>;
  readonly installOwn: (root: string) => Promise<void>;
}

const names = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];
const macChrome = '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome';

/** The first browser that really opens a page: the system's, else the npm package's, else one that Playwright downloads. */
export async function findChromium(finder: Finder): Promise<Browser> {
  const system = [
    ...finder.path.split(delimiter).flatMap((folder) => names.map((name) => join(folder, name))),
    macChrome,
  ];
  for (const executablePath of system) {
    const browser = { executablePath, args: [], description: `the system's browser ${executablePath}` };
    if ((await isExecutable(executablePath)) && (await finder.works(browser))) {
      return browser;
    }
  }
  const packed = await finder.unpack(finder.root);
  if (packed !== undefined) {
    const browser = {
      executablePath: packed,
      args: [],
      description: 'Chromium of the npm package @sparticuz/chromium',
    };
    if (await finder.works(browser)) {
      return browser;
    }
  }
  const own = { executablePath: undefined, args: [], description: "Playwright's own Chromium" };
  if (!(await finder.works(own))) {
    await finder.installOwn(finder.root);
    if (!(await finder.works(own))) {
      throw new Error(
        'No Chromium works here: install one (on Debian "apt-get install chromium") and run npm test again.',
      );
    }
  }
  return own;
}

async function isExecutable(path: string): Promise<boolean> {
  return access(path, constants.X_OK).then(
    () => true,
    () => false,
  );
}

/** Opening a page is the only proof: a browser may start and lack a library that it loads later. */
export async function opensPage({ executablePath, args }: Browser): Promise<boolean> {
  try {
    const browser = await chromium.launch({
      args: [...args],
      timeout: 30_000,
      ...(executablePath === undefined ? {} : { executablePath }),
    });
    try {
      const page = await browser.newPage();
      await page.setContent('<p>ready</p>');
      return (await page.textContent('p')) === 'ready';
    } finally {
      await browser.close();
    }
  } catch {
    return false;
  }
}

async function installOwn(root: string): Promise<void> {
  const cli = createRequire(join(root, 'package.json')).resolve('@playwright/test/cli');
  const child = spawn(process.execPath, [cli, 'install', 'chromium'], { cwd: root, stdio: 'inherit' });
  await new Promise<void>((resolve) => {
    child.once('error', () => resolve());
    child.once('close', () => resolve());
  });
}

export function machineFinder(root: string): Finder {
  return { root, path: process.env.PATH ?? '', works: opensPage, unpack: unpackChromium, installOwn };
}
