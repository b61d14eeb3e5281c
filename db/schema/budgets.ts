import { sql } from 'drizzle-orm';
import {
  type AnyPgColumn,
  boolean,
  foreignKey,
  index,
  integer,
  jsonb,
  numeric,
  pgTable,
  primaryKey,
  text,
  unique,
  uniqueIndex,
  uuid,
} from 'drizzle-orm/pg-core';
import { id, instant } from './columns.ts';
import { environment } from './environments.ts';
import { principal, project } from './identity.ts';
import { guardedAction } from './promotions.ts';
import { rollout } from './rollouts.ts';

/** A limit on GPU time or money over periods; of a project, or of the instance when `projectId` is null. */
export const budget = pgTable(
  'budget',
  {
    id: id(),
    projectId: uuid('project_id').references(() => project.id),
    name: text('name').notNull(),
    parentId: uuid('parent_id').references((): AnyPgColumn => budget.id),
    /** BudgetScope of domain/budget: what of the ledger it counts; a child's lies inside its parent's. */
    scope: jsonb('scope').notNull(),
    /** Milli-GPU-seconds or nano of the currency. */
    unit: text('unit', { enum: ['gpuHours', 'currency'] }).notNull(),
    /** BudgetPeriod: calendar or rolling, time zone, rollover cap. */
    period: jsonb('period').notNull(),
    /** Thresholds, rate mode, which idle it counts, chosen forecast. */
    settings: jsonb('settings').notNull(),
    /** 0 observe, 1 warn, 2 needs approval, 3 freeze. */
    level: integer('level').notNull().default(1),
    generation: integer('generation').notNull().default(1),
    createdAt: instant('created_at').notNull(),
    createdBy: uuid('created_by')
      .notNull()
      .references(() => principal.id),
    closedAt: instant('closed_at'),
    // Intent ends here.
    /** BudgetStatus: actual, held, forecasts, backtest; for people and thresholds, at most a minute old. */
    status: jsonb('status'),
    statusAt: instant('status_at'),
  },
  (table) => [
    unique('budget_name').on(table.projectId, table.name).nullsNotDistinct(),
    index('budget_parent').on(table.parentId),
  ],
);

/** What an amount is made of; the rows of a budget in force sum to it. */
export const budgetMovement = pgTable(
  'budget_movement',
  {
    id: id(),
    budgetId: uuid('budget_id')
      .notNull()
      .references(() => budget.id),
    kind: text('kind', { enum: ['base', 'rollover', 'transfer', 'exceed'] }).notNull(),
    /** Signed; in the unit of the budget. */
    amount: numeric('amount', { precision: 38, scale: 0 }).notNull(),
    fromAt: instant('from_at').notNull(),
    /** Null: for every period from `fromAt` on. */
    toAt: instant('to_at'),
    /** The guarded action that allowed it. */
    guardedActionId: uuid('guarded_action_id'),
    reason: text('reason').notNull().default(''),
    createdAt: instant('created_at').notNull(),
    createdBy: uuid('created_by')
      .notNull()
      .references(() => principal.id),
  },
  (table) => [index('budget_movement_budget').on(table.budgetId, table.fromAt)],
);

/** Held for a rollout from its start to its end; inserted with it, no expiry. One row per budget that it counts against. */
export const budgetReservation = pgTable(
  'budget_reservation',
  {
    id: id(),
    projectId: uuid('project_id').notNull(),
    rolloutId: uuid('rollout_id').notNull(),
    /** Null for the row that holds GPUs of a pool and a namespace only. */
    budgetId: uuid('budget_id').references(() => budget.id),
    /** In the unit of the budget: extra of the steps not yet finished + rollback reserve. */
    held: numeric('held', { precision: 38, scale: 0 }).notNull(),
    /** Envelope of domain/envelope: GPUs over the plan, by product. */
    envelope: jsonb('envelope').notNull(),
    createdAt: instant('created_at').notNull(),
    updatedAt: instant('updated_at').notNull(),
    endedAt: instant('ended_at'),
  },
  (table) => [
    foreignKey({
      columns: [table.projectId, table.rolloutId],
      foreignColumns: [rollout.projectId, rollout.id],
    }),
    uniqueIndex('budget_reservation_rollout')
      .on(table.rolloutId, table.budgetId)
      .where(sql`budget_id is not null`),
    index('budget_reservation_open').on(table.budgetId).where(sql`ended_at is null`),
  ],
);

