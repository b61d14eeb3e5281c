import type { Metadata } from 'next';
import { StatementPage } from '../../../../../components/costs/statement-page.tsx';
import { Hydrate, trpc } from '../../../../trpc.tsx';
import { found } from '../../../found.ts';

export const metadata: Metadata = { title: 'Statement' };

export default async function OneStatement({ params }: { params: Promise<{ id: string }> }) {
  const { id } = await params;
  await found(trpc().statements.get.queryOptions({ statementId: id }));
  return (
    <Hydrate>
      <StatementPage statementId={id} />
    </Hydrate>
  );
}
