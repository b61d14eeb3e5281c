'use client';
import { type QueryClient, useQueryClient } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { type LiveMessage, type LiveState, openLiveStream } from './live-stream.ts';
import { isStaleBy } from './topics.ts';

const resyncJitterMs = 1_500;

/** Keeps the shown data true: a hint makes the matching queries stale, a reconnect all of them. External system: the event stream. */
export function useLiveUpdates(): LiveState {
  const queryClient = useQueryClient();
  const [state, setState] = useState<LiveState>('connecting');
  useEffect(() => {
    const gathered = gatherChanges(queryClient);
    let first = true;
    const close = openLiveStream((message: LiveMessage) => {
      if (message.kind === 'state') return setState(message.state);
      setState('live');
      if (message.kind === 'change') return gathered.add(message.topic);
      // The first answer comes right after the page was read; only later ones may have missed something.
      if (!first)
        setTimeout(
          () => void queryClient.invalidateQueries({ type: 'active' }),
          Math.random() * resyncJitterMs,
        );
      first = false;
    });
    return () => {
      close();
      gathered.stop();
    };
  }, [queryClient]);
  return state;
}

/** Collects hints for a moment, so that a burst refetches once. */
function gatherChanges(queryClient: QueryClient) {
  const topics = new Set<string>();
  let timer: ReturnType<typeof setTimeout> | null = null;
  const flush = () => {
    timer = null;
    const stale = [...topics];
    topics.clear();
    void queryClient.invalidateQueries({
      predicate: (query) => stale.some((topic) => isStaleBy(topic, query.queryKey)),
    });
  };
  return {
    add(topic: string) {
      topics.add(topic);
      timer ??= setTimeout(flush, 80);
    },
    stop() {
      if (timer !== null) clearTimeout(timer);
    },
  };
}
