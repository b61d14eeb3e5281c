import type { Metadata } from 'next';
import { NewBudgetPage } from '../../../../components/budgets/new-budget-page.tsx';
import { oneParam, type SearchParams } from '../../../../components/rollouts/list-params.ts';

export const metadata: Metadata = { title: 'New budget' };

export default async function NewBudget({ searchParams }: { searchParams: Promise<SearchParams> }) {
  const owner = oneParam(await searchParams, 'owner') === 'instance' ? 'instance' : 'project';
  return <NewBudgetPage owner={owner} />;
}
