'use client';

import { classNames } from '../ui/class-names.ts';
import { Count } from '../ui/count.tsx';
import { Link } from '../ui/link.tsx';
import { usePathname } from '../ui/navigation.ts';
import { isInRoom, type NavCounts, type NavItem, navItems, settingsItem } from './nav-items.ts';

type RailNavProps = { counts: NavCounts; onNavigate?: (() => void) | undefined };

export function RailNav({ counts, onNavigate }: RailNavProps) {
  const pathname = usePathname();
  const entry = (item: NavItem) => (
    <RailLink
      key={item.href}
      item={item}
      isCurrent={isInRoom(pathname, item)}
      count={item.count && counts[item.count]}
      onNavigate={onNavigate}
    />
  );
  return (
    <nav aria-label="Rooms" className="flex min-h-0 flex-1 flex-col overflow-y-auto px-2 py-2">
      <ul className="flex flex-1 flex-col gap-0.5">{navItems.map(entry)}</ul>
      <ul className="pt-2">{entry(settingsItem)}</ul>
    </nav>
  );
}

type RailLinkProps = {
  item: NavItem;
  isCurrent: boolean;
  count: number | undefined;
  onNavigate: (() => void) | undefined;
};

function RailLink({ item, isCurrent, count, onNavigate }: RailLinkProps) {
  const Shape = item.icon;
  return (
    <li>
      <Link
        href={item.href}
        aria-current={isCurrent ? 'page' : undefined}
        {...(onNavigate ? { onClick: onNavigate } : {})}
        className={classNames(
          'flex h-8 items-center gap-2.5 rounded-md px-2 font-medium',
          isCurrent ? 'bg-selected text-accent' : 'text-ink-muted hover:bg-hover hover:text-ink',
        )}
      >
        <Shape aria-hidden className="size-4 shrink-0" />
        <span className="flex-1">{item.label}</span>
        {count !== undefined && count > 0 && (
          <>
            <Count value={count} />
            <span className="sr-only">open</span>
          </>
        )}
      </Link>
    </li>
  );
}