/** Thresholds that were reached, one row per budget, period and threshold, so that each is told once. */
export const budgetAlert = pgTable(
  'budget_alert',
  {
    budgetId: uuid('budget_id')
      .notNull()
      .references(() => budget.id),
    /** Begin of the period; of a rolling budget, which has none, the begin of 1970. */
    periodAt: instant('period_at').notNull(),
    /** thresholdKey of domain/budget/threshold.ts: basis and limit. */
    thresholdKey: text('threshold_key').notNull(),
    firedAt: instant('fired_at').notNull(),
    timesFired: integer('times_fired').notNull().default(1),
    /** Since when it has been well below; null above. */
    belowSince: instant('below_since'),
    /** The figures with which it fired last, as texts. */
    figures: jsonb('figures').notNull(),
  },
  (table) => [primaryKey({ columns: [table.budgetId, table.periodAt, table.thresholdKey] })],
);

/** More for a time (exceed) or from one budget to another (transfer); lives and is signed in the project that gives. */
export const budgetRequest = pgTable(
  'budget_request',
  {
    id: id(),
    projectId: uuid('project_id').notNull(),
    actionId: uuid('action_id').notNull(),
    kind: text('kind', { enum: ['exceed', 'transfer'] }).notNull(),
    /** The budget that gets more, or the one that gives. */
    budgetId: uuid('budget_id')
      .notNull()
      .references(() => budget.id),
    toBudgetId: uuid('to_budget_id').references(() => budget.id),
    amount: numeric('amount', { precision: 38, scale: 0 }).notNull(),
    untilAt: instant('until_at').notNull(),
    /** The promotion for whose start it was asked. */
    promotionId: uuid('promotion_id'),
    reason: text('reason').notNull(),
    state: text('state', {
      enum: ['open', 'approved', 'rejected', 'withdrawn', 'expired', 'voided'],
    }).notNull(),
    requestedAt: instant('requested_at').notNull(),
    decidedAt: instant('decided_at'),
  },
  (table) => [
    foreignKey({
      columns: [table.projectId, table.actionId],
      foreignColumns: [guardedAction.projectId, guardedAction.id],
    }),
    index('budget_request_budget').on(table.budgetId, table.requestedAt),
    index('budget_request_receiver').on(table.toBudgetId).where(sql`to_budget_id is not null`),
    index('budget_request_open').on(table.projectId).where(sql`state = 'open'`),
  ],
);

/** An environment in which a budget that is spent lets nothing grow, from its asking to its end. */
export const budgetFreeze = pgTable(
  'budget_freeze',
  {
    id: id(),
    budgetId: uuid('budget_id')
      .notNull()
      .references(() => budget.id),
    projectId: uuid('project_id').notNull(),
    environmentId: uuid('environment_id').notNull(),
    askedAt: instant('asked_at').notNull(),
    endedAt: instant('ended_at'),
    // Written by the holder of the cluster's lease.
    /** asked: not looked at yet · frozen: nothing grows · proposed: why not, and what a person could do instead. */
    state: text('state', { enum: ['asked', 'frozen', 'proposed'] })
      .notNull()
      .default('asked'),
    stateAt: instant('state_at').notNull(),
    /** Sentences that say why it is only proposed, or what of it could not be written. */
    reasons: jsonb('reasons').notNull().default([]),
    /** What a person could apply instead; null while it is frozen. */
    proposal: text('proposal'),
    /** A quota of ours may be in the namespace. */
    quotaWritten: boolean('quota_written').notNull().default(false),
  },
  (table) => [
    foreignKey({
      columns: [table.projectId, table.environmentId],
      foreignColumns: [environment.projectId, environment.id],
    }),
    uniqueIndex('budget_freeze_open').on(table.budgetId, table.environmentId).where(sql`ended_at is null`),
    index('budget_freeze_environment').on(table.environmentId).where(sql`ended_at is null or quota_written`),
  ],
);
