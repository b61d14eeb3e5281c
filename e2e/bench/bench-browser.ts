import { type Browser, chromium } from '@playwright/test';
import { findChromium, machineFinder } from '../runner/find-chromium.ts';
import { root } from './built-checkout.ts';

/** The browser that works on this machine. */
export async function openBrowser(): Promise<Browser> {
  const { executablePath, args } = await findChromium(machineFinder(root));
  // Chromium refuses its sandbox to root.
  const asRoot = process.getuid?.() === 0 ? ['--no-sandbox'] : [];
  return await chromium.launch({
    args: [...args, ...asRoot],
    ...(executablePath === undefined ? {} : { executablePath }),
  });
}
