import type { Metadata } from 'next';
import { MemberList } from '../../../../components/members/member-list.tsx';
import { currentProjectId, Hydrate, prefetch, trpc } from '../../../trpc.tsx';

export const metadata: Metadata = { title: 'Members' };

export default async function MembersPage() {
  const projectId = await currentProjectId();
  if (projectId === null) return null;
  await prefetch(trpc().members.list.queryOptions({ projectId }));
  return (
    <Hydrate>
      <MemberList />
    </Hydrate>
  );
}
