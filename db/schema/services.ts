import { sql } from 'drizzle-orm';
import {
  bigint,
  foreignKey,
  index,
  integer,
  jsonb,
  pgTable,
  primaryKey,
  text,
  unique,
  uniqueIndex,
  uuid,
} from 'drizzle-orm/pg-core';
import { serviceHealths } from '../../domain/service-health.ts';
import { id, instant, projectId } from './columns.ts';
import { environment } from './environments.ts';
import { principal } from './identity.ts';
import { modelVersion } from './models.ts';

export const service = pgTable(
  'service',
  {
    id: id(),
    projectId: projectId(),
    environmentId: uuid('environment_id').notNull(),
    name: text('name').notNull(),
    mode: text('mode', { enum: ['managed', 'watched'] }).notNull(),
    /** The spec that the next revision runs; revisions keep their own copy. */
    spec: jsonb('spec').notNull(),
    scaling: jsonb('scaling').notNull(),
    route: jsonb('route').notNull(),
    defaultPlan: jsonb('default_plan').notNull(),
    ownerUserId: uuid('owner_user_id').references(() => principal.id),
    runbookUrl: text('runbook_url'),
    /** Objectives of domain/objective.ts; null when nothing is promised. */
    objectives: jsonb('objectives'),
    stableRevisionId: uuid('stable_revision_id'),
    nextRevisionNumber: integer('next_revision_number').notNull().default(1),
    /** Adoption of domain/adoption.ts: the workload that a watched service looks at; null for one that Fairlead made. */
    adoption: jsonb('adoption'),
    /** TakeOver of domain/take-over.ts, from the take over until it is given back; null otherwise. Phases are the reconciler's. */
    takeOver: jsonb('take_over'),
    createdAt: instant('created_at').notNull(),
    createdBy: uuid('created_by')
      .notNull()
      .references(() => principal.id),
    // Intent ends here; the columns below belong to the reconciler.
    generation: integer('generation').notNull().default(1),
    observedGeneration: integer('observed_generation').notNull().default(0),
    nextReconcileAt: instant('next_reconcile_at'),
    attempts: integer('attempts').notNull().default(0),
    /** ServiceStatus of domain/service-status.ts. */
    status: jsonb('status'),
    statusAt: instant('status_at'),
    /** When a pass last looked at it, whatever it saw; null before the first. */
    lookedAt: instant('looked_at'),
  },
  (table) => [
    unique('service_name').on(table.environmentId, table.name),
    unique('service_scope').on(table.projectId, table.id),
    foreignKey({
      columns: [table.projectId, table.environmentId],
      foreignColumns: [environment.projectId, environment.id],
    }),
    index('service_due').on(table.nextReconcileAt),
  ],
);

/** One ModelVersion + one ServiceSpec, immutable, numbered per Service. */
export const serviceRevision = pgTable(
  'service_revision',
  {
    id: id(),
    projectId: projectId(),
    serviceId: uuid('service_id').notNull(),
    number: integer('number').notNull(),
    modelVersionId: uuid('model_version_id').notNull(),
    spec: jsonb('spec').notNull(),
    specDigest: text('spec_digest').notNull(),
    imageDigest: text('image_digest').notNull(),
    createdAt: instant('created_at').notNull(),
    createdBy: uuid('created_by')
      .notNull()
      .references(() => principal.id),
  },
  (table) => [
    unique('service_revision_number').on(table.serviceId, table.number),
    unique('service_revision_scope').on(table.projectId, table.id),
    foreignKey({
      columns: [table.projectId, table.serviceId],
      foreignColumns: [service.projectId, service.id],
    }),
    foreignKey({
      columns: [table.projectId, table.modelVersionId],
      foreignColumns: [modelVersion.projectId, modelVersion.id],
    }),
    index('service_revision_model_version').on(table.modelVersionId),
  ],
);

/** Who was stable, canary or shadow when. */
export const roleInterval = pgTable(
  'role_interval',
  {
    id: id(),
    projectId: projectId(),
    serviceId: uuid('service_id').notNull(),
    revisionId: uuid('revision_id').notNull(),
    rolloutId: uuid('rollout_id'),
    role: text('role', { enum: ['stable', 'canary', 'shadow'] }).notNull(),
    fromAt: instant('from_at').notNull(),
    effectiveAt: instant('effective_at'),
    toAt: instant('to_at'),
  },
  (table) => [
    foreignKey({
      columns: [table.projectId, table.serviceId],
      foreignColumns: [service.projectId, service.id],
    }),
    uniqueIndex('role_interval_open').on(table.serviceId, table.revisionId).where(sql`to_at is null`),
    index('role_interval_service').on(table.serviceId, table.fromAt),
  ],
);

