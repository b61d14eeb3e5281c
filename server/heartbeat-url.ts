import { openToken, SealError, sealToken } from './cluster/seal.ts';
import type { UrlRules } from './egress/url-rules.ts';

const boundTo = 'heartbeat:instance';

/** An instance admin gives the address, so it may be private. */
export const heartbeatRules: UrlRules = { egressClass: 'registered', schemes: ['https', 'http'] };

/** Whoever knows the address can pretend that a worker lives, so only the worker can open it. */
export function sealHeartbeat(workerPublicKey: string, url: string): string {
  return sealToken(workerPublicKey, url, boundTo);
}

/** Null when this worker cannot open it. */
export function openHeartbeat(workerPrivateKey: string | null, sealed: string): string | null {
  if (workerPrivateKey === null) return null;
  try {
    return openToken(workerPrivateKey, sealed, boundTo);
  } catch (error) {
    if (error instanceof SealError) return null;
    throw error;
  }
}
