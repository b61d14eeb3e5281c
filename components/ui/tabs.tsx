import { classNames } from './class-names.ts';
import { Count } from './count.tsx';
import { Link } from './link.tsx';

type LinkTabsProps = {
  label: string;
  current: string;
  items: readonly { key: string; label: string; href: string; count?: number | undefined }[];
};

/** Tabs that are addresses: each one can be linked, opened apart and walked with the back button. */
export function LinkTabs({ label, current, items }: LinkTabsProps) {
  return (
    <nav aria-label={label} className="-mb-px overflow-x-auto border-line border-b">
      <ul className="flex gap-1">
        {items.map((item) => {
          const isCurrent = item.key === current;
          return (
            <li key={item.key}>
              <Link
                href={item.href}
                scroll={false}
                aria-current={isCurrent ? 'page' : undefined}
                className={classNames(
                  'flex h-9 items-center gap-1.5 whitespace-nowrap border-b-2 px-3 font-medium focus-visible:-outline-offset-2',
                  isCurrent
                    ? 'border-accent text-ink'
                    : 'border-transparent text-ink-muted hover:border-line-strong hover:text-ink',
                )}
              >
                {item.label}
                {item.count !== undefined && <Count value={item.count} />}
              </Link>
            </li>
          );
        })}
      </ul>
    </nav>
  );
}
