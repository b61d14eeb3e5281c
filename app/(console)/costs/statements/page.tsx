import type { Metadata } from 'next';
import { StatementsPage } from '../../../../components/costs/statements-page.tsx';
import { currentProjectId, Hydrate, prefetch, trpc } from '../../../trpc.tsx';
import { permitted } from '../../permitted.ts';

export const metadata: Metadata = { title: 'Statements' };

export default async function Statements() {
  const projectId = await currentProjectId();
  if (projectId === null) return null;
  await prefetch(
    trpc().statements.list.queryOptions({ projectId }),
    ...((await permitted('ledger.months', projectId)) ? [trpc().ledger.months.queryOptions()] : []),
  );
  return (
    <Hydrate>
      <StatementsPage />
    </Hydrate>
  );
}
