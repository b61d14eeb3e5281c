import { type SQL, sql } from 'drizzle-orm';
import { ledgerDaySum, type ledgerEntry, ledgerHourSum } from '../../db/schema/ledger.ts';
import { ownerKey } from '../../domain/ledger/owner.ts';

type NewEntry = typeof ledgerEntry.$inferSelect;

/** What all rows of one call have in common. */
export type Fixed = Pick<NewEntry, 'clusterId' | 'hourAt' | 'sealedAt' | 'postedMonth'>;
export type EntryContent = Omit<NewEntry, keyof Fixed | 'id'>;

const dimensions = [
  'posted_month',
  'cluster_id',
  'bucket',
  'line',
  'project_id',
  'environment_id',
  'service_id',
  'revision_id',
  'model_id',
  'model_version_id',
  'role',
  'run_id',
  'gpu_product',
  'capacity_type',
] as const;

export const amountText = (value: bigint | null) => (value === null ? null : String(value));
export const instant = (at: Date): SQL => sql`${at.toISOString()}::timestamptz`;

export const ownerInput = (entry: EntryContent) => ({
  project_id: entry.projectId,
  environment_id: entry.environmentId,
  service_id: entry.serviceId,
  revision_id: entry.revisionId,
  model_id: entry.modelId,
  model_version_id: entry.modelVersionId,
  role: entry.role,
  run_id: entry.runId,
});

type NodeSum = {
  readonly of: EntryContent;
  quantity: bigint;
  loaded: bigint;
  openCost: bigint;
  unpriced: bigint;
  estimated: bigint;
};

/** What the rows of one owner, node, bucket and line come to. */
export function summed(entries: readonly EntryContent[]): NodeSum[] {
  const sums = new Map<string, NodeSum>();
  for (const entry of entries) {
    const { nodeUid, gpuProduct, capacityType, bucket, line, quantity } = entry;
    const key = [nodeUid, gpuProduct, capacityType, bucket, line, ownerKey(entry)].join('~');
    let sum = sums.get(key);
    if (sum === undefined) {
      sum = { of: entry, quantity: 0n, loaded: 0n, openCost: 0n, unpriced: 0n, estimated: 0n };
      sums.set(key, sum);
    }
    sum.quantity += quantity;
    sum.loaded += entry.loadedNano ?? 0n;
    sum.openCost += entry.openCostNano ?? 0n;
    if (entry.loadedNano == null) sum.unpriced += quantity;
    if (entry.estimated) sum.estimated += quantity;
  }
  return [...sums.values()];
}

export function sumStatement({ clusterId, hourAt, postedMonth }: Fixed, sums: readonly NodeSum[]): SQL {
  const input = JSON.stringify(
    sums.map(({ of, ...sum }) => ({
      node_uid: of.nodeUid,
      bucket: of.bucket,
      line: of.line,
      ...ownerInput(of),
      gpu_product: of.gpuProduct,
      capacity_type: of.capacityType,
      quantity: amountText(sum.quantity),
      loaded_nano: amountText(sum.loaded),
      open_cost_nano: amountText(sum.openCost),
      unpriced: amountText(sum.unpriced),
      estimated_quantity: amountText(sum.estimated),
    })),
  );
  return sql`
    with input as (
      select ${instant(hourAt)} as hour_at, ${instant(postedMonth)} as posted_month, ${clusterId}::uuid as cluster_id, row.*
      from jsonb_to_recordset(${input}::jsonb) as row (
        node_uid text, bucket text, line text, project_id uuid, environment_id uuid, service_id uuid, revision_id uuid,
        model_id uuid, model_version_id uuid, role text, run_id text, gpu_product text, capacity_type text,
        quantity numeric, loaded_nano numeric, open_cost_nano numeric, unpriced numeric, estimated_quantity numeric)),
    hours as (${addTo(sql`${ledgerHourSum}`, { at: 'hour_at', value: sql`hour_at`, more: [] })}),
    days as (${addTo(sql`${ledgerDaySum}`, {
      at: 'day_at',
      value: sql`date_trunc('day', hour_at, 'UTC')`,
      more: ['node_uid'],
    })})
    select 1`;
}

type Sums = { readonly at: string; readonly value: SQL; readonly more: readonly string[] };

/** An instant as text, whatever the time zone of the session. */
const epoch = (at: SQL): SQL => sql`extract(epoch from ${at})::text`;

/** The id of a sum is the digest of its dimensions, so that a further row is added to it. */
function addTo(table: SQL, { at, value, more }: Sums): SQL {
  const names = [...dimensions, ...more];
  const columns = sql.join(
    names.map((name) => sql.identifier(name)),
    sql`, `,
  );
  const parts = sql.join(
    names.map((name) =>
      name === 'posted_month' ? epoch(sql`posted_month`) : sql`coalesce(${sql.identifier(name)}::text, '')`,
    ),
    sql`, `,
  );
  const added = (name: string) =>
    sql`${sql.identifier(name)} = ${table}.${sql.identifier(name)} + excluded.${sql.identifier(name)}`;
  return sql`
    insert into ${table} (id, ${sql.identifier(at)}, ${columns}, quantity, loaded_nano, open_cost_nano, unpriced, estimated_quantity)
    select md5(concat_ws('|', ${epoch(value)}, ${parts}))::uuid, ${value}, ${columns}, sum(quantity), sum(loaded_nano),
           sum(open_cost_nano), sum(unpriced), sum(estimated_quantity)
    from input group by ${value}, ${columns}
    on conflict (id) do update set ${sql.join(
      ['quantity', 'loaded_nano', 'open_cost_nano', 'unpriced', 'estimated_quantity'].map(added),
      sql`, `,
    )}`;
}
