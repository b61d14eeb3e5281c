import { type ReactNode, useId } from 'react';
import { classNames } from './class-names.ts';

type PanelProps = {
  title?: ReactNode | undefined;
  description?: ReactNode | undefined;
  actions?: ReactNode | undefined;
  flush?: boolean | undefined;
  id?: string | undefined;
  className?: string | undefined;
  children: ReactNode;
};

export function Panel({ title, description, actions, flush, id, className, children }: PanelProps) {
  const titleId = useId();
  const hasHead = title !== undefined || actions !== undefined;
  return (
    <section
      id={id}
      aria-labelledby={title === undefined ? undefined : titleId}
      className={classNames('min-w-0 rounded-lg border border-line bg-surface shadow-panel', className)}
    >
      {hasHead && (
        <header
          className={classNames(
            'flex min-h-11 flex-wrap items-center justify-between gap-x-4 gap-y-1 px-4 py-2',
            flush ? 'border-line border-b' : 'pt-3 pb-2.5',
          )}
        >
          <div className="min-w-0">
            {title !== undefined && (
              <h2 id={titleId} className="font-semibold text-base">
                {title}
              </h2>
            )}
            {description !== undefined && <p className="text-ink-muted text-xs">{description}</p>}
          </div>
          {actions !== undefined && <div className="flex flex-wrap items-center gap-2">{actions}</div>}
        </header>
      )}
      <div className={flush ? 'overflow-hidden rounded-b-lg' : classNames('px-4 pb-4', !hasHead && 'pt-4')}>
        {children}
      </div>
    </section>
  );
}
