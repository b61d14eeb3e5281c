'use client';

import { Search } from 'lucide-react';
import type { ReactNode } from 'react';
import { IconButton } from '../ui/icon-button.tsx';
import { Kbd } from '../ui/kbd.tsx';
import { Breadcrumbs } from './breadcrumbs.tsx';
import { LiveIndicator, type LiveState } from './live-state.tsx';

type TopBarProps = {
  live: LiveState | undefined;
  menu: ReactNode;
  bell?: ReactNode | undefined;
  userMenu: ReactNode;
  onPalette: () => void;
};

export function TopBar({ live, menu, bell, userMenu, onPalette }: TopBarProps) {
  return (
    <header className="sticky top-0 z-30 flex h-12 shrink-0 items-center gap-3 border-line border-b bg-surface px-4 sm:px-6">
      {menu}
      <div className="min-w-0 flex-1">
        <Breadcrumbs />
      </div>
      {live && <LiveIndicator state={live} />}
      <button
        type="button"
        onClick={onPalette}
        aria-keyshortcuts="Control+K Meta+K"
        className="hidden h-8 w-56 items-center gap-2 rounded-md border border-line bg-sunken px-2.5 text-ink-muted hover:border-line-strong md:flex"
      >
        <Search aria-hidden className="size-4" />
        <span className="flex-1 text-left">Find</span>
        <Kbd>Ctrl K</Kbd>
      </button>
      <IconButton label="Find" icon={Search} className="md:hidden" onClick={onPalette} />
      {bell}
      {userMenu}
    </header>
  );
}
