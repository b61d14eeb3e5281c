import type { ReactNode } from 'react';
import { classNames } from './class-names.ts';
import { CopyButton } from './copy-button.tsx';

export function Code({ children }: { children: ReactNode }) {
  return (
    <code className="rounded-sm bg-neutral-surface px-1 py-0.5 font-mono text-xs [overflow-wrap:anywhere]">
      {children}
    </code>
  );
}

type CodeBlockProps = {
  text: string;
  label: string;
  maxHeight?: string | undefined;
  wrap?: boolean | undefined;
};

export function CodeBlock({ text, label, maxHeight = '24rem', wrap }: CodeBlockProps) {
  return (
    <div className="relative min-w-0 rounded-md border border-line bg-sunken">
      <pre
        aria-label={label}
        role="group"
        tabIndex={0}
        style={{ maxHeight }}
        className={classNames(
          'overflow-auto p-3 pr-10 font-mono text-xs leading-5',
          wrap && 'whitespace-pre-wrap',
        )}
      >
        <code>{text}</code>
      </pre>
      <CopyButton text={text} label={`Copy ${label}`} className="absolute! top-1.5 right-1.5 bg-sunken" />
    </div>
  );
}
