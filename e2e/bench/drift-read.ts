import { sql } from 'drizzle-orm';
import { createDatabase, type Database } from '../../db/client.ts';
import { type CounterRange, readCounters } from '../../server/rows/drift-counters.ts';
import { type CountedService, countedService } from './drift-to-count.ts';
import { type Finding, median } from './measure.ts';

const features = 200;
const days = 30;
const dayMs = 86_400_000;
const rounds = 9;

/** Counters of any range against the bare sum of the same rows in SQL, and of one feature over a month. */
export async function measureDriftReads(databaseUrl: string): Promise<Finding[]> {
  const handle = createDatabase(databaseUrl, { applicationName: 'fairlead-bench', statementTimeoutMs: 0 });
  try {
    const { db } = handle;
    const service = await countedService(db, features);
    await fill(db, service);
    const { serviceId, binningId } = service.fixture;
    const to = new Date();
    const week = { serviceId, binningId, from: new Date(to.getTime() - 7 * dayMs), to };
    const featureIds = service.featureIds.slice(0, 1);
    const month = { serviceId, binningId, featureIds, from: new Date(to.getTime() - days * dayMs), to };
    const own = await medianMs(() => readCounters(db, week));
    const bare = await medianMs(() => bareRollup(db, week));
    const one = await medianMs(() => readCounters(db, month));
    return [
      {
        name: `Counters of ${features} features over 7 days against the bare rollup SQL over their hours`,
        value: own / bare,
        limit: 2,
        unit: '×',
        detail: `${own.toFixed(0)} ms against ${bare.toFixed(0)} ms`,
      },
      {
        name: `Counters of one feature over ${days} days`,
        value: one,
        limit: 20,
        unit: ' ms',
        detail: 'from day, hour and 5-minute rows',
      },
    ];
  } finally {
    await handle.close();
  }
}

async function medianMs(run: () => Promise<unknown>): Promise<number> {
  const times: number[] = [];
  for (let round = 0; round <= rounds; round += 1) {
    const began = performance.now();
    await run();
    // The first warms the cache.
    if (round > 0) times.push(performance.now() - began);
  }
  return median(times);
}

async function bareRollup(db: Database, { serviceId, from, to }: CounterRange): Promise<void> {
  await db.execute(sql`
    select feature_id, place, sum(rows) from drift_series s join drift_hour w on w.series_id = s.id
      cross join unnest(w.counts) with ordinality as bin(rows, place)
    where s.service_id = ${serviceId} and w.window_start >= ${from.toISOString()}::timestamptz
      and w.window_start < ${to.toISOString()}::timestamptz
    group by 1, 2`);
}

/** A month of hours and days, and the last two days in 5 minutes. */
async function fill(db: Database, { fixture }: CountedService): Promise<void> {
  const { projectId, serviceId } = fixture.scope;
  await db.execute(sql`
    insert into drift_series (project_id, service_id, revision_id, binning_id, feature_id)
    select ${projectId}, ${serviceId}, ${fixture.revisionId}, ${fixture.binningId}, id from drift_feature where service_id = ${serviceId}`);
  await db.execute(
    sql`select drift_day_partition(now() - age * interval '1 day') from generate_series(-1, 3) as age`,
  );
  const bins = sql`array(select 1 + (bin * s.id) % 97 from generate_series(1, 20) as bin)`;
  for (const [table, step, back] of [
    ['drift_day', '1 day', days],
    ['drift_hour', '1 hour', days],
    ['drift_five_minutes', '5 minutes', 2],
  ] as const)
    await db.execute(sql`
      insert into ${sql.identifier(table)} (series_id, window_start, counts, sums, apart)
      select s.id, start, ${bins}, ${bins}, array[0, 0, 0, 0, 0, 0, 0]
      from drift_series s, generate_series(date_trunc('day', now(), 'UTC') - ${back} * interval '1 day', now(), ${step}::interval) as start
      where s.service_id = ${serviceId}`);
  await db.execute(sql`vacuum analyze drift_series, drift_day, drift_hour, drift_five_minutes`);
}
