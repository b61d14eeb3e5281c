import { sql } from 'drizzle-orm';
import {
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
import { principal, project } from './identity.ts';
import { service } from './services.ts';

/** Charts that belong together; what it shows is its newest version. */
export const board = pgTable(
  'board',
  {
    id: id(),
    projectId: projectId().references(() => project.id),
    name: text('name').notNull(),
    description: text('description').notNull().default(''),
    /** Number of the version that it shows. */
    version: integer('version').notNull(),
    createdAt: instant('created_at').notNull(),
    createdBy: uuid('created_by')
      .notNull()
      .references(() => principal.id),
    archivedAt: instant('archived_at'),
  },
  (table) => [
    unique('board_scope').on(table.projectId, table.id),
    uniqueIndex('board_name').on(table.projectId, table.name).where(sql`archived_at is null`),
  ],
);

/** What a board showed from a moment on; never changed. */
export const boardVersion = pgTable(
  'board_version',
  {
    projectId: projectId(),
    boardId: uuid('board_id').notNull(),
    number: integer('number').notNull(),
    /** BoardSpec of domain/board.ts. */
    spec: jsonb('spec').notNull(),
    createdAt: instant('created_at').notNull(),
    createdBy: uuid('created_by')
      .notNull()
      .references(() => principal.id),
  },
  (table) => [
    primaryKey({ columns: [table.boardId, table.number] }),
    foreignKey({ columns: [table.projectId, table.boardId], foreignColumns: [board.projectId, board.id] }),
  ],
);

/** A note at a moment, shown on every chart of its service or of the project. */
export const annotation = pgTable(
  'annotation',
  {
    id: id(),
    projectId: projectId().references(() => project.id),
    /** Null for all of the project. */
    serviceId: uuid('service_id'),
    at: instant('at').notNull(),
    text: text('text').notNull(),
    createdAt: instant('created_at').notNull(),
    createdBy: uuid('created_by')
      .notNull()
      .references(() => principal.id),
  },
  (table) => [
    index('annotation_at').on(table.projectId, table.at),
    foreignKey({
      columns: [table.projectId, table.serviceId],
      foreignColumns: [service.projectId, service.id],
    }),
  ],
);