/** How a service did over time, a row only when it changes; what nobody looked at is `unread`. */
export const healthInterval = pgTable(
  'health_interval',
  {
    id: id(),
    projectId: projectId(),
    serviceId: uuid('service_id').notNull(),
    /** Health of domain/service-health.ts. */
    health: text('health', { enum: serviceHealths }).notNull(),
    fromAt: instant('from_at').notNull(),
    toAt: instant('to_at'),
  },
  (table) => [
    foreignKey({
      columns: [table.projectId, table.serviceId],
      foreignColumns: [service.projectId, service.id],
    }),
    uniqueIndex('health_interval_open').on(table.serviceId).where(sql`to_at is null`),
    index('health_interval_service').on(table.serviceId, table.fromAt),
  ],
);

/** Differences of raw counters per revision and interval, for charts; a dropped interval has no row. Never notified. */
export const metricInterval = pgTable(
  'metric_interval',
  {
    projectId: projectId(),
    serviceId: uuid('service_id').notNull(),
    revisionNumber: integer('revision_number').notNull(),
    intervalEnd: instant('interval_end').notNull(),
    intervalMs: integer('interval_ms').notNull(),
    requests: integer('requests').notNull(),
    errors: integer('errors').notNull(),
    /** Requests by upper bound in ms, cumulative. */
    buckets: jsonb('buckets').notNull(),
    podCount: integer('pod_count').notNull(),
    // Work of a server of language models, for costs; null where not every pod exposed it.
    promptTokens: bigint('prompt_tokens', { mode: 'number' }),
    generatedTokens: bigint('generated_tokens', { mode: 'number' }),
    cachedTokens: bigint('cached_tokens', { mode: 'number' }),
    runningMs: bigint('running_ms', { mode: 'number' }),
    prefillMs: bigint('prefill_ms', { mode: 'number' }),
    decodeMs: bigint('decode_ms', { mode: 'number' }),
    /** Requests under way at the end of the interval, and pods that had any. */
    runningRequests: integer('running_requests'),
    busyPods: integer('busy_pods'),
  },
  (table) => [
    primaryKey({ columns: [table.serviceId, table.intervalEnd, table.revisionNumber] }),
    foreignKey({
      columns: [table.projectId, table.serviceId],
      foreignColumns: [service.projectId, service.id],
    }),
  ],
);

/** Intervals of a whole past hour over all revisions, summed once for a service with objectives; 28 days are few rows. */
export const metricHour = pgTable(
  'metric_hour',
  {
    projectId: projectId(),
    serviceId: uuid('service_id').notNull(),
    hourEnd: instant('hour_end').notNull(),
    /** How much of the hour was measured. */
    coveredMs: integer('covered_ms').notNull(),
    requests: bigint('requests', { mode: 'number' }).notNull(),
    errors: bigint('errors', { mode: 'number' }).notNull(),
    /** By upper bound in ms: requests within it, requests of the intervals that have it, and how long these are. */
    bounds: jsonb('bounds').notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.serviceId, table.hourEnd] }),
    foreignKey({
      columns: [table.projectId, table.serviceId],
      foreignColumns: [service.projectId, service.id],
    }),
  ],
);

/** Intervals of one revision over a whole past hour, summed once, so that charts of weeks read few rows; kept longer than they are. */
export const revisionHour = pgTable(
  'revision_hour',
  {
    projectId: projectId(),
    serviceId: uuid('service_id').notNull(),
    revisionNumber: integer('revision_number').notNull(),
    hourEnd: instant('hour_end').notNull(),
    /** How much of the hour was measured. */
    coveredMs: integer('covered_ms').notNull(),
    requests: bigint('requests', { mode: 'number' }).notNull(),
    errors: bigint('errors', { mode: 'number' }).notNull(),
    /** Requests by upper bound in ms, cumulative. */
    buckets: jsonb('buckets').notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.serviceId, table.hourEnd, table.revisionNumber] }),
    foreignKey({
      columns: [table.projectId, table.serviceId],
      foreignColumns: [service.projectId, service.id],
    }),
  ],
);
