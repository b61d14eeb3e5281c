'use client';

import { useEffect, useEffectEvent } from 'react';
import { useRouter } from '../ui/navigation.ts';
import { navItems, settingsItem } from './nav-items.ts';
import { shortcutOf } from './shortcut-keys.ts';

type ShortcutHandlers = { onPalette: () => void; onHelp: () => void };

const followMs = 1_000;

/** External system: the keyboard. */
export function useShortcuts({ onPalette, onHelp }: ShortcutHandlers): void {
  const router = useRouter();
  const handle = useEffectEvent((event: KeyboardEvent, previousKey: string | null) => {
    const shortcut = shortcutOf({
      key: event.key,
      hasModifier: event.metaKey || event.ctrlKey,
      isTyping: isTyping(event.target),
      previousKey,
    });
    if (shortcut === null || event.altKey) return;
    if (document.querySelector('[role=dialog],[role=alertdialog],[role=menu]') && shortcut.kind !== 'palette')
      return;
    if (shortcut.kind === 'palette') onPalette();
    else if (shortcut.kind === 'help') onHelp();
    else if (shortcut.kind === 'search') focusSearch(onPalette);
    else if (shortcut.kind === 'move') moveRow(shortcut.step);
    else {
      const item = [...navItems, settingsItem].find(({ goKey }) => goKey === shortcut.goKey);
      if (!item) return;
      router.push(item.href);
    }
    event.preventDefault();
  });
  useEffect(() => {
    let previous: { key: string; at: number } | null = null;
    const listener = (event: KeyboardEvent) => {
      // Chrome's autofill sends a keydown that has no key.
      if (typeof event.key !== 'string') return;
      const isFresh = previous !== null && event.timeStamp - previous.at < followMs;
      handle(event, isFresh && previous ? previous.key : null);
      const isStart = event.key === 'g' && !event.metaKey && !event.ctrlKey && !isTyping(event.target);
      previous = isStart ? { key: 'g', at: event.timeStamp } : null;
    };
    window.addEventListener('keydown', listener);
    return () => window.removeEventListener('keydown', listener);
  }, []);
}

function isTyping(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLElement &&
    (target.isContentEditable || target.matches('input,textarea,select,[role=textbox]'))
  );
}

function focusSearch(onMissing: () => void): void {
  const search = document.querySelector<HTMLInputElement>('[data-search]');
  if (search) search.focus();
  else onMissing();
}

function moveRow(step: 1 | -1): void {
  const rows = [...document.querySelectorAll<HTMLElement>('[data-row-link]')];
  const index = rows.findIndex((row) => row === document.activeElement);
  const next = index < 0 ? (step > 0 ? 0 : rows.length - 1) : index + step;
  rows[Math.min(rows.length - 1, Math.max(0, next))]?.focus();
}
