import { sql } from 'drizzle-orm';
import {
  bigint,
  boolean,
  index,
  integer,
  jsonb,
  numeric,
  pgTable,
  primaryKey,
  text,
  unique,
  uuid,
} from 'drizzle-orm/pg-core';
import { capacityTypes, costRoles, nodeBuckets, podBuckets } from '../../domain/metering/facts.ts';
import { id, instant } from './columns.ts';
import { cluster } from './environments.ts';
import { principal, project } from './identity.ts';

const owner = {
  /** All null for what belongs to the instance: idle, system, unobserved, unallocated. */
  projectId: uuid('project_id'),
  environmentId: uuid('environment_id'),
  serviceId: uuid('service_id'),
  revisionId: uuid('revision_id'),
  modelId: uuid('model_id'),
  modelVersionId: uuid('model_version_id'),
  role: text('role', { enum: costRoles }),
  runId: text('run_id'),
};
const node = {
  /** Null for a node without GPUs. */
  gpuProduct: text('gpu_product'),
  capacityType: text('capacity_type', { enum: capacityTypes }).notNull(),
};
const bucket = () => text('bucket', { enum: [...podBuckets, ...nodeBuckets] }).notNull();
const line = () => text('line', { enum: ['gpu', 'cpu', 'memory'] }).notNull();

/**
 * Sealed hours: what a pod (or nobody) had of a node in a bucket; append-only, corrected by reversals and new rows.
 * Partitioned by month of `hourAt` by the migration.
 */
export const ledgerEntry = pgTable(
  'ledger_entry',
  {
    id: uuid('id').notNull(),
    /** Begin of the hour of use, UTC. */
    hourAt: instant('hour_at').notNull(),
    clusterId: uuid('cluster_id').notNull(),
    nodeUid: text('node_uid').notNull(),
    podUid: text('pod_uid'),
    bucket: bucket(),
    line: line(),
    ...owner,
    ...node,
    /** Milli-GPU-seconds, milli-CPU-seconds or MiB-seconds by line. */
    quantity: bigint('quantity', { mode: 'bigint' }).notNull(),
    /** Nano of the currency by rate mode; null when no price was known. */
    loadedNano: bigint('loaded_nano', { mode: 'bigint' }),
    openCostNano: bigint('open_cost_nano', { mode: 'bigint' }),
    priceEntryId: uuid('price_entry_id'),
    estimated: boolean('estimated').notNull(),
    /** Digest of the inputs under which the node-hour was sealed. */
    inputDigest: text('input_digest').notNull(),
    sealedAt: instant('sealed_at').notNull(),
    /** First of the month in which it counts; later than that of the hour for a correction of a closed month. */
    postedMonth: instant('posted_month').notNull(),
    /** The row that this one takes back. */
    reversesId: uuid('reverses_id'),
  },
  (table) => [
    primaryKey({ columns: [table.hourAt, table.id] }),
    index('ledger_entry_node').on(table.clusterId, table.hourAt, table.nodeUid),
    index('ledger_entry_project').on(table.projectId, table.hourAt).where(sql`project_id is not null`),
  ],
);

/** The node-hours that are sealed, and under which digest. */
export const ledgerHour = pgTable(
  'ledger_hour',
  {
    clusterId: uuid('cluster_id')
      .notNull()
      .references(() => cluster.id),
    hourAt: instant('hour_at').notNull(),
    nodeUid: text('node_uid').notNull(),
    inputDigest: text('input_digest').notNull(),
    sealedAt: instant('sealed_at').notNull(),
    /** What pods held beyond what the node has: a fault of the data, cut from those that were bound last. */
    cutMilliGpuSeconds: bigint('cut_milli_gpu_seconds', { mode: 'bigint' }).notNull().default(sql`0`),
  },
  (table) => [
    primaryKey({ columns: [table.clusterId, table.hourAt, table.nodeUid] }),
    index('ledger_hour_cut').on(table.hourAt).where(sql`cut_milli_gpu_seconds > 0`),
  ],
);

const sums = {
  quantity: numeric('quantity', { precision: 38, scale: 0 }).notNull(),
  loadedNano: numeric('loaded_nano', { precision: 38, scale: 0 }).notNull(),
  openCostNano: numeric('open_cost_nano', { precision: 38, scale: 0 }).notNull(),
  /** Quantity without a price. */
  unpriced: numeric('unpriced', { precision: 38, scale: 0 }).notNull(),
  estimatedQuantity: numeric('estimated_quantity', { precision: 38, scale: 0 }).notNull(),
};

