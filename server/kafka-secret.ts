import type { KafkaFields } from '../domain/kafka-source.ts';
import { openToken, SealError, sealToken } from './cluster/seal.ts';

/** What a sealed password belongs to: it opens for this source, these brokers and this user alone. */
export type KafkaPlace = Pick<KafkaFields, 'brokers' | 'access'> & { readonly sourceId: string };

function boundTo({ sourceId, brokers, access: { tls, caPem, sasl } }: KafkaPlace): string {
  const receiver = [brokers.toSorted(), tls, caPem, sasl?.mechanism, sasl?.username];
  return `kafka:${sourceId}:${JSON.stringify(receiver)}`;
}

/** Whether a password that was stored for one place serves another one too. */
export const isSameKafka = (left: KafkaPlace, right: KafkaPlace): boolean => boundTo(left) === boundTo(right);

export function sealKafkaSecret(workerPublicKey: string, secret: string, place: KafkaPlace): string {
  return sealToken(workerPublicKey, secret, boundTo(place));
}

/** Opens a sealed password; null when this worker cannot, or it was sealed for another source, user or brokers. */
export function openKafkaSecret(
  workerPrivateKey: string | null,
  sealed: string,
  place: KafkaPlace,
): string | null {
  if (workerPrivateKey === null) return null;
  try {
    return openToken(workerPrivateKey, sealed, boundTo(place));
  } catch (error) {
    if (error instanceof SealError) return null;
    throw error;
  }
}
