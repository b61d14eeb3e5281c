import { foreignKey, index, integer, jsonb, pgTable, primaryKey, text, uuid } from 'drizzle-orm/pg-core';
import { id, instant, projectId } from './columns.ts';
import { cluster } from './environments.ts';
import { principal } from './identity.ts';
import { service } from './services.ts';

/** One reading of a container's log: asked for by a page, followed by the worker that holds the cluster's lease. */
export const logStream = pgTable(
  'log_stream',
  {
    id: id(),
    projectId: projectId(),
    serviceId: uuid('service_id').notNull(),
    clusterId: uuid('cluster_id')
      .notNull()
      .references(() => cluster.id),
    /** Who reads; nobody else may. */
    principalId: uuid('principal_id')
      .notNull()
      .references(() => principal.id),
    /** LogQuestion of domain/pod.ts. */
    question: jsonb('question').notNull(),
    askedAt: instant('asked_at').notNull(),
    /** When the page last came for lines, and the last chunk that it has. */
    readAt: instant('read_at').notNull(),
    readTo: integer('read_to').notNull().default(0),
    /** When a worker took it up, and when that worker was last there. */
    startedAt: instant('started_at'),
    aliveAt: instant('alive_at'),
    endedAt: instant('ended_at'),
    /** LogEnding of domain/log-stream.ts; null until it has ended. */
    ending: jsonb('ending'),
  },
  (table) => [
    foreignKey({
      columns: [table.projectId, table.serviceId],
      foreignColumns: [service.projectId, service.id],
    }),
    index('log_stream_open').on(table.clusterId, table.endedAt),
    index('log_stream_reader').on(table.principalId, table.endedAt),
  ],
);

/** Lines on their way from the worker to the page; unlogged, so that no log of others gets into backups. */
export const logChunk = pgTable(
  'log_chunk',
  {
    streamId: uuid('stream_id')
      .notNull()
      .references(() => logStream.id, { onDelete: 'cascade' }),
    /** 1, 2, 3 … without gaps. */
    number: integer('number').notNull(),
    text: text('text').notNull(),
  },
  (table) => [primaryKey({ columns: [table.streamId, table.number] })],
);
