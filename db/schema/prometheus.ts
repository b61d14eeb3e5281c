import { sql } from 'drizzle-orm';
import {
  bigint,
  foreignKey,
  integer,
  jsonb,
  pgTable,
  text,
  unique,
  uniqueIndex,
  uuid,
} from 'drizzle-orm/pg-core';
import { id, instant, projectId } from './columns.ts';
import { principal } from './identity.ts';
import { service } from './services.ts';

/**
 * A histogram of the environment's metrics source that is counted as a feature of a service: raw bucket differences,
 * every five minutes.
 */
export const prometheusSource = pgTable(
  'prometheus_source',
  {
    id: id(),
    projectId: projectId(),
    serviceId: uuid('service_id').notNull(),
    feature: text('feature').notNull(),
    /** HistogramSource of domain/prometheus-source.ts. */
    fields: jsonb('fields').notNull(),
    createdAt: instant('created_at').notNull(),
    createdBy: uuid('created_by')
      .notNull()
      .references(() => principal.id),
    removedAt: instant('removed_at'),
    // Intent ends here.
    /** When a worker looks at it next, on the database clock; while it does, when another one may. */
    dueAt: instant('due_at').notNull(),
    /** The instant up to which everything is counted; it goes on in the transaction that stores what came. */
    through: instant('through').notNull(),
    /** The last look at every series, from which the next differences are taken; null before the first. */
    looks: jsonb('looks'),
    state: text('state', { enum: ['new', 'reading', 'waiting', 'blocked'] })
      .notNull()
      .default('new'),
    /** Of one that waits or is blocked: a sentence. */
    why: text('why'),
    stateAt: instant('state_at'),
    /** Pods of the service whose histograms were there at the last look. */
    pods: integer('pods').notNull().default(0),
    rows: bigint('rows', { mode: 'bigint' }).notNull().default(sql`0`),
    lastRowsAt: instant('last_rows_at'),
    /** Instants up to then were not counted: nobody read them for a week. */
    gapAt: instant('gap_at'),
  },
  (table) => [
    unique('prometheus_source_scope').on(table.projectId, table.id),
    uniqueIndex('prometheus_source_feature')
      .on(table.serviceId, table.feature)
      .where(sql`removed_at is null`),
    foreignKey({
      columns: [table.projectId, table.serviceId],
      foreignColumns: [service.projectId, service.id],
    }),
  ],
);
