import { and, eq, isNull, lte, or } from 'drizzle-orm';
import type { Transaction } from '../../../db/client.ts';
import { driftAlert } from '../../../db/schema/drift.ts';
import { alertFactsSchema } from '../../../domain/drift/alert-facts.ts';
import type { When } from '../../notice.ts';
import { alertDraft, auditOpened, tellAlert } from './alert-rows.ts';

/** What was expected or snoozed until a time and lasts longer is open again, and told again. */
export async function wakeAlerts(tx: Transaction, when: When): Promise<number> {
  const rows = await tx
    .select()
    .from(driftAlert)
    .where(
      and(
        isNull(driftAlert.clearedAt),
        or(
          and(eq(driftAlert.state, 'expected'), lte(driftAlert.expectedUntil, when.now)),
          lte(driftAlert.snoozedUntil, when.now),
        ),
      ),
    )
    .limit(100)
    .for('no key update', { skipLocked: true });
  for (const row of rows) {
    const state = row.state === 'expected' ? ('open' as const) : row.state;
    await tx
      .update(driftAlert)
      .set({ state, stateAt: when.now, stateBy: null, expectedUntil: null, snoozedUntil: null })
      .where(eq(driftAlert.id, row.id));
    const facts = alertFactsSchema.safeParse(row.facts).data;
    if (facts !== undefined) await tellAlert(tx, row, { facts, ...when });
    const draft = await alertDraft(tx, row, { sentence: (place) => `alerted again about drift of ${place}` });
    await auditOpened(tx, row.projectId, { drafts: [draft], ...when });
  }
  return rows.length;
}
