import type { Metadata } from 'next';
import { BoardPage } from '../../../../components/boards/board-page.tsx';
import { currentProjectId, Hydrate, trpc } from '../../../trpc.tsx';
import { found } from '../../found.ts';

export const metadata: Metadata = { title: 'Board' };

type Props = {
  params: Promise<{ id: string }>;
  searchParams: Promise<Record<string, string | string[] | undefined>>;
};

export default async function OneBoardPage({ params, searchParams }: Props) {
  const boardId = (await params).id;
  const asked = Number((await searchParams)['version']);
  const version = Number.isInteger(asked) && asked > 0 ? asked : undefined;
  if ((await currentProjectId()) === null) return null;
  await found(trpc().boards.get.queryOptions({ boardId, ...(version === undefined ? {} : { version }) }));
  return (
    <Hydrate>
      <BoardPage key={version ?? 'newest'} boardId={boardId} version={version} />
    </Hydrate>
  );
}
