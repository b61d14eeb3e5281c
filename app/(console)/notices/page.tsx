import type { Metadata } from 'next';
import { noticeFilter } from '../../../components/notices/notice-filter.ts';
import { NoticeList } from '../../../components/notices/notice-list.tsx';
import { listAsk, type SearchParams } from '../../../components/rollouts/list-params.ts';
import { currentProjectId, Hydrate, prefetch, trpc } from '../../trpc.tsx';

export const metadata: Metadata = { title: 'Notices' };

export default async function NoticesPage({ searchParams }: { searchParams: Promise<SearchParams> }) {
  const params = await searchParams;
  const { page } = listAsk(params);
  const ask = page === undefined ? {} : { page };
  const chosen = noticeFilter(params);
  const projectId = await currentProjectId();
  if (projectId === null) return null;
  await prefetch(trpc().notices.list.queryOptions({ projectId, ...chosen, ...ask }));
  return (
    <Hydrate>
      <NoticeList ask={ask} chosen={chosen} />
    </Hydrate>
  );
}
