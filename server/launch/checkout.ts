import { join, resolve } from 'node:path';
import type { Env } from '../env.ts';

/** The folder of package.json. */
export const checkoutRoot = resolve(import.meta.dirname, '../..');

/** Where the built-in database and the worker's keys are kept. */
export function stateFolderOf(env: Env): string {
  return resolve(env.STATE_FOLDER ?? join(checkoutRoot, '.fairlead'));
}
