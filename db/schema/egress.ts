import { pgTable, text, uuid } from 'drizzle-orm/pg-core';
import { id, instant } from './columns.ts';
import { principal } from './identity.ts';

/** Private hosts, addresses and ranges that an instance admin allowed outbound requests to. */
export const egressAllowance = pgTable('egress_allowance', {
  id: id(),
  /** Host name, address or CIDR, lowercase. */
  target: text('target').notNull().unique(),
  purpose: text('purpose').notNull(),
  /** Null for what was in use before the list existed. */
  addedBy: uuid('added_by').references(() => principal.id),
  addedAt: instant('added_at').notNull(),
});
