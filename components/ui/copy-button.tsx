'use client';

import { Check, Copy } from 'lucide-react';
import { useEffect, useState } from 'react';
import { classNames } from './class-names.ts';

type CopyButtonProps = { text: string; label?: string | undefined; className?: string | undefined };

type CopyState = 'idle' | 'copied' | 'failed';

const spoken: Record<CopyState, string> = {
  idle: '',
  copied: 'Copied',
  failed: 'The browser refused to copy',
};

export function CopyButton({ text, label = 'Copy', className }: CopyButtonProps) {
  const [state, setState] = useState<CopyState>('idle');
  // External system: the clock; the tick mark goes away by itself.
  useEffect(() => {
    if (state === 'idle') return;
    const timer = setTimeout(() => setState('idle'), 2_000);
    return () => clearTimeout(timer);
  }, [state]);
  const handleCopy = async () => {
    try {
      await navigator.clipboard.writeText(text);
      setState('copied');
    } catch {
      setState('failed');
    }
  };
  const Shape = state === 'copied' ? Check : Copy;
  return (
    <>
      <button
        type="button"
        title={spoken[state] || label}
        aria-label={label}
        onClick={() => void handleCopy()}
        className={classNames(
          'relative inline-flex size-6 shrink-0 items-center justify-center rounded-sm text-ink-faint hover:bg-hover hover:text-ink',
          state === 'copied' && 'text-ok',
          className,
        )}
      >
        <Shape aria-hidden className="size-3.5" />
      </button>
      <span aria-live="polite" className="sr-only">
        {spoken[state]}
      </span>
    </>
  );
}
