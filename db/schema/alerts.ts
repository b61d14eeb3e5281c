import { sql } from 'drizzle-orm';
import { foreignKey, index, jsonb, pgTable, text, uniqueIndex, uuid } from 'drizzle-orm/pg-core';
import { id, instant, projectId } from './columns.ts';
import { service } from './services.ts';

/** What a service was or is warned about: from when to when, told at both ends. Written by the worker when that changes. */
export const serviceAlert = pgTable(
  'service_alert',
  {
    id: id(),
    projectId: projectId(),
    serviceId: uuid('service_id').notNull(),
    kind: text('kind', { enum: ['railBroken', 'objectiveBurn'] }).notNull(),
    /** Which rail, or which objective and how fast it burns; one is open at a time. */
    key: text('key').notNull(),
    severity: text('severity', { enum: ['high', 'low'] }).notNull(),
    /** What was seen when it started. */
    sentence: text('sentence').notNull(),
    startedAt: instant('started_at').notNull(),
    /** Since when it has been quiet again while it is still open. */
    calmSince: instant('calm_since'),
    endedAt: instant('ended_at'),
    figures: jsonb('figures').notNull(),
  },
  (table) => [
    foreignKey({
      columns: [table.projectId, table.serviceId],
      foreignColumns: [service.projectId, service.id],
    }),
    uniqueIndex('service_alert_open').on(table.serviceId, table.kind, table.key).where(sql`ended_at is null`),
    index('service_alert_project').on(table.projectId, table.endedAt),
    index('service_alert_service').on(table.serviceId, table.startedAt),
  ],
);
