import { timestamp, uuid } from 'drizzle-orm/pg-core';

/** Primary keys are UUIDv7 made in the process. */
export const id = () => uuid('id').primaryKey();

export const projectId = () => uuid('project_id').notNull();

/** Instants are stored in UTC with milliseconds. */
export const instant = (name: string) => timestamp(name, { withTimezone: true, mode: 'date', precision: 3 });
