import { sql } from 'drizzle-orm';
import { boolean, foreignKey, index, integer, jsonb, pgTable, text, unique, uuid } from 'drizzle-orm/pg-core';
import { id, instant, projectId } from './columns.ts';
import { principal, project } from './identity.ts';

/** Where a project's notices go; what only the worker may know is sealed. */
export const channel = pgTable(
  'channel',
  {
    id: id(),
    projectId: projectId().references(() => project.id),
    name: text('name').notNull(),
    kind: text('kind', { enum: ['slack', 'webhook', 'smtp'] }).notNull(),
    /** ChannelTarget of domain/channel.ts. */
    target: jsonb('target').notNull(),
    /** Secret sealed to the worker's key for this row and its address; null when it needs none. */
    sealedSecret: text('sealed_secret'),
    /** ChannelRules of domain/channel.ts: who hears what, and when. */
    rules: jsonb('rules').notNull(),
    enabled: boolean('enabled').notNull().default(true),
    createdAt: instant('created_at').notNull(),
    createdBy: uuid('created_by')
      .notNull()
      .references(() => principal.id),
    /** No longer used; kept because its deliveries are on record. */
    removedAt: instant('removed_at'),
  },
  (table) => [unique('channel_scope').on(table.projectId, table.id)],
);

/** The outbox: written in the transaction of the change that it tells of. */
export const notice = pgTable(
  'notice',
  {
    id: id(),
    projectId: projectId().references(() => project.id),
    /** As in params, for filters. */
    kind: text('kind').notNull(),
    severity: text('severity', { enum: ['high', 'low'] }).notNull(),
    /** Notice of domain/notice.ts with `schema: 1`: the figures of its sentence. */
    params: jsonb('params').notNull(),
    objectKind: text('object_kind').notNull(),
    objectId: text('object_id').notNull(),
    /** The Service whose owner hears of it; null for what concerns several. */
    serviceId: uuid('service_id'),
    dedupKey: text('dedup_key').notNull(),
    /** The dedup key while a second one would be a repeat: as long as it lasts, or for ever; null once it is over. */
    openKey: text('open_key'),
    beganAt: instant('began_at').notNull(),
    /** Only of what lasts: when it was over. */
    endedAt: instant('ended_at'),
    acknowledgedAt: instant('acknowledged_at'),
    acknowledgedBy: uuid('acknowledged_by').references(() => principal.id),
    origin: text('origin', { enum: ['live', 'demo'] }).notNull(),
    /** When its channels are to be looked up next; null when there is nothing to tell. */
    routeAt: instant('route_at'),
    /** When its beginning and its end went to the channels. */
    routedAt: instant('routed_at'),
    endRoutedAt: instant('end_routed_at'),
  },
  (table) => [
    unique('notice_scope').on(table.projectId, table.id),
    unique('notice_open').on(table.projectId, table.openKey),
    index('notice_route').on(table.routeAt).where(sql`route_at is not null`),
    index('notice_list').on(table.projectId, table.beganAt, table.id),
    index('notice_service').on(table.serviceId, table.beganAt),
  ],
);

/** One message to one receiver. */
export const delivery = pgTable(
  'delivery',
  {
    id: id(),
    projectId: projectId(),
    noticeId: uuid('notice_id').notNull(),
    channelId: uuid('channel_id').notNull(),
    /** E-mail address; empty for channels with one receiver. */
    recipient: text('recipient').notNull().default(''),
    part: text('part', { enum: ['begin', 'end'] }).notNull(),
    /** sending: somebody has it until claimUntil · dead: no more attempts · withdrawn: it was over before it was told. */
    state: text('state', { enum: ['waiting', 'sending', 'sent', 'dead', 'withdrawn'] }).notNull(),
    attempts: integer('attempts').notNull().default(0),
    dueAt: instant('due_at').notNull(),
    claimUntil: instant('claim_until'),
    /** Waited for the end of quiet hours, and goes out together with others that did. */
    quiet: boolean('quiet').notNull().default(false),
    /** Delivery whose message carries this one too. */
    batchId: uuid('batch_id'),
    /** An earlier answer was lost, so the receiver may have it already. */
    maybeRepeated: boolean('maybe_repeated').notNull().default(false),
    /** DeliveryAnswer of domain/delivery.ts of the last attempt. */
    answer: jsonb('answer'),
    answeredAt: instant('answered_at'),
    createdAt: instant('created_at').notNull(),
  },
  (table) => [
    unique('delivery_once').on(table.noticeId, table.channelId, table.recipient, table.part),
    foreignKey({
      columns: [table.projectId, table.noticeId],
      foreignColumns: [notice.projectId, notice.id],
    }),
    foreignKey({
      columns: [table.projectId, table.channelId],
      foreignColumns: [channel.projectId, channel.id],
    }),
    index('delivery_due').on(table.dueAt).where(sql`state in ('waiting', 'sending')`),
    index('delivery_channel').on(table.channelId, table.createdAt),
    index('delivery_batch').on(table.batchId),
  ],
);

/** One row: the address that the worker calls every minute. */
export const heartbeat = pgTable('heartbeat', {
  /** Always true, so that there is never a second row. */
  only: boolean('only').primaryKey().default(true),
  host: text('host').notNull(),
  /** The whole URL, sealed to the worker's key: whoever knows it can pretend that a worker lives. */
  sealedUrl: text('sealed_url').notNull(),
  dueAt: instant('due_at').notNull(),
  calledAt: instant('called_at'),
  /** DeliveryAnswer of the last call. */
  answer: jsonb('answer'),
  /** Since when calls have failed; null when the last one was fine. */
  failingSince: instant('failing_since'),
  changedAt: instant('changed_at').notNull(),
});
