import { foreignKey, pgTable, text, unique, uuid } from 'drizzle-orm/pg-core';
import { id, instant, projectId } from './columns.ts';
import { environment } from './environments.ts';
import { project } from './identity.ts';

/** Addresses in other tools, with placeholders that pages fill in. */
export const linkTemplate = pgTable(
  'link_template',
  {
    id: id(),
    projectId: projectId().references(() => project.id),
    /** Only there; null for all environments of the project. */
    environmentId: uuid('environment_id'),
    name: text('name').notNull(),
    url: text('url').notNull(),
    createdAt: instant('created_at').notNull(),
  },
  (table) => [
    unique('link_template_name').on(table.projectId, table.name),
    foreignKey({
      columns: [table.projectId, table.environmentId],
      foreignColumns: [environment.projectId, environment.id],
    }),
  ],
);
