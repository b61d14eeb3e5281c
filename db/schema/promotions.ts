import { foreignKey, index, jsonb, pgTable, text, unique, uuid } from 'drizzle-orm/pg-core';
import { id, instant, projectId } from './columns.ts';
import { policyRevision } from './environments.ts';
import { principal } from './identity.ts';
import { service, serviceRevision } from './services.ts';

/** Something that needs signatures; Promotion is the first kind. */
export const guardedAction = pgTable(
  'guarded_action',
  {
    id: id(),
    projectId: projectId(),
    kind: text('kind', {
      enum: ['promotion', 'budgetExceed', 'budgetTransfer', 'retrain', 'rebase'],
    }).notNull(),
    /** The subject whose canonical JSON was hashed, so that a void request can name what changed. */
    subject: jsonb('subject').notNull(),
    subjectDigest: text('subject_digest').notNull(),
    policyRevisionId: uuid('policy_revision_id').notNull(),
    requestedBy: uuid('requested_by')
      .notNull()
      .references(() => principal.id),
    requestedAt: instant('requested_at').notNull(),
    expiresAt: instant('expires_at').notNull(),
  },
  (table) => [
    unique('guarded_action_scope').on(table.projectId, table.id),
    foreignKey({
      columns: [table.projectId, table.policyRevisionId],
      foreignColumns: [policyRevision.projectId, policyRevision.id],
    }),
  ],
);

/** Append-only signatures; one per person and action. */
export const approval = pgTable(
  'approval',
  {
    id: id(),
    projectId: projectId(),
    actionId: uuid('action_id').notNull(),
    principalId: uuid('principal_id')
      .notNull()
      .references(() => principal.id),
    ownerUserId: uuid('owner_user_id').notNull(),
    decision: text('decision', { enum: ['approve', 'reject'] }).notNull(),
    comment: text('comment').notNull(),
    /** What the person saw. */
    subjectDigest: text('subject_digest').notNull(),
    decidedAt: instant('decided_at').notNull(),
  },
  (table) => [
    unique('approval_once').on(table.actionId, table.ownerUserId),
    foreignKey({
      columns: [table.projectId, table.actionId],
      foreignColumns: [guardedAction.projectId, guardedAction.id],
    }),
  ],
);

export const promotion = pgTable(
  'promotion',
  {
    id: id(),
    projectId: projectId(),
    actionId: uuid('action_id').notNull(),
    serviceId: uuid('service_id').notNull(),
    toRevisionId: uuid('to_revision_id').notNull(),
    fromRevisionId: uuid('from_revision_id'),
    plan: jsonb('plan').notNull(),
    planDigest: text('plan_digest').notNull(),
    note: text('note').notNull().default(''),
    state: text('state', {
      enum: ['open', 'approved', 'started', 'rejected', 'withdrawn', 'expired', 'voided'],
    }).notNull(),
    /** PromotionRetry of domain/rollout-retry.ts: the attempt that the next start repeats; null for a first one. */
    retry: jsonb('retry'),
    /** Why it ended or, while approved, why its start was refused (a Blocker). */
    outcome: jsonb('outcome'),
    requestedAt: instant('requested_at').notNull(),
    decidedAt: instant('decided_at'),
  },
  (table) => [
    unique('promotion_scope').on(table.projectId, table.id),
    foreignKey({
      columns: [table.projectId, table.actionId],
      foreignColumns: [guardedAction.projectId, guardedAction.id],
    }),
    foreignKey({
      columns: [table.projectId, table.serviceId],
      foreignColumns: [service.projectId, service.id],
    }),
    foreignKey({
      columns: [table.projectId, table.toRevisionId],
      foreignColumns: [serviceRevision.projectId, serviceRevision.id],
    }),
    index('promotion_state').on(table.projectId, table.state, table.requestedAt),
    index('promotion_service').on(table.serviceId, table.requestedAt),
  ],
);
