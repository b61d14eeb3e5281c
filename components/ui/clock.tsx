'use client';

import { createContext, type ReactNode, useCallback, useContext, useMemo, useSyncExternalStore } from 'react';
import type { Zone } from '../../domain/time-format.ts';

type ClockState = { clock: Zone; renderedAtMs: number };

const ClockContext = createContext<ClockState>({ clock: 'local', renderedAtMs: 0 });

export function ClockProvider({ clock, renderedAtMs, children }: ClockState & { children: ReactNode }) {
  const state = useMemo(() => ({ clock, renderedAtMs }), [clock, renderedAtMs]);
  return <ClockContext value={state}>{children}</ClockContext>;
}

const listeners = new Set<() => void>();
let timer: ReturnType<typeof setInterval> | undefined;

/** External system: the clock. One interval ticks for the whole page, and none when nobody looks. */
function subscribeToSeconds(listener: () => void): () => void {
  listeners.add(listener);
  timer ??= setInterval(() => {
    for (const each of listeners) each();
  }, 1_000);
  return () => {
    listeners.delete(listener);
    if (listeners.size === 0) {
      clearInterval(timer);
      timer = undefined;
    }
  };
}

/** The time, rounded down to `stepMs`; while hydrating it is the moment the server rendered, so both agree. */
export function useNow(stepMs = 1_000): number {
  const { renderedAtMs } = useContext(ClockContext);
  const floor = useCallback((atMs: number) => Math.floor(atMs / stepMs) * stepMs, [stepMs]);
  return useSyncExternalStore(
    subscribeToSeconds,
    () => floor(Date.now()),
    () => floor(renderedAtMs),
  );
}

const subscribeToNothing = () => () => {};

/** The zone that labels use; UTC until hydrated, because the server does not know where the reader sits. */
export function useZone(): Zone {
  const { clock } = useContext(ClockContext);
  return useSyncExternalStore(
    subscribeToNothing,
    () => clock,
    () => 'utc',
  );
}
