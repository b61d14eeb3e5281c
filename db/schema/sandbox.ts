import { bigint, integer, jsonb, pgSchema, primaryKey, text, uuid } from 'drizzle-orm/pg-core';
import { instant } from './columns.ts';

/** The sandbox cluster's own world: what a real cluster keeps in etcd. */
export const sandboxSchema = pgSchema('sandbox');

export const sandboxCluster = sandboxSchema.table('cluster', {
  clusterId: uuid('cluster_id').primaryKey(),
  seed: integer('seed').notNull(),
  /** Added to the database clock for services of this cluster. */
  clockOffsetMs: bigint('clock_offset_ms', { mode: 'number' }).notNull().default(0),
});

/** Workloads and routes with the times from which their readiness and traffic follow. */
export const sandboxObject = sandboxSchema.table(
  'object',
  {
    clusterId: uuid('cluster_id').notNull(),
    namespace: text('namespace').notNull(),
    kind: text('kind', { enum: ['workload', 'route', 'quota', 'work'] }).notNull(),
    name: text('name').notNull(),
    uid: uuid('uid').notNull(),
    resourceVersion: bigint('resource_version', { mode: 'number' }).notNull(),
    epoch: bigint('epoch', { mode: 'number' }).notNull(),
    projectId: uuid('project_id').notNull(),
    serviceId: uuid('service_id').notNull(),
    body: jsonb('body').notNull(),
    createdAt: instant('created_at').notNull(),
    updatedAt: instant('updated_at').notNull(),
  },
  (table) => [primaryKey({ columns: [table.clusterId, table.namespace, table.kind, table.name] })],
);

/** Every split a route ever had, because metrics are a pure function of it and time. */
export const sandboxSplit = sandboxSchema.table(
  'split',
  {
    clusterId: uuid('cluster_id').notNull(),
    serviceId: uuid('service_id').notNull(),
    fromAt: instant('from_at').notNull(),
    /** Weight and pod names by revision number. */
    split: jsonb('split').notNull(),
  },
  (table) => [primaryKey({ columns: [table.clusterId, table.serviceId, table.fromAt] })],
);

/** What the sandbox was told: traffic of a service, behaviour of a model version, faults. */
export const sandboxFault = sandboxSchema.table(
  'fault',
  {
    clusterId: uuid('cluster_id').notNull(),
    /** `service:<id>`, `modelVersion:<id>` or `cluster`. */
    subject: text('subject').notNull(),
    fromAt: instant('from_at').notNull(),
    behaviour: jsonb('behaviour').notNull(),
  },
  (table) => [primaryKey({ columns: [table.clusterId, table.subject, table.fromAt] })],
);
