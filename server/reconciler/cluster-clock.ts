import type { Queries } from '../../db/client.ts';
import type { cluster as clusterTable } from '../../db/schema/environments.ts';
import { clockOffsetMs, databaseClock } from '../clock.ts';

/** The database's clock, plus the offset of a sandbox cluster. */
export function clusterClock(
  row: Pick<typeof clusterTable.$inferSelect, 'id' | 'kind'>,
): (queries: Queries) => Promise<Date> {
  if (row.kind === 'kubernetes') return databaseClock;
  return async (queries) => {
    const [now, offsetMs] = [await databaseClock(queries), await clockOffsetMs(queries, row.id)];
    return new Date(now.getTime() + offsetMs);
  };
}
