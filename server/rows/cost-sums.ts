import type { Queries } from '../../db/client.ts';
import { groupOf } from '../../domain/ledger/cost-group.ts';
import type { LedgerRow } from '../../domain/ledger/node-hour.ts';
import type { CostFilter } from './cost-filter.ts';
import { openNodeHours } from './open-hours.ts';
import {
  type CostAmounts,
  charting,
  type DayCost,
  type GroupCost,
  others,
  sealedCosts,
} from './sealed-costs.ts';

export type CostSums = {
  readonly groups: readonly GroupCost[];
  /** Days of the largest groups; the others of a day lie together on `others`. */
  readonly days: readonly DayCost[];
};

/** Lines of a chart that can be told apart. */
const chartGroups = 5;
const dayMs = 86_400_000;

/** Sums of sealed days and of the hours that are still open, by group and by day. */
export async function costSums(queries: Queries, filter: CostFilter): Promise<CostSums> {
  // PostgreSQL sums while this process computes.
  const [sealed, open] = await Promise.all([sealedCosts(queries, filter), openCosts(queries, filter)]);
  const groups = [...summedBy([...sealed.groups, ...open], ({ group }) => group)]
    .map(([group, total]) => ({ group, ...total }))
    .sort(byCost);
  const charted = new Set(groups.slice(0, chartGroups).map(({ group }) => group));
  const days = [...(await sealed.days(charted)), ...open.map((row) => charting(row, charted))];
  return { groups, days: byDay(days) };
}

function byDay(rows: readonly DayCost[]): DayCost[] {
  return [...Map.groupBy(rows, ({ dayAt }) => dayAt.getTime())]
    .sort(([left], [right]) => left - right)
    .flatMap(([day, ofDay]) =>
      [...summedBy(ofDay, ({ group }) => group)]
        .filter(([group, total]) => group !== others || !isNothing(total))
        .map(([group, total]) => ({ group, dayAt: new Date(day), ...total })),
    );
}

/** The sums of rows by their key, in the order in which keys are first met. */
function summedBy<Row extends CostAmounts>(
  rows: readonly Row[],
  keyOf: (row: Row) => string,
): Map<string, CostAmounts> {
  const sums = new Map<string, Sum>();
  for (const row of rows) add(sumOf(sums, keyOf(row)), row);
  return sums;
}

type Sum = { -readonly [Amount in keyof CostAmounts]: CostAmounts[Amount] };

function sumOf(sums: Map<string, Sum>, key: string): Sum {
  let sum = sums.get(key);
  if (sum === undefined) {
    sum = { milliGpuSeconds: 0n, loadedNano: 0n, openCostNano: 0n, unpriced: 0n, estimated: 0n };
    sums.set(key, sum);
  }
  return sum;
}

function add(sum: Sum, amounts: CostAmounts): void {
  sum.milliGpuSeconds += amounts.milliGpuSeconds;
  sum.loadedNano += amounts.loadedNano;
  sum.openCostNano += amounts.openCostNano;
  sum.unpriced += amounts.unpriced;
  sum.estimated += amounts.estimated;
}

const isNothing = (sum: CostAmounts): boolean => Object.values(sum).every((amount) => amount === 0n);

function byCost(left: CostAmounts, right: CostAmounts): number {
  return compare(right.loadedNano, left.loadedNano) || compare(right.milliGpuSeconds, left.milliGpuSeconds);
}

const compare = (left: bigint, right: bigint): number => (left < right ? -1 : Number(left > right));

/** What is asked for of the hours that are not sealed, by day and group. */
async function openCosts(queries: Queries, filter: CostFilter): Promise<DayCost[]> {
  const days = new Map<number, Map<string, Sum>>();
  for (const { nodeUid, hourAt, rows } of await openNodeHours(queries, filter)) {
    const day = Math.floor(hourAt.getTime() / dayMs) * dayMs;
    const sums = days.get(day) ?? new Map<string, Sum>();
    days.set(day, sums);
    for (const row of rows)
      if (filter.projectId === null || row.projectId === filter.projectId)
        addRow(sumOf(sums, groupOf(row, nodeUid, filter.groupBy)), row);
  }
  return [...days].flatMap(([day, sums]) =>
    [...sums].map(([group, total]) => ({ group, dayAt: new Date(day), ...total })),
  );
}

function addRow(sum: Sum, { line, quantity, loadedNano, openCostNano, estimated }: LedgerRow): void {
  sum.loadedNano += loadedNano ?? 0n;
  sum.openCostNano += openCostNano ?? 0n;
  if (line !== 'gpu') return;
  sum.milliGpuSeconds += quantity;
  if (loadedNano === null) sum.unpriced += quantity;
  if (estimated) sum.estimated += quantity;
}
