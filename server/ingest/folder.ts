import { sql } from 'drizzle-orm';
import type { Database } from '../../db/client.ts';
import { log } from '../log.ts';
import { foldService, unfoldedServices } from './fold.ts';

const lookEveryMs = 1_000;
const longestPauseMs = 30_000;
/** Folding takes at most a twentieth of the time: under load more batches go into one addition instead. */
const pausePerWork = 19;
const tendEveryMs = 3_600_000;

/** Adds every waiting batch of every service to the counters; a service that fails does not hold up the others. */
export async function foldAll(db: Database): Promise<number> {
  let folded = 0;
  for (const scope of await unfoldedServices(db)) {
    try {
      for (let once = await foldService(db, scope); once > 0; once = await foldService(db, scope))
        folded += once;
    } catch (error) {
      log.error({ error, service: scope.serviceId }, 'Batches could not be counted; it is tried again.');
    }
  }
  return folded;
}

/** Makes the partitions of today and tomorrow and drops those that ended. */
export async function tendPartitions(db: Database): Promise<void> {
  await db.execute(sql`
    select drift_day_partition(clock_timestamp()), drift_day_partition(clock_timestamp() + interval '1 day')`);
  await db.execute(sql`select drift_drop_old_partitions()`);
}

/** Folds until `close`. */
export function startFolder(db: Database): { close(): Promise<void> } {
  let running = Promise.resolve();
  let timer: NodeJS.Timeout | null = null;
  let closed = false;
  let tendedAt = -Infinity;
  const round = async () => {
    const startedAt = performance.now();
    if (startedAt - tendedAt >= tendEveryMs) {
      await tendPartitions(db);
      tendedAt = startedAt;
    }
    await foldAll(db);
    return performance.now() - startedAt;
  };
  const run = () => {
    running = round()
      .catch((error: unknown) => {
        log.error({ error }, 'Sent rows could not be counted; it is tried again.');
        return 0;
      })
      .then((tookMs) => {
        const pauseMs = Math.min(longestPauseMs, Math.max(lookEveryMs, pausePerWork * tookMs));
        if (!closed) timer = setTimeout(run, pauseMs);
      });
  };
  run();
  return {
    async close() {
      closed = true;
      if (timer !== null) clearTimeout(timer);
      await running;
    },
  };
}
