import type pg from 'pg';
import { connectOnce } from '../../db/client.ts';
import { type Change, changeChannel } from '../audit/append.ts';
import { log } from '../log.ts';

export type HubEvent = { readonly kind: 'change'; readonly change: Change } | { readonly kind: 'resync' };

export type ChangeHub = {
  /** Hears every hint of this process; a `resync` means that hints may have been missed. */
  subscribe(listener: (event: HubEvent) => void): () => void;
  close(): Promise<void>;
};

/** One LISTEN connection per process, made again with jitter when it breaks; hints only, never the truth. */
export async function openChangeHub(databaseUrl: string): Promise<ChangeHub> {
  const listeners = new Set<(event: HubEvent) => void>();
  let client: pg.Client | null = null;
  let closed = false;
  let timer: NodeJS.Timeout | null = null;
  let failures = 0;

  const emit = (event: HubEvent) => {
    for (const listener of listeners) {
      try {
        listener(event);
      } catch (error) {
        log.error({ error }, 'A listener of the change hub failed.');
      }
    }
  };
  const reconnectSoon = () => {
    if (closed || timer !== null) return;
    failures += 1;
    const delayMs = Math.min(10_000, 200 * 2 ** Math.min(failures, 6)) * (0.5 + Math.random());
    timer = setTimeout(() => {
      timer = null;
      void connect().catch(reconnectSoon);
    }, delayMs);
  };
  const connect = async () => {
    const next = await connectOnce(databaseUrl, {
      applicationName: 'fairlead-listen',
      statementTimeoutMs: 0,
      onError: () => undefined,
    });
    next.on('notification', (message) => {
      const change = parseChange(message.payload);
      if (change !== null) emit({ kind: 'change', change });
    });
    next.on('end', reconnectSoon);
    await next.query(`listen ${changeChannel}`);
    if (closed) return await next.end();
    client = next;
    if (failures > 0) emit({ kind: 'resync' });
    failures = 0;
  };

  await connect();
  return {
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    async close() {
      closed = true;
      if (timer !== null) clearTimeout(timer);
      await client?.end().catch(() => undefined);
    },
  };
}

function parseChange(payload: string | undefined): Change | null {
  try {
    return JSON.parse(payload ?? '') as Change;
  } catch {
    return null;
  }
}
