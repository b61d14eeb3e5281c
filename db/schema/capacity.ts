import { jsonb, pgTable, primaryKey, text, uuid } from 'drizzle-orm/pg-core';
import { instant } from './columns.ts';
import { cluster } from './environments.ts';

/**
 * What the worker last saw of room in a cluster (domain/preflight/capacity.ts). A start locks the rows that it counts
 * against, so that two starts never count the same room.
 */
export const capacityReading = pgTable(
  'capacity_reading',
  {
    clusterId: uuid('cluster_id')
      .notNull()
      .references(() => cluster.id),
    /** `cluster`, `namespace:<name>`, `waiting` (pods without a node), or `pool:<GPU product>`, which is only locked. */
    subject: text('subject').notNull(),
    /** On the cluster's clock; null for a row that was made to be locked. */
    observedAt: instant('observed_at'),
    reading: jsonb('reading'),
  },
  (table) => [primaryKey({ columns: [table.clusterId, table.subject] })],
);
