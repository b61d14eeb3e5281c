import type { Metadata } from 'next';
import { BudgetList } from '../../../components/budgets/budget-list.tsx';
import { currentProjectId, Hydrate, prefetch, trpc } from '../../trpc.tsx';

export const metadata: Metadata = { title: 'Budgets' };

export default async function BudgetsPage() {
  const projectId = await currentProjectId();
  if (projectId === null) return null;
  await prefetch(trpc().budgets.list.queryOptions({ projectId }));
  return (
    <Hydrate>
      <BudgetList />
    </Hydrate>
  );
}
