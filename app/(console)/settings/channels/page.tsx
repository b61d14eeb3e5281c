import type { Metadata } from 'next';
import { ChannelList } from '../../../../components/channels/channel-list.tsx';
import { currentProjectId, Hydrate, prefetch, trpc } from '../../../trpc.tsx';

export const metadata: Metadata = { title: 'Channels' };

export default async function ChannelsPage() {
  const projectId = await currentProjectId();
  if (projectId === null) return null;
  await prefetch(trpc().channels.list.queryOptions({ projectId }));
  return (
    <Hydrate>
      <ChannelList />
    </Hydrate>
  );
}
