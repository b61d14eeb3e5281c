import { sql } from 'drizzle-orm';
import { createDatabase, type Database } from '../../db/client.ts';
import { type CostGrouping, groupingColumns } from '../../domain/ledger/cost-group.ts';
import { costSums } from '../../server/rows/cost-sums.ts';
import { fillLedger } from './ledger-to-read.ts';
import { type Finding, median } from './measure.ts';

const dayMs = 86_400_000;
const days = 90;
const rounds = 9;
const asked: readonly CostGrouping[] = [
  'project',
  'model',
  'modelVersion',
  'role',
  'node',
  'bucket',
  'gpuProduct',
];

/**
 * Every grouping of the cost explorer over ninety days of a hundred nodes, sealed days and open hours, against a bare
 * GROUP BY of the same sums over the same rollup.
 */
export async function measureExplorer(databaseUrl: string): Promise<Finding[]> {
  const handle = createDatabase(databaseUrl, { applicationName: 'fairlead-bench', statementTimeoutMs: 0 });
  try {
    const { db } = handle;
    const to = new Date(Math.floor(Date.now() / dayMs) * dayMs + dayMs);
    const from = new Date(to.getTime() - days * dayMs);
    const filled = await fillLedger(db, { from, to });
    const measured: { groupBy: CostGrouping; own: number; bare: number }[] = [];
    for (const groupBy of asked) {
      const own: number[] = [];
      const bare: number[] = [];
      // By turns, so that both see the same machine; the first of each warms the cache.
      for (let round = 0; round <= rounds; round += 1) {
        const ownMs = await timed(() => costSums(db, { projectId: null, from, to, groupBy }));
        const bareMs = await timed(() => bareSums(db, { from, to, groupBy }));
        if (round > 0) own.push(ownMs);
        if (round > 0) bare.push(bareMs);
      }
      measured.push({ groupBy, own: median(own), bare: median(bare) });
    }
    return findings(measured, filled);
  } finally {
    await handle.close();
  }
}

async function timed(run: () => Promise<unknown>): Promise<number> {
  const began = performance.now();
  await run();
  return performance.now() - began;
}

type Measured = readonly { readonly groupBy: string; readonly own: number; readonly bare: number }[];

function findings(measured: Measured, { rows, openPods }: { rows: number; openPods: number }): Finding[] {
  const ratios = measured.map(({ own, bare }) => own / bare);
  const detail = measured
    .map(({ groupBy, own, bare }) => `${groupBy} ${own.toFixed(0)} ms to ${bare.toFixed(0)} ms`)
    .join(', ');
  return [
    {
      name: `Cost explorer over ${days} days against the bare SQL over ${rows} rows of the rollup, the worst grouping`,
      value: Math.max(...ratios),
      limit: 1.5,
      unit: '×',
      detail,
    },
    {
      name: `Cost explorer over ${days} days, the slowest grouping, warm`,
      value: Math.max(...measured.map(({ own }) => own)),
      limit: 300,
      unit: ' ms',
      detail: `with ${openPods} pods in the open hours`,
    },
  ];
}

type Asked = { readonly from: Date; readonly to: Date; readonly groupBy: CostGrouping };

async function bareSums(db: Database, { from, to, groupBy }: Asked): Promise<void> {
  const key = sql.identifier(groupingColumns[groupBy]);
  await db.execute(sql`
    select ${key}, day_at, sum(quantity) filter (where line = 'gpu'), sum(loaded_nano), sum(open_cost_nano),
           sum(unpriced) filter (where line = 'gpu'), sum(estimated_quantity) filter (where line = 'gpu')
    from ledger_day_sum where day_at >= ${from.toISOString()}::timestamptz and day_at < ${to.toISOString()}::timestamptz
    group by 1, 2`);
}
