'use client';

import { useSyncExternalStore } from 'react';

let leaf: string | null = null;
const listeners = new Set<() => void>();

/** The page header names the last crumb; the top bar, far above it in the tree, shows it. */
export function setCrumbLeaf(label: string | null): void {
  if (label === leaf) return;
  leaf = label;
  for (const listener of listeners) listener();
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

export function useCrumbLeaf(): string | null {
  return useSyncExternalStore(
    subscribe,
    () => leaf,
    () => null,
  );
}
