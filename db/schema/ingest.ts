import { bigint, foreignKey, pgTable, primaryKey, text, uuid } from 'drizzle-orm/pg-core';
import { instant, projectId } from './columns.ts';
import { service } from './services.ts';

/** Rows that were sent to a service and not counted, by reason, so that nothing is lost silently. */
export const ingestTally = pgTable(
  'ingest_tally',
  {
    projectId: projectId(),
    serviceId: uuid('service_id').notNull(),
    /** Rejected by us for the reason `name` (domain/drift/row-reject.ts), or lost on the way to us as `name` tells. */
    kind: text('kind', { enum: ['rejectedRow', 'lostRow'] }).notNull(),
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
