/** What reaches every tab: a hint, or the order to look at everything again. */
export type LiveMessage =
  | { readonly kind: 'change'; readonly topic: string; readonly id: string }
  | { readonly kind: 'resync' }
  | { readonly kind: 'state'; readonly state: LiveState };
export type LiveState = 'connecting' | 'live' | 'offline';

const hiddenLimitMs = 60_000;

/**
 * One event stream per browser: the tab that holds the Web Lock reads it and tells the others by BroadcastChannel
 * (a stream per tab would use up the browser's six connections). Returns a function that ends this tab's part.
 */
export function openLiveStream(listener: (message: LiveMessage) => void): () => void {
  const ended = new AbortController();
  const channel = new BroadcastChannel('fairlead-live');
  channel.onmessage = (event: MessageEvent<LiveMessage>) => listener(event.data);
  const tell = (message: LiveMessage) => {
    listener(message);
    channel.postMessage(message);
  };
  const lead = async () => {
    await navigator.locks.request('fairlead-live', { signal: ended.signal }, () =>
      readWhileLeading(tell, ended.signal),
    );
  };
  void lead().catch(() => undefined);
  return () => {
    ended.abort();
    channel.close();
  };
}

/** Resolves when the tab goes away or was hidden for a minute, which gives the lead to another tab. */
function readWhileLeading(tell: (message: LiveMessage) => void, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    // The lock may be granted after this tab's part has ended; nobody would close the stream then.
    if (signal.aborted) return resolve();
    let source: EventSource | null = null;
    let hiddenTimer: ReturnType<typeof setTimeout> | null = null;
    const open = () => {
      source = new EventSource('/api/events');
      source.addEventListener('resync', () => {
        tell({ kind: 'state', state: 'live' });
        tell({ kind: 'resync' });
      });
      source.addEventListener('change', (event) => {
        const { topic, id } = JSON.parse(event.data as string) as { topic: string; id: string };
        tell({ kind: 'change', topic, id });
      });
      source.onerror = () => {
        tell({ kind: 'state', state: source?.readyState === EventSource.CLOSED ? 'offline' : 'connecting' });
      };
    };
    const close = () => {
      source?.close();
      source = null;
    };
    const onVisibility = () => {
      if (hiddenTimer !== null) clearTimeout(hiddenTimer);
      hiddenTimer = null;
      if (document.visibilityState === 'hidden') hiddenTimer = setTimeout(close, hiddenLimitMs);
      else if (source === null) open();
    };
    document.addEventListener('visibilitychange', onVisibility);
    signal.addEventListener('abort', () => {
      document.removeEventListener('visibilitychange', onVisibility);
      if (hiddenTimer !== null) clearTimeout(hiddenTimer);
      close();
      resolve();
    });
    open();
  });
}
