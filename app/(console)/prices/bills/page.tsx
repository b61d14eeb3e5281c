import type { Metadata } from 'next';
import { billAsk } from '../../../../components/bills/bill-ask.ts';
import { BillsPage } from '../../../../components/bills/bills-page.tsx';
import type { SearchParams } from '../../../../components/rollouts/list-params.ts';
import { currentProjectId, Hydrate, prefetch, trpc } from '../../../trpc.tsx';
import { permitted } from '../../permitted.ts';

export const metadata: Metadata = { title: 'Bill check' };

export default async function Bills({ searchParams }: { searchParams: Promise<SearchParams> }) {
  const ask = billAsk(await searchParams);
  const projectId = await currentProjectId();
  if (projectId === null) return null;
  if (await permitted('bills.check', projectId)) await prefetch(trpc().bills.check.queryOptions(ask));
  return (
    <Hydrate>
      <BillsPage ask={ask} />
    </Hydrate>
  );
}
