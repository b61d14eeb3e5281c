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
  uuid,
} from 'drizzle-orm/pg-core';
import { id, instant, projectId } from './columns.ts';
import { service } from './services.ts';

/** One run of a suite of Great Expectations over a service's data, each once. */
export const validationResult = pgTable(
  'validation_result',
  {
    id: id(),
    projectId: projectId(),
    serviceId: uuid('service_id').notNull(),
    suite: text('suite').notNull(),
    /** Its own id, or the digest of its content where it has none. */
    runKey: text('run_key').notNull(),
    sha256: text('sha256').notNull(),
    ranAt: instant('ran_at').notNull(),
    receivedAt: instant('received_at').notNull(),
    evaluated: integer('evaluated').notNull(),
    failed: integer('failed').notNull(),
    /** FailedExpectation[] of domain/quality, at most 50. */
    failing: jsonb('failing').notNull(),
    /** Alerts know of it. */
    followedAt: instant('followed_at'),
  },
  (table) => [
    unique('validation_result_run').on(table.serviceId, table.suite, table.runKey),
    index('validation_result_due').on(table.serviceId, table.ranAt).where(sql`followed_at is null`),
    foreignKey({
      columns: [table.projectId, table.serviceId],
      foreignColumns: [service.projectId, service.id],
    }),
  ],
);

/** What one client of a service asked in an hour; the key is an HMAC that our client made. Kept for 7 days. */
export const queryPattern = pgTable(
  'query_pattern',
  {
    projectId: projectId(),
    serviceId: uuid('service_id').notNull(),
    hourStart: instant('hour_start').notNull(),
    key: text('key').notNull(),
    rows: bigint('rows', { mode: 'number' }).notNull(),
    compared: bigint('compared', { mode: 'number' }).notNull(),
    repeated: bigint('repeated', { mode: 'number' }).notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.serviceId, table.hourStart, table.key] }),
    foreignKey({
      columns: [table.projectId, table.serviceId],
      foreignColumns: [service.projectId, service.id],
    }),
  ],
);
