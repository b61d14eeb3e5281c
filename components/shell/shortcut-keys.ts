export type KeyPress = {
  key: string;
  hasModifier: boolean;
  isTyping: boolean;
  previousKey: string | null;
};

export type Shortcut =
  | { kind: 'palette' }
  | { kind: 'help' }
  | { kind: 'search' }
  | { kind: 'move'; step: 1 | -1 }
  | { kind: 'go'; goKey: string }
  | null;

/** What a key press asks for; while somebody types only Cmd/Ctrl-K counts, and nothing destructive has a key. */
export function shortcutOf({ key, hasModifier, isTyping, previousKey }: KeyPress): Shortcut {
  if (hasModifier) return key.toLowerCase() === 'k' ? { kind: 'palette' } : null;
  if (isTyping) return null;
  if (previousKey === 'g') return { kind: 'go', goKey: key.toLowerCase() };
  if (key === '?') return { kind: 'help' };
  if (key === '/') return { kind: 'search' };
  if (key === 'j') return { kind: 'move', step: 1 };
  if (key === 'k') return { kind: 'move', step: -1 };
  return null;
}
