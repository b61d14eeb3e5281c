import type { Metadata } from 'next';
import { AboveBudgetPage } from '../../../../components/budgets/above-budget-page.tsx';
import { BudgetPage } from '../../../../components/budgets/budget-page.tsx';
import { currentProjectId, Hydrate, prefetch, trpc } from '../../../trpc.tsx';
import { found } from '../../found.ts';
import { permitted } from '../../permitted.ts';

export const metadata: Metadata = { title: 'Budget' };

export default async function OneBudgetPage({ params }: { params: Promise<{ id: string }> }) {
  const budgetId = (await params).id;
  const projectId = await currentProjectId();
  if (projectId === null) return null;
  const owner = await ownerOf(budgetId, projectId);
  const router = trpc();
  if (owner === 'instance') {
    await found(router.instanceBudgets.get.queryOptions({ budgetId }));
    await prefetch(router.instanceBudgets.series.queryOptions({ budgetId }));
  }
  if (owner === 'project') {
    await found(router.budgets.get.queryOptions({ budgetId }));
    await prefetch(router.budgets.series.queryOptions({ budgetId }));
  }
  if (owner === 'above') await prefetch(router.budgets.asked.queryOptions({ projectId, budgetId }));
  return (
    <Hydrate>
      {owner === 'above' ? (
        <AboveBudgetPage budgetId={budgetId} />
      ) : (
        <BudgetPage budgetId={budgetId} owner={owner} />
      )}
    </Hydrate>
  );
}

/** Those who keep or audit the instance open its budgets; members see the figures of those that count their project. */
async function ownerOf(budgetId: string, projectId: string): Promise<'project' | 'instance' | 'above'> {
  const has = (rows: readonly { id: string }[]) => rows.some(({ id }) => id === budgetId);
  if (await permitted('instanceBudgets.list', projectId)) {
    const { budgets } = await found(trpc().instanceBudgets.list.queryOptions({ closed: true }));
    if (has(budgets)) return 'instance';
  }
  const { above } = await found(trpc().budgets.list.queryOptions({ projectId }));
  return has(above) ? 'above' : 'project';
}
