import { setTimeout as delay } from 'node:timers/promises';

/** Asks again every 100 ms until `probe` gives something; the error names what was waited for. */
export async function waitFor<T>(what: string, limitMs: number, probe: () => Promise<T | null>): Promise<T> {
  const deadline = Date.now() + limitMs;
  let lastError = '';
  while (Date.now() < deadline) {
    try {
      const found = await probe();
      if (found !== null) return found;
    } catch (error) {
      lastError = error instanceof Error ? `: ${error.message}` : '';
    }
    await delay(100);
  }
  throw new Error(`${what} did not come within ${limitMs / 1000} s${lastError}`);
}
