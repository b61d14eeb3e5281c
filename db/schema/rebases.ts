import { sql } from 'drizzle-orm';
import { foreignKey, index, integer, pgTable, text, uniqueIndex, uuid } from 'drizzle-orm/pg-core';
import { rebaseStates } from '../../domain/drift/rebase.ts';
import { id, instant, projectId } from './columns.ts';
import { guardedAction } from './promotions.ts';
import { service } from './services.ts';

/**
 * A window of its own past, or of days to come on new bins, that a service is to be compared with from then on: asked for,
 * signed, and in force at a boundary.
 */
export const driftRebase = pgTable(
  'drift_rebase',
  {
    id: id(),
    projectId: projectId(),
    actionId: uuid('action_id').notNull(),
    serviceId: uuid('service_id').notNull(),
    /** Of the reference that it makes. */
    name: text('name').notNull(),
    /** Null until bins that are learned anew are there. */
    fromAt: instant('from_at'),
    toAt: instant('to_at'),
    /** Whole days that are counted on new bins before these are used; null: it keeps the bins. */
    newBinsDays: integer('new_bins_days'),
    /** The new bins, once they were learned. */
    nextBinningId: uuid('next_binning_id'),
    windowLength: text('window_length', { enum: ['day', 'week'] }).notNull(),
    reason: text('reason').notNull(),
    state: text('state', { enum: rebaseStates }).notNull(),
    requestedAt: instant('requested_at').notNull(),
    decidedAt: instant('decided_at'),
    /** End of the window that ran when it was approved: what ends by then is judged as before. */
    activatesAt: instant('activates_at'),
    /** The reference that came of it. */
    referenceId: uuid('reference_id'),
  },
  (table) => [
    uniqueIndex('drift_rebase_living').on(table.serviceId).where(sql`state in ('open', 'approved')`),
    index('drift_rebase_service').on(table.serviceId, table.requestedAt),
    foreignKey({
      columns: [table.projectId, table.actionId],
      foreignColumns: [guardedAction.projectId, guardedAction.id],
    }),
    foreignKey({
      columns: [table.projectId, table.serviceId],
      foreignColumns: [service.projectId, service.id],
    }),
  ],
);
