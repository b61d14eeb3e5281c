import { classNames } from '../ui/class-names.ts';

export type LiveState = 'live' | 'connecting' | 'offline';

const looks = {
  live: { dot: 'bg-ok', text: 'text-ink-muted', word: 'Live' },
  connecting: { dot: 'bg-warn animate-breathe', text: 'text-ink-muted', word: 'Connecting' },
  offline: { dot: 'bg-bad', text: 'text-bad', word: 'Disconnected, retrying' },
};

/** Whether what is on screen still follows the server; the word is there for those who see no colour. */
export function LiveIndicator({ state }: { state: LiveState }) {
  const { dot, text, word } = looks[state];
  return (
    <span
      role="status"
      className={classNames('inline-flex items-center gap-1.5 whitespace-nowrap text-xs', text)}
    >
      <span aria-hidden className={classNames('size-1.5 rounded-full', dot)} />
      <span className={state === 'offline' ? undefined : 'max-sm:sr-only'}>{word}</span>
    </span>
  );
}
