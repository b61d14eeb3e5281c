import { integer, pgTable, text, uuid } from 'drizzle-orm/pg-core';
import { instant } from './columns.ts';
import { principal, project } from './identity.ts';

/** When a project's weekly report goes out; a project without a row has none. What was sent is its notices. */
export const reportSchedule = pgTable('report_schedule', {
  projectId: uuid('project_id')
    .primaryKey()
    .references(() => project.id),
  /** 1 is Monday. */
  weekday: integer('weekday').notNull(),
  hour: integer('hour').notNull(),
  timeZone: text('time_zone').notNull(),
  /** Nothing is due from before. */
  setAt: instant('set_at').notNull(),
  setBy: uuid('set_by')
    .notNull()
    .references(() => principal.id),
});
