import { ledgerMonth, ledgerStatement } from '../../db/schema/ledger.ts';
import type { Statement } from '../../domain/ledger/statement.ts';
import { createBudget } from '../budgets/commands.ts';
import { digestOf } from '../digest.ts';
import { newId } from '../id.ts';
import { monthAt } from '../ledger-fixture.ts';
import type { ProjectFixture } from '../test-fixture.ts';

const nothing = { milliGpuSeconds: '0', loadedNano: '0', openCostNano: '0', unpriced: '0' };

/** For tests: a budget of the project and its statement of a closed March. */
export async function costObjects(of: ProjectFixture): Promise<{ budgetId: string; statementId: string }> {
  const { projectId, db } = of;
  const scope = { projectId, environmentId: null, modelId: null, gpuProduct: null };
  const { budgetId } = await createBudget(of.as('admin'), {
    projectId,
    name: `Budget ${newId()}`,
    scope,
    unit: 'gpuHours',
    period: { kind: 'calendar', every: 'month', timeZone: 'UTC', rolloverCapPercent: 0 },
    amount: '3600000000',
  });
  await db
    .insert(ledgerMonth)
    .values({ month: monthAt, closedAt: new Date(), closedBy: of.people.admin.id })
    .onConflictDoNothing();
  const statement: Statement = {
    schema: 1,
    month: '2026-03-01',
    projectId,
    projectName: 'Tests',
    costCentre: null,
    currency: 'EUR',
    total: { ...nothing, milliGpuSeconds: '7200000', loadedNano: '9007199254740993' },
    byModel: [],
    byBucket: [],
    byProduct: [],
    idleShare: nothing,
    corrections: [],
  };
  const id = newId();
  const rows = await db
    .insert(ledgerStatement)
    .values({ id, month: monthAt, projectId, statement, digest: digestOf(statement) })
    .onConflictDoNothing()
    .returning({ id: ledgerStatement.id });
  const known = await db.select().from(ledgerStatement);
  const statementId = rows[0]?.id ?? known.find((row) => row.projectId === projectId)?.id ?? '';
  return { budgetId, statementId };
}
