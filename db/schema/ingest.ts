import { bigint, foreignKey, index, jsonb, pgTable, primaryKey, text, uuid } from 'drizzle-orm/pg-core';
import { instant, projectId } from './columns.ts';
import { service } from './services.ts';

/** Rows that were sent to a service and not counted, by reason, so that nothing is lost silently. */
export const ingestTally = pgTable(
  'ingest_tally',
  {
    projectId: projectId(),
    serviceId: uuid('service_id').notNull(),
    /** Rejected by us for the reason `name` (domain/drift/row-reject.ts), lost on the way to us, or counted and found by no id, as `name` tells. */
    kind: text('kind', { enum: ['rejectedRow', 'lostRow', 'unjoinedRow'] }).notNull(),
    name: text('name').notNull(),
    rows: bigint('rows', { mode: 'number' }).notNull(),
    firstAt: instant('first_at').notNull(),
    lastAt: instant('last_at').notNull(),
    /** Who sent it last. */
    source: text('source').notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.serviceId, table.kind, table.name] }),
    foreignKey({
      columns: [table.projectId, table.serviceId],
      foreignColumns: [service.projectId, service.id],
    }),
  ],
);

/** Events of KServe's logger that came, by the hour that they tell of: what never came is estimated from them. */
export const ingestEventHour = pgTable(
  'ingest_event_hour',
  {
    projectId: projectId(),
    serviceId: uuid('service_id').notNull(),
    hourStart: instant('hour_start').notNull(),
    requests: bigint('requests', { mode: 'number' }).notNull(),
    responses: bigint('responses', { mode: 'number' }).notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.serviceId, table.hourStart] }),
    foreignKey({
      columns: [table.projectId, table.serviceId],
      foreignColumns: [service.projectId, service.id],
    }),
  ],
);

/** Predictions whose label may come by id, for as long as labels may: nothing of the id but a keyed hash, nothing of the row but bins. */
export const predictionKey = pgTable(
  'prediction_key',
  {
    projectId: projectId(),
    serviceId: uuid('service_id').notNull(),
    /** 128 bits of the HMAC of the id under the key of the project. */
    key: uuid('key').notNull(),
    revisionId: uuid('revision_id').notNull(),
    windowStart: instant('window_start').notNull(),
    /** Places of domain/drift/label-by-id.ts. */
    places: jsonb('places').notNull(),
    /** Batches (ingest_batch.id) that told of the prediction, and what came of it. */
    sentIn: uuid('sent_in').notNull(),
    labelledIn: uuid('labelled_in'),
    /** Start of an hour. */
    endsAt: instant('ends_at').notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.serviceId, table.key] }),
    index('prediction_key_end').on(table.endsAt),
    foreignKey({
      columns: [table.projectId, table.serviceId],
      foreignColumns: [service.projectId, service.id],
    }),
  ],
);

/** How many of them end when, since counting them would take longer than storing them. */
export const predictionKeyHour = pgTable(
  'prediction_key_hour',
  {
    projectId: projectId(),
    serviceId: uuid('service_id').notNull(),
    endsAt: instant('ends_at').notNull(),
    keys: bigint('keys', { mode: 'number' }).notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.serviceId, table.endsAt] }),
    foreignKey({
      columns: [table.projectId, table.serviceId],
      foreignColumns: [service.projectId, service.id],
    }),
  ],
);
