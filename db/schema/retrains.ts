import { sql } from 'drizzle-orm';
import {
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
import { retrainStates } from '../../domain/retrain/request.ts';
import { retrainPolicies } from '../../domain/retrain/settings.ts';
import { budget } from './budgets.ts';
import { id, instant, projectId } from './columns.ts';
import { driftAlert } from './drift.ts';
import { cluster } from './environments.ts';
import { principal } from './identity.ts';
import { modelVersion } from './models.ts';
import { guardedAction } from './promotions.ts';
import { service } from './services.ts';

/** Objects that an instance admin allows trainings of a cluster to start; immutable, another text is another template. */
export const retrainTemplate = pgTable(
  'retrain_template',
  {
    id: id(),
    clusterId: uuid('cluster_id')
      .notNull()
      .references(() => cluster.id),
    name: text('name').notNull(),
    /** As it was typed in. */
    yaml: text('yaml').notNull(),
    /** WorkTemplate of domain/retrain, read from the text. */
    object: jsonb('object').notNull(),
    /** Of the object's canonical JSON. */
    digest: text('digest').notNull(),
    addedAt: instant('added_at').notNull(),
    addedBy: uuid('added_by')
      .notNull()
      .references(() => principal.id),
    /** Nothing more starts from it. */
    removedAt: instant('removed_at'),
  },
  (table) => [
    uniqueIndex('retrain_template_name').on(table.clusterId, table.name).where(sql`removed_at is null`),
  ],
);

/** What a real alert of a service leads to; nothing where there is no row. */
export const retrainSetting = pgTable(
  'retrain_setting',
  {
    serviceId: uuid('service_id').primaryKey(),
    projectId: projectId(),
    /** RetrainSettings of domain/retrain. */
    settings: jsonb('settings').notNull(),
    generation: integer('generation').notNull().default(1),
    /** Alerts that were over before lead to nothing. */
    changedAt: instant('changed_at').notNull(),
    changedBy: uuid('changed_by')
      .notNull()
      .references(() => principal.id),
  },
  (table) => [
    foreignKey({
      columns: [table.projectId, table.serviceId],
      foreignColumns: [service.projectId, service.id],
    }),
  ],
);

/** A model that is to be trained again because of an alert, from the asking to the version that comes of it. */
export const retrainRequest = pgTable(
  'retrain_request',
  {
    id: id(),
    projectId: projectId(),
    serviceId: uuid('service_id').notNull(),
    alertId: uuid('alert_id').notNull(),
    modelId: uuid('model_id').notNull(),
    /** The one that served when it was opened. */
    modelVersionId: uuid('model_version_id').notNull(),
    policy: text('policy', { enum: retrainPolicies }).notNull(),
    /** ChosenAction of domain/retrain. */
    action: jsonb('action').notNull(),
    /** RetrainPayload of domain/retrain. */
    payload: jsonb('payload').notNull(),
    /** What is signed; null where the policy asks for no signature. */
    actionId: uuid('action_id'),
    openedAt: instant('opened_at').notNull(),
    openedBy: uuid('opened_by')
      .notNull()
      .references(() => principal.id),
    state: text('state', { enum: retrainStates }).notNull(),
    stateAt: instant('state_at').notNull(),
    /** When it ended, whatever of it; null while it lives. */
    closedAt: instant('closed_at'),
    /** The version that came of it. */
    newVersionId: uuid('new_version_id'),
    // Intent ends here.
    /** Blocker that says why it does not start, or why it failed. */
    outcome: jsonb('outcome'),
    /** {apiVersion, kind, namespace, name, phase, message} of what was applied. */
    work: jsonb('work'),
    /** The notice that carries the webhook; its delivery tells how that went. */
    noticeId: uuid('notice_id'),
    startedAt: instant('started_at'),
  },
  (table) => [
    unique('retrain_request_scope').on(table.projectId, table.id),
    uniqueIndex('retrain_request_living').on(table.serviceId).where(sql`closed_at is null`),
    index('retrain_request_service').on(table.serviceId, table.openedAt),
    index('retrain_request_alert').on(table.alertId),
    foreignKey({
      columns: [table.projectId, table.serviceId],
      foreignColumns: [service.projectId, service.id],
    }),
    foreignKey({
      columns: [table.projectId, table.alertId],
      foreignColumns: [driftAlert.projectId, driftAlert.id],
    }),
    foreignKey({
      columns: [table.projectId, table.modelVersionId],
      foreignColumns: [modelVersion.projectId, modelVersion.id],
    }),
    foreignKey({
      columns: [table.projectId, table.newVersionId],
      foreignColumns: [modelVersion.projectId, modelVersion.id],
    }),
    foreignKey({
      columns: [table.projectId, table.actionId],
      foreignColumns: [guardedAction.projectId, guardedAction.id],
    }),
  ],
);

/** Held of a budget for a training from its start to its end. */
export const retrainHold = pgTable(
  'retrain_hold',
  {
    requestId: uuid('request_id')
      .notNull()
      .references(() => retrainRequest.id),
    budgetId: uuid('budget_id')
      .notNull()
      .references(() => budget.id),
    /** In the unit of the budget: what all of it may take. */
    wanted: numeric('wanted', { precision: 38, scale: 0 }).notNull(),
    /** The part of it that is still to come, by its deadline. */
    held: numeric('held', { precision: 38, scale: 0 }).notNull(),
    endedAt: instant('ended_at'),
  },
  (table) => [
    primaryKey({ columns: [table.requestId, table.budgetId] }),
    index('retrain_hold_open').on(table.budgetId).where(sql`ended_at is null`),
  ],
);
