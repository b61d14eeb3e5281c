import type { Metadata } from 'next';
import { PolicyPage } from '../../../../../components/policies/policy-page.tsx';
import { Hydrate, trpc } from '../../../../trpc.tsx';
import { found } from '../../../found.ts';

type Props = { params: Promise<{ id: string }> };

async function read(params: Props['params']) {
  const { id } = await params;
  return await found(trpc().policies.get.queryOptions({ policyId: id }));
}

export async function generateMetadata({ params }: Props): Promise<Metadata> {
  return { title: (await read(params)).name };
}

export default async function OnePolicyPage({ params }: Props) {
  const policy = await read(params);
  return (
    <Hydrate>
      <PolicyPage policyId={policy.id} />
    </Hydrate>
  );
}
