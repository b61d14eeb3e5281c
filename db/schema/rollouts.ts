import { sql } from 'drizzle-orm';
import {
  boolean,
  doublePrecision,
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
import { id, instant, projectId } from './columns.ts';
import { principal } from './identity.ts';
import { promotion } from './promotions.ts';
import { service, serviceRevision } from './services.ts';

export const rollout = pgTable(
  'rollout',
  {
    id: id(),
    projectId: projectId(),
    serviceId: uuid('service_id').notNull(),
    /** Null for a rollback to an earlier revision, which needs no promotion. */
    promotionId: uuid('promotion_id'),
    fromRevisionId: uuid('from_revision_id'),
    toRevisionId: uuid('to_revision_id').notNull(),
    plan: jsonb('plan').notNull(),
    planDigest: text('plan_digest').notNull(),
    /** The attempt that this one repeats, and the step that it begins with. */
    retryOfId: uuid('retry_of_id'),
    firstStepIndex: integer('first_step_index').notNull().default(0),
    /** Dispersion of stable's errors, fixed before the start. */
    phi: doublePrecision('phi').notNull(),
    phiBackedByHistory: boolean('phi_backed_by_history').notNull(),
    startedAt: instant('started_at').notNull(),
    startedBy: uuid('started_by')
      .notNull()
      .references(() => principal.id),
    // Intent, written by commands only.
    generation: integer('generation').notNull().default(1),
    goal: text('goal', { enum: ['complete', 'abort', 'rollBack'] })
      .notNull()
      .default('complete'),
    pausedAt: instant('paused_at'),
    promotedAt: instant('promoted_at'),
    continuedStep: integer('continued_step'),
    keepUntil: instant('keep_until'),
    // Progress, written by the reconciler only.
    phase: text('phase', {
      enum: ['starting', 'stepping', 'finishing', 'rollingBack', 'succeeded', 'rolledBack', 'aborted'],
    }).notNull(),
    stepIndex: integer('step_index').notNull().default(0),
    stepStartedAt: instant('step_started_at').notNull(),
    acceptedAt: instant('accepted_at'),
    effectiveAt: instant('effective_at'),
    heldAt: instant('held_at'),
    fullAt: instant('full_at'),
    endedAt: instant('ended_at'),
    failure: jsonb('failure'),
    /** BakeOutcome of domain/bake.ts: the rail that broke inside the bake time and the rollout that led back; set once. */
    bakeOutcome: jsonb('bake_outcome'),
    weightOffAt: instant('weight_off_at'),
    passedSteps: integer('passed_steps').notNull().default(0),
    /** When what was kept for debugging was given up, by whatever ended it. */
    keptEndedAt: instant('kept_ended_at'),
    /** RolloutStatus of domain/rollout-status.ts: weights, check results, blockers; for people only. */
    status: jsonb('status'),
    statusAt: instant('status_at'),
  },
  (table) => [
    unique('rollout_scope').on(table.projectId, table.id),
    foreignKey({
      columns: [table.projectId, table.serviceId],
      foreignColumns: [service.projectId, service.id],
    }),
    foreignKey({
      columns: [table.projectId, table.promotionId],
      foreignColumns: [promotion.projectId, promotion.id],
    }),
    foreignKey({
      columns: [table.projectId, table.toRevisionId],
      foreignColumns: [serviceRevision.projectId, serviceRevision.id],
    }),
    uniqueIndex('rollout_active').on(table.serviceId).where(sql`ended_at is null`),
    index('rollout_promotion').on(table.promotionId),
    foreignKey({
      columns: [table.projectId, table.retryOfId],
      foreignColumns: [table.projectId, table.id],
    }),
    uniqueIndex('rollout_retry').on(table.retryOfId),
    index('rollout_kept').on(table.serviceId).where(sql`keep_until is not null and kept_ended_at is null`),
    index('rollout_started').on(table.projectId, table.startedAt),
    index('rollout_service').on(table.serviceId, table.endedAt),
  ],
);

/** Counts of one relative check and interval with its log E per grid point; a retried pass changes nothing. */
export const analysisInterval = pgTable(
  'analysis_interval',
  {
    projectId: projectId(),
    rolloutId: uuid('rollout_id').notNull(),
    checkId: text('check_id').notNull(),
    intervalEnd: instant('interval_end').notNull(),
    stepIndex: integer('step_index').notNull(),
    nCanary: integer('n_canary').notNull(),
    nStable: integer('n_stable').notNull(),
    xCanary: integer('x_canary').notNull(),
    xStable: integer('x_stable').notNull(),
    canaryPodCount: integer('canary_pod_count').notNull(),
    logE: doublePrecision('log_e').array().notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.rolloutId, table.checkId, table.intervalEnd] }),
    foreignKey({
      columns: [table.projectId, table.rolloutId],
      foreignColumns: [rollout.projectId, rollout.id],
    }),
  ],
);

/** The verdict of one check at one step, kept when it changes. */
export const checkResult = pgTable(
  'check_result',
  {
    projectId: projectId(),
    rolloutId: uuid('rollout_id').notNull(),
    step: integer('step').notNull(),
    checkId: text('check_id').notNull(),
    verdict: text('verdict', { enum: ['pass', 'fail', 'noEvidence'] }).notNull(),
    evidence: jsonb('evidence').notNull(),
    at: instant('at').notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.rolloutId, table.step, table.checkId, table.at] }),
    foreignKey({
      columns: [table.projectId, table.rolloutId],
      foreignColumns: [rollout.projectId, rollout.id],
    }),
  ],
);

/** What was known of an abort or roll back before anything was taken away; immutable, one per rollout. */
export const rolloutRecord = pgTable(
  'rollout_record',
  {
    rolloutId: uuid('rollout_id').primaryKey(),
    projectId: projectId(),
    /** RolloutRecord of domain/rollout-record.ts. */
    record: jsonb('record').notNull(),
    /** Over the canonical JSON of the record; the audit entry carries it, too. */
    digest: text('digest').notNull(),
    frozenAt: instant('frozen_at').notNull(),
  },
  (table) => [
    foreignKey({
      columns: [table.projectId, table.rolloutId],
      foreignColumns: [rollout.projectId, rollout.id],
    }),
  ],
);
