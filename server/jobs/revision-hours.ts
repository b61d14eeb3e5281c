import type { Database } from '../../db/client.ts';
import { sumAllRevisionHours } from '../rows/revision-hours.ts';
import { repeat } from './repeat.ts';

const everyMs = 300_000;

/** Sums past hours for charts of long times until `close`. */
export function startRevisionHours(db: Database): { close(): Promise<void> } {
  return repeat({
    everyMs,
    run: () => sumAllRevisionHours(db),
    failed: 'Hours could not be summed for charts; it is tried again.',
  });
}
