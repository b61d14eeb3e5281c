import { Inbox } from 'lucide-react';
import type { ReactNode } from 'react';
import { CodeBlock } from './code.tsx';
import type { Icon } from './tone-icon.ts';

type EmptyStateProps = {
  title: string;
  icon?: Icon | undefined;
  action?: ReactNode | undefined;
  code?: { label: string; text: string } | undefined;
  children?: ReactNode | undefined;
};

/** Says what belongs here and how the first one comes to be. */
export function EmptyState({ title, icon: Shape = Inbox, action, code, children }: EmptyStateProps) {
  return (
    <div className="mx-auto flex max-w-xl flex-col items-center gap-3 px-4 py-10 text-center">
      <span className="flex size-10 items-center justify-center rounded-lg border border-line bg-sunken text-ink-faint">
        <Shape aria-hidden className="size-5" />
      </span>
      <div className="flex flex-col gap-1">
        <p className="font-semibold text-base">{title}</p>
        {children !== undefined && <div className="text-balance text-ink-muted">{children}</div>}
      </div>
      {code && (
        <div className="w-full text-left">
          <CodeBlock label={code.label} text={code.text} />
        </div>
      )}
      {action}
    </div>
  );
}
