import { and, asc, eq, gte, lt } from 'drizzle-orm';
import * as z from 'zod';
import type { Transaction } from '../../db/client.ts';
import { cluster } from '../../db/schema/environments.ts';
import { ledgerMonth, ledgerProgress, ledgerStale, ledgerStatement } from '../../db/schema/ledger.ts';
import { monthOf, monthText, nextMonth } from '../../domain/ledger/statement.ts';
import { DomainError } from '../../domain/refusal.ts';
import { command } from '../command.ts';
import { digestOf } from '../digest.ts';
import { newId } from '../id.ts';
import { statementsOf } from './statements.ts';

const monthSchema = z
  .date()
  .refine((at) => monthOf(at).getTime() === at.getTime(), 'Give the first moment of a month, UTC.');

/**
 * Closes a month: what comes to be known of it later is a correction in the open month. Freezes a statement per project;
 * the digests stand in the audit chain of the instance.
 */
export const closeMonth = command(
  { permission: 'ledger.closeMonth', schema: z.object({ month: monthSchema }), project: 'instance' },
  async ({ tx, input: { month }, principal, now }) => {
    await refuseOpen(tx, month, now);
    await tx.insert(ledgerMonth).values({ month, closedAt: now, closedBy: principal.id });
    const statements = (await statementsOf(tx, month)).map((statement) => ({
      id: newId(),
      month,
      projectId: statement.projectId,
      statement,
      digest: digestOf(statement),
    }));
    if (statements.length > 0) await tx.insert(ledgerStatement).values(statements);
    const name = monthText(month);
    return {
      result: { statements: statements.length },
      audit: [
        {
          object: { kind: 'ledgerMonth', id: name, name },
          sentence: `closed the month ${name} with ${statements.length} statements`,
          after: {
            month: name,
            statements: statements.map(({ projectId, digest }) => ({ projectId, digest })),
          },
          related: statements.map(({ projectId }) => ({ kind: 'project' as const, id: projectId })),
        },
      ],
    };
  },
);

/** Locks how far the clusters are sealed, so that no hour of the month is written meanwhile. */
async function refuseOpen(tx: Transaction, month: Date, now: Date): Promise<void> {
  const end = nextMonth(month);
  const name = monthText(month);
  if (end > now)
    throw new DomainError({
      code: 'wrongState',
      message: `The month ${name} is not over yet.`,
      fix: 'Close an earlier one.',
    });
  const rows = await tx
    .select({
      clusterId: ledgerProgress.clusterId,
      sealedUntil: ledgerProgress.sealedUntil,
      name: cluster.name,
    })
    .from(ledgerProgress)
    .innerJoin(cluster, eq(cluster.id, ledgerProgress.clusterId))
    .orderBy(asc(ledgerProgress.clusterId))
    .for('update', { of: ledgerProgress });
  const closed = await tx.select().from(ledgerMonth).where(eq(ledgerMonth.month, month));
  if (closed.length > 0)
    throw new DomainError({ code: 'wrongState', message: `The month ${name} is closed already.` });
  const late = rows.find(({ sealedUntil }) => sealedUntil < end);
  if (late !== undefined)
    throw new DomainError({
      code: 'wrongState',
      message: `Hours of the cluster "${late.name}" are sealed only up to ${late.sealedUntil.toISOString()}.`,
      fix: 'Wait until its worker has sealed the month; what nobody watched becomes unobserved.',
    });
  const stale = await tx
    .select({ hourAt: ledgerStale.hourAt })
    .from(ledgerStale)
    .where(and(gte(ledgerStale.hourAt, month), lt(ledgerStale.hourAt, end)))
    .limit(1);
  if (stale.length > 0)
    throw new DomainError({
      code: 'wrongState',
      message: `Hours of ${name} are being looked at again, because their facts changed.`,
      fix: 'Try again in a minute.',
    });
}
