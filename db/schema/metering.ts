import { sql } from 'drizzle-orm';
import { boolean, index, jsonb, pgTable, primaryKey, text, uuid } from 'drizzle-orm/pg-core';
import { factSources, podBuckets } from '../../domain/metering/facts.ts';
import { instant } from './columns.ts';
import { cluster } from './environments.ts';

/** Facts of a node over time (NodeFacts of domain/metering/facts.ts); owner, role and price sit on ledger rows only. */
export const nodeInterval = pgTable(
  'node_interval',
  {
    clusterId: uuid('cluster_id')
      .notNull()
      .references(() => cluster.id),
    nodeUid: text('node_uid').notNull(),
    fromAt: instant('from_at').notNull(),
    toAt: instant('to_at'),
    facts: jsonb('facts').notNull(),
    source: text('source', { enum: factSources }).notNull(),
    estimated: boolean('estimated').notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.clusterId, table.nodeUid, table.fromAt] }),
    index('node_interval_time').on(table.clusterId, table.toAt, table.fromAt),
  ],
);

/** Facts and bucket of a bound pod over time (PodFacts of domain/metering/facts.ts). */
export const podInterval = pgTable(
  'pod_interval',
  {
    clusterId: uuid('cluster_id')
      .notNull()
      .references(() => cluster.id),
    podUid: text('pod_uid').notNull(),
    nodeUid: text('node_uid').notNull(),
    fromAt: instant('from_at').notNull(),
    toAt: instant('to_at'),
    bucket: text('bucket', { enum: podBuckets }).notNull(),
    facts: jsonb('facts').notNull(),
    source: text('source', { enum: factSources }).notNull(),
    estimated: boolean('estimated').notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.clusterId, table.podUid, table.fromAt] }),
    index('pod_interval_time').on(table.clusterId, table.toAt, table.fromAt),
    index('pod_interval_node').on(table.clusterId, table.nodeUid, table.fromAt),
    index('pod_interval_name').on(table.clusterId, sql`(${table.facts} ->> 'name')`),
  ],
);

/** While all pods and nodes of a cluster were seen; what lies outside is unobserved unless back-fill explains it. */
export const watchInterval = pgTable(
  'watch_interval',
  {
    clusterId: uuid('cluster_id')
      .notNull()
      .references(() => cluster.id),
    fromAt: instant('from_at').notNull(),
    /** Last moment at which the watch was live; moves on while it is. */
    seenUntil: instant('seen_until').notNull(),
  },
  (table) => [primaryKey({ columns: [table.clusterId, table.fromAt] })],
);
