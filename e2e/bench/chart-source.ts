import { sql } from 'drizzle-orm';
import { createDatabase, type Database } from '../../db/client.ts';
import type { ChartAnswer } from '../../domain/chart/chart-answer.ts';
import { chartStep } from '../../domain/chart/chart-step.ts';
import { chartAnswer } from '../../server/charts/chart-answer.ts';
import { sumAllRevisionHours } from '../../server/rows/revision-hours.ts';
import { ProjectFixture } from '../../server/test-fixture.ts';
import { measureMountOfSources } from './chart-mount.ts';
import { type Finding, median } from './measure.ts';

const hourMs = 3_600_000;
const intervalMs = 10_000;
const long = 100_000;
const short = 1_000;
const days = 90;
const revisions = 4;
const maxPoints = 600;
const rounds = 11;

type Source = { readonly projectId: string; readonly serviceId: string; readonly now: Date };

/** Charts of a long source against a short one, as the server answers and the browser draws them, and of ninety days against bare SQL. */
export async function* measureChartSources(databaseUrl: string): AsyncGenerator<Finding> {
  const handle = createDatabase(databaseUrl, { applicationName: 'fairlead-bench', statementTimeoutMs: 0 });
  try {
    const { db } = handle;
    const fixture = await ProjectFixture.create(db);
    await fixture.live();
    const now = new Date(Math.floor(Date.now() / hourMs) * hourMs);
    const { projectId } = fixture;
    const measured = { projectId, serviceId: fixture.stagingServiceId, now };
    await fillIntervals(db, measured);
    yield* await sourcesOf(db, measured);
    const summed = { projectId, serviceId: fixture.serviceId, now };
    await fillHours(db, summed);
    yield await ninetyDays(db, summed);
  } finally {
    await handle.close();
  }
}

async function fillIntervals(db: Database, { projectId, serviceId, now }: Source): Promise<void> {
  await db.execute(sql`
    insert into metric_interval (project_id, service_id, revision_number, interval_end, interval_ms, requests, errors, buckets, pod_count)
    select ${projectId}, ${serviceId}, 1, ${now.toISOString()}::timestamptz - n * interval '10 seconds', ${intervalMs},
           100 + n % 37, n % 3, jsonb_build_object('100', 50, '250', 100 + n % 37), 1
    from generate_series(0, ${long - 1}) n`);
  await db.execute(sql`analyze metric_interval`);
  await sumAllRevisionHours(db);
}

async function fillHours(db: Database, { projectId, serviceId, now }: Source): Promise<void> {
  await db.execute(sql`
    insert into revision_hour (project_id, service_id, revision_number, hour_end, covered_ms, requests, errors, buckets)
    select ${projectId}, ${serviceId}, revision, ${now.toISOString()}::timestamptz - n * interval '1 hour', ${hourMs},
           36000 + n % 37, n % 30, jsonb_build_object('50', 9000, '100', 18000, '250', 36000 + n % 37)
    from generate_series(0, ${days * 24 - 1}) n, generate_series(1, ${revisions}) revision`);
  await db.execute(sql`analyze revision_hour`);
}

const ask = (db: Database, { now, ...source }: Source, kind: 'errorShare' | 'latency', ms: number) =>
  chartAnswer(db, {
    projectId: source.projectId,
    spec: { kind, serviceId: source.serviceId },
    range: { from: now.getTime() - ms, to: now.getTime() },
    now,
    maxPoints,
  });

async function sourcesOf(db: Database, source: Source): Promise<Finding[]> {
  const times: { short: number[]; long: number[] } = { short: [], long: [] };
  const answers: Partial<Record<'short' | 'long', ChartAnswer>> = {};
  for (let round = 0; round <= rounds; round += 1)
    for (const [kind, count] of [
      ['short', short],
      ['long', long],
    ] as const) {
      const began = performance.now();
      answers[kind] = await ask(db, source, 'errorShare', count * intervalMs);
      // The first of each warms the cache.
      if (round > 0) times[kind].push(performance.now() - began);
    }
  if (answers.short === undefined || answers.long === undefined) throw new Error('There is no answer.');
  const [shortMs, longMs] = [median(times.short), median(times.long)];
  return [
    {
      name: `Chart of ${long} measured intervals against ${short}, answered by the server from sums of hours`,
      value: longMs / shortMs,
      limit: 2,
      unit: '×',
      detail: `${longMs.toFixed(1)} ms to ${shortMs.toFixed(1)} ms`,
    },
    await measureMountOfSources({ short: answers.short, long: answers.long }),
  ];
}

async function ninetyDays(db: Database, source: Source): Promise<Finding> {
  const measured: { kind: string; ratio: number; detail: string }[] = [];
  for (const kind of ['errorShare', 'latency'] as const) {
    const [own, bare]: [number[], number[]] = [[], []];
    for (let round = 0; round <= rounds; round += 1) {
      const ownBegan = performance.now();
      await ask(db, source, kind, days * 24 * hourMs);
      const bareBegan = performance.now();
      await bareSums(db, source, kind);
      if (round === 0) continue;
      own.push(bareBegan - ownBegan);
      bare.push(performance.now() - bareBegan);
    }
    const [ownMs, bareMs] = [median(own), median(bare)];
    measured.push({
      kind,
      ratio: ownMs / bareMs,
      detail: `${kind} ${ownMs.toFixed(1)} ms to ${bareMs.toFixed(1)} ms`,
    });
  }
  return {
    name: `Charts of traffic over ${days} days against the bare SQL over their ${revisions * days * 24} summed hours, the worst`,
    value: Math.max(...measured.map(({ ratio }) => ratio)),
    limit: 1.5,
    unit: '×',
    detail: measured.map(({ detail }) => detail).join(', '),
  };
}

async function bareSums(
  db: Database,
  { serviceId, now }: Source,
  kind: 'errorShare' | 'latency',
): Promise<void> {
  const from = new Date(now.getTime() - days * 24 * hourMs);
  const step = sql`${chartStep({ from: from.getTime(), to: now.getTime() }, maxPoints, hourMs)}::float8`;
  const at = sql`ceil(extract(epoch from hour_end) * 1000 / ${step}) * ${step}`;
  const rows = sql`revision_hour where service_id = ${serviceId} and hour_end > ${from.toISOString()}::timestamptz
    and hour_end <= ${now.toISOString()}::timestamptz`;
  await db.execute(
    kind === 'errorShare'
      ? sql`select revision_number, ${at} as at, sum(requests)::float8, sum(errors)::float8, sum(covered_ms)::float8
            from ${rows} group by 1, 2 order by 1, 2`
      : sql`select revision_number, at, jsonb_object_agg(bound, counted) from (
              select revision_number, ${at} as at, each.key as bound, sum(each.value::float8) as counted
              from (select * from ${rows}) hours, jsonb_each_text(hours.buckets) each group by 1, 2, 3) counts
            group by 1, 2 order by 1, 2`,
  );
}
