import type { ChannelTarget } from '../domain/channel.ts';
import { openToken, SealError, sealToken } from './cluster/seal.ts';

/** What a sealed secret belongs to: it opens for this channel and this receiver alone, so a new address never gets it. */
function boundTo(channelId: string, target: ChannelTarget): string {
  switch (target.kind) {
    case 'slack':
      return `channel:${channelId}:slack:${target.host}`;
    case 'webhook':
      return `channel:${channelId}:${target.format}:${new URL(target.url).origin}`;
    case 'smtp':
      return `channel:${channelId}:smtp:${target.host}:${target.port}:${target.username}`;
  }
}

/** Whether a secret that was stored for one target serves another one too. */
export function isSameReceiver(left: ChannelTarget, right: ChannelTarget): boolean {
  return boundTo('', left) === boundTo('', right);
}

export function sealChannelSecret(
  workerPublicKey: string,
  secret: string,
  { channelId, target }: { channelId: string; target: ChannelTarget },
): string {
  return sealToken(workerPublicKey, secret, boundTo(channelId, target));
}

/** Opens a sealed secret; null when this worker cannot, or it was sealed for another channel or receiver. */
export function openChannelSecret(
  workerPrivateKey: string | null,
  sealed: string,
  { channelId, target }: { channelId: string; target: ChannelTarget },
): string | null {
  if (workerPrivateKey === null) return null;
  try {
    return openToken(workerPrivateKey, sealed, boundTo(channelId, target));
  } catch (error) {
    if (error instanceof SealError) return null;
    throw error;
  }
}