/** Sums of sealed rows over pods, by hour: what budgets read. The id is the digest of the dimensions, so that sums are added to. */
export const ledgerHourSum = pgTable(
  'ledger_hour_sum',
  {
    id: id(),
    hourAt: instant('hour_at').notNull(),
    postedMonth: instant('posted_month').notNull(),
    clusterId: uuid('cluster_id').notNull(),
    bucket: bucket(),
    line: line(),
    ...owner,
    ...node,
    ...sums,
  },
  (table) => [
    index('ledger_hour_sum_hour').on(table.hourAt),
    index('ledger_hour_sum_project').on(table.projectId, table.hourAt),
  ],
);

/** The same by UTC day and node: what the explorer reads; the id likewise. */
export const ledgerDaySum = pgTable(
  'ledger_day_sum',
  {
    id: id(),
    dayAt: instant('day_at').notNull(),
    postedMonth: instant('posted_month').notNull(),
    clusterId: uuid('cluster_id').notNull(),
    nodeUid: text('node_uid').notNull(),
    bucket: bucket(),
    line: line(),
    ...owner,
    ...node,
    ...sums,
  },
  (table) => [
    index('ledger_day_sum_day').on(table.dayAt),
    index('ledger_day_sum_project').on(table.projectId, table.dayAt),
  ],
);

/** How far a cluster's hours are sealed; whoever changes what lies before it marks the hour stale. */
export const ledgerProgress = pgTable('ledger_progress', {
  clusterId: uuid('cluster_id')
    .primaryKey()
    .references(() => cluster.id),
  /** Begin of the first hour that is not sealed. */
  sealedUntil: instant('sealed_until').notNull(),
  /** Intervals that ended before this are not kept any more, so what is sealed before it stays as it is; null while all are kept. */
  factsFrom: instant('facts_from'),
});

/** Sealed hours whose intervals, prices or rules changed since: triggers of the migration write them, the next seal takes them. */
export const ledgerStale = pgTable(
  'ledger_stale',
  {
    clusterId: uuid('cluster_id')
      .notNull()
      .references(() => cluster.id),
    hourAt: instant('hour_at').notNull(),
  },
  (table) => [primaryKey({ columns: [table.clusterId, table.hourAt] })],
);

/** Months that are closed: what comes later for them is posted in an open month. */
export const ledgerMonth = pgTable('ledger_month', {
  /** First moment of the month, UTC. */
  month: instant('month').primaryKey(),
  closedAt: instant('closed_at').notNull(),
  closedBy: uuid('closed_by')
    .notNull()
    .references(() => principal.id),
});

/** What a closed month cost a project, frozen; its digest stands in the audit chain. */
export const ledgerStatement = pgTable(
  'ledger_statement',
  {
    id: id(),
    month: instant('month')
      .notNull()
      .references(() => ledgerMonth.month),
    projectId: uuid('project_id')
      .notNull()
      .references(() => project.id),
    /** Statement of domain/ledger/statement.ts. */
    statement: jsonb('statement').notNull(),
    digest: text('digest').notNull(),
  },
  (table) => [unique('ledger_statement_project').on(table.projectId, table.month)],
);

/**
 * Who pays for pods of namespaces without an Environment; of several that match, the lowest number wins. Immutable but for
 * `validTo`, which is set once.
 */
export const attributionRule = pgTable('attribution_rule', {
  id: id(),
  number: integer('number').notNull().unique(),
  /** The rule that this one took the place of. */
  replacesId: uuid('replaces_id'),
  /** Null for every cluster. */
  clusterId: uuid('cluster_id').references(() => cluster.id),
  /** "*" for any, as in the owner's columns. */
  namespace: text('namespace').notNull(),
  ownerKind: text('owner_kind').notNull(),
  ownerName: text('owner_name').notNull(),
  projectId: uuid('project_id')
    .notNull()
    .references(() => project.id),
  /** Null lets the owner's kind decide. */
  role: text('role', { enum: costRoles }),
  validFrom: instant('valid_from').notNull(),
  validTo: instant('valid_to'),
  createdAt: instant('created_at').notNull(),
  createdBy: uuid('created_by')
    .notNull()
    .references(() => principal.id),
});
