import type { ReactNode } from 'react';
import { classNames } from './class-names.ts';
import { Link } from './link.tsx';

export function List({ label, children }: { label?: string | undefined; children: ReactNode }) {
  return (
    <ul aria-label={label} className="divide-y divide-line">
      {children}
    </ul>
  );
}

type ListRowProps = {
  title: ReactNode;
  href?: string | undefined;
  detail?: ReactNode | undefined;
  aside?: ReactNode | undefined;
};

/** A title with a line below it and a status at its end; the whole row is the link. */
export function ListRow({ title, href, detail, aside }: ListRowProps) {
  return (
    <li
      className={classNames(
        'relative flex items-center justify-between gap-4 px-4 py-2.5',
        href !== undefined && 'hover:bg-hover',
      )}
    >
      <div className="min-w-0">
        <div className="truncate font-medium">
          {href === undefined ? (
            title
          ) : (
            <Link
              href={href}
              data-row-link
              className="outline-none after:absolute after:inset-0 focus-visible:after:outline-2 focus-visible:after:outline-focus focus-visible:after:-outline-offset-2"
            >
              {title}
            </Link>
          )}
        </div>
        {detail !== undefined && <div className="text-ink-muted text-xs">{detail}</div>}
      </div>
      {aside !== undefined && <div className="flex shrink-0 items-center gap-3 text-right">{aside}</div>}
    </li>
  );
}
