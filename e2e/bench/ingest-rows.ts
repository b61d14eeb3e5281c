import { sql } from 'drizzle-orm';
import { Agent, fetch } from 'undici';
import { createDatabase, type Database } from '../../db/client.ts';
import { type CountedService, countedService, rowOf } from './drift-to-count.ts';
import { type Finding, median } from './measure.ts';
import { type MeasuredChild, startMeasuredChild } from './measured-child.ts';

const rowsPerBatch = 1_000;
const batches = 30;
const rounds = 3;
/** Batches under way at once, on both sides. */
const together = 4;
/** Ours must reach 40 % of the rows/s of the bare script. */
const slowest = 2.5;

/**
 * Rows/s through HTTP, token, validation, counting and the commit, against a bare script that stores the same rows by
 * unnest over as many connections; the making of bodies and columns is counted on neither side.
 */
export async function measureIngest(databaseUrl: string): Promise<Finding> {
  const handle = createDatabase(databaseUrl, { applicationName: 'fairlead-bench', statementTimeoutMs: 0 });
  const site = await startMeasuredChild('./site-server.ts', databaseUrl);
  try {
    const narrow = await rowsPerSecond(handle.db, site, 20);
    const wide = await rowsPerSecond(handle.db, site, 200);
    const text = ({ ours, bare }: Rates) =>
      `${ours.toFixed(0)} rows/s against ${bare.toFixed(0)} (${((100 * ours) / bare).toFixed(0)} %)`;
    return {
      name: 'Rows of 20 features stored by a bare script against ours through HTTP, token and validation',
      value: narrow.bare / narrow.ours,
      limit: slowest,
      unit: '×',
      detail: `20 features: ${text(narrow)}; 200 features: ${text(wide)}`,
    };
  } finally {
    await site.stop();
    await handle.close();
  }
}

type Rates = { readonly ours: number; readonly bare: number };

async function rowsPerSecond(db: Database, site: MeasuredChild, features: number): Promise<Rates> {
  const service = await countedService(db, features);
  const table = sql.identifier(`bench_row_${features}`);
  await db.execute(sql`create table ${table} (at timestamptz not null, features jsonb not null)`);
  // A body of 200 features holds a thousand rows just within the limit of five megabytes.
  const lots = Array.from({ length: batches }, (_, batch) =>
    Array.from({ length: rowsPerBatch }, (_row, row) => rowOf(features, batch * rowsPerBatch + row)),
  );
  const columns = lots.map((lot) => lot.map((row) => JSON.stringify(row)));
  const times = columns[0]?.map(() => new Date().toISOString()) ?? [];
  const figures: Rates[] = [];
  for (let round = 0; round <= rounds; round += 1) {
    const bodies = lots.map((lot, batch) => bodyOf(lot, `${features}-${round}-${batch}`));
    // Of each round: kept ones may be closed by the server while the bare script has its turn.
    const connections = new Agent();
    const oursMs = await timed(bodies, (body) => send({ site, service, connections }, body));
    await connections.close();
    const bareMs = await timed(columns, async (rows) => {
      await db.execute(sql`
        insert into ${table} select at, features::jsonb
        from unnest(${sql.param(times)}::timestamptz[], ${sql.param(rows)}::text[]) as sent(at, features)`);
    });
    const rate = (ms: number) => (batches * rowsPerBatch * 1_000) / ms;
    if (round > 0) figures.push({ ours: rate(oursMs), bare: rate(bareMs) });
  }
  return { ours: median(figures.map(({ ours }) => ours)), bare: median(figures.map(({ bare }) => bare)) };
}

function bodyOf(rows: readonly unknown[], batchId: string): string {
  const ts = new Date().toISOString();
  return JSON.stringify({ source: 'bench', batchId, revision: 1, rows: rows.map((f) => ({ ts, f })) });
}

type Sender = { readonly site: MeasuredChild; readonly service: CountedService; readonly connections: Agent };

async function send({ site, service, connections }: Sender, body: string): Promise<void> {
  const answer = await fetch(`${site.url}/api/ingest/v1/batch`, {
    dispatcher: connections,
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${service.token}` },
    body,
  });
  const { accepted } = (await answer.json()) as { accepted?: number };
  if (accepted !== rowsPerBatch)
    throw new Error(`A batch was answered ${answer.status}, ${accepted} accepted.`);
}

/** Wall time of all, so many at once. */
async function timed<Item>(items: readonly Item[], run: (item: Item) => Promise<void>): Promise<number> {
  const began = performance.now();
  const rest = items.values();
  await Promise.all(
    Array.from({ length: together }, async () => {
      for (const item of rest) await run(item);
    }),
  );
  return performance.now() - began;
}
