import type { Bucket } from '../metering/facts.ts';
import type { LedgerRow } from './node-hour.ts';
import { type IdleShare, idleBuckets, ownedBuckets, type SpendHour, type SpendScope } from './spend.ts';

/** A row of an hour with its place. */
export type PlacedRow = LedgerRow & {
  readonly clusterId: string;
  readonly nodeUid: string;
  readonly hourAt: Date;
};

type Amounts = { quantity: bigint; loaded: bigint; openCost: bigint; unpriced: bigint; estimated: bigint };

const noAmounts = (): Amounts => ({ quantity: 0n, loaded: 0n, openCost: 0n, unpriced: 0n, estimated: 0n });
const owned: ReadonlySet<Bucket> = new Set(ownedBuckets);
const idle: ReadonlySet<Bucket> = new Set(idleBuckets);

function add(sum: Amounts, row: LedgerRow): void {
  sum.loaded += row.loadedNano ?? 0n;
  sum.openCost += row.openCostNano ?? 0n;
  if (row.line !== 'gpu') return;
  sum.quantity += row.quantity;
  if (row.loadedNano === null) sum.unpriced += row.quantity;
  if (row.estimated) sum.estimated += row.quantity;
}

/** Whether a row belongs to the scope. */
function isInScope(scope: SpendScope, row: PlacedRow): boolean {
  return Object.entries(scope).every(
    ([key, wanted]) => wanted === null || wanted === undefined || row[key as keyof SpendScope] === wanted,
  );
}

/** What hours that are not sealed cost a scope, by the same rules as the sums of sealed ones. */
export function openSpend(rows: readonly PlacedRow[], scope: SpendScope, share: IdleShare): SpendHour[] {
  const hours = new Map<number, Amounts>();
  const hourOf = (row: PlacedRow): Amounts => {
    const at = row.hourAt.getTime();
    const sum = hours.get(at) ?? noAmounts();
    hours.set(at, sum);
    return sum;
  };
  for (const row of rows) if (owned.has(row.bucket) && isInScope(scope, row)) add(hourOf(row), row);
  if (share !== 'none') addIdle(rows, { scope, share, hourOf });
  return [...hours]
    .sort(([left], [right]) => left - right)
    .map(([at, { quantity, loaded, openCost, unpriced, estimated }]) => ({
      hourAt: new Date(at),
      milliGpuSeconds: quantity,
      loadedNano: loaded,
      openCostNano: openCost,
      unpriced,
      estimated,
      sealed: false,
    }));
}

type Sharing = {
  readonly scope: SpendScope;
  readonly share: Exclude<IdleShare, 'none'>;
  readonly hourOf: (row: PlacedRow) => Amounts;
};

/** GPUs of one product, on one node or in one cluster, share their idle time among what ran on them in that hour. */
function addIdle(rows: readonly PlacedRow[], { scope, share, hourOf }: Sharing): void {
  const places = Map.groupBy(
    rows.filter(({ gpuProduct }) => gpuProduct !== null),
    (row) =>
      [row.hourAt.getTime(), row.clusterId, share === 'node' ? row.nodeUid : '', row.gpuProduct].join('~'),
  );
  for (const place of places.values()) {
    const first = place[0];
    const onGpus = place.filter(({ line, bucket }) => line === 'gpu' && owned.has(bucket));
    const total = onGpus.reduce((sum, { quantity }) => sum + quantity, 0n);
    const own = onGpus.reduce((sum, row) => (isInScope(scope, row) ? sum + row.quantity : sum), 0n);
    if (first === undefined || total === 0n || own === 0n) continue;
    const sum = noAmounts();
    for (const row of place) if (idle.has(row.bucket)) add(sum, row);
    const hour = hourOf(first);
    for (const key of Object.keys(sum) as (keyof Amounts)[]) hour[key] += (sum[key] * own) / total;
  }
}
