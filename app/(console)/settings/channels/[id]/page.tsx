import type { Metadata } from 'next';
import { ChannelPage } from '../../../../../components/channels/channel-page.tsx';
import { listAsk, type SearchParams } from '../../../../../components/rollouts/list-params.ts';
import { Hydrate, trpc } from '../../../../trpc.tsx';
import { found } from '../../../found.ts';

export const metadata: Metadata = { title: 'Channel' };

type Props = { params: Promise<{ id: string }>; searchParams: Promise<SearchParams> };

export default async function OneChannelPage({ params, searchParams }: Props) {
  const { id } = await params;
  const { page } = listAsk(await searchParams);
  const ask = page === undefined ? {} : { page };
  await found(trpc().channels.get.queryOptions({ channelId: id, ...ask }));
  return (
    <Hydrate>
      <ChannelPage channelId={id} ask={ask} />
    </Hydrate>
  );
}
