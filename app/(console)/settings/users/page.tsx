import type { Metadata } from 'next';
import { UserList } from '../../../../components/users/user-list.tsx';
import { currentProjectId, Hydrate, prefetch, trpc } from '../../../trpc.tsx';
import { permitted } from '../../permitted.ts';

export const metadata: Metadata = { title: 'Users' };

export default async function UsersPage() {
  const projectId = await currentProjectId();
  if (projectId === null) return null;
  if (await permitted('users.list', projectId)) await prefetch(trpc().users.list.queryOptions());
  return (
    <Hydrate>
      <UserList />
    </Hydrate>
  );
}
