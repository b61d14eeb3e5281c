import type { Metadata } from 'next';
import { NoticePage } from '../../../../components/notices/notice-page.tsx';
import { Hydrate, trpc } from '../../../trpc.tsx';
import { found } from '../../found.ts';

export const metadata: Metadata = { title: 'Notice' };

export default async function OneNoticePage({ params }: { params: Promise<{ id: string }> }) {
  const { id } = await params;
  await found(trpc().notices.get.queryOptions({ noticeId: id }));
  return (
    <Hydrate>
      <NoticePage noticeId={id} />
    </Hydrate>
  );
}
