import type { Metadata } from 'next';
import { BoardList } from '../../../components/boards/board-list.tsx';
import { currentProjectId, Hydrate, prefetch, trpc } from '../../trpc.tsx';

export const metadata: Metadata = { title: 'Boards' };

export default async function BoardsPage() {
  const projectId = await currentProjectId();
  if (projectId === null) return null;
  await prefetch(trpc().boards.list.queryOptions({ projectId }));
  return (
    <Hydrate>
      <BoardList />
    </Hydrate>
  );
}
