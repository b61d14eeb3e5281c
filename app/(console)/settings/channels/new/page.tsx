import type { Metadata } from 'next';
import { NewChannelPage } from '../../../../../components/channels/channel-form.tsx';

export const metadata: Metadata = { title: 'New channel' };

export default function NewChannel() {
  return <NewChannelPage />;
}
