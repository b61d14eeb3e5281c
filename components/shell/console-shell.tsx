'use client';

import { lazy, type ReactNode, Suspense, useState } from 'react';
import { Link } from '../ui/link.tsx';
import { BrandMark } from './brand-mark.tsx';
import type { LiveState } from './live-state.tsx';
import type { NavCounts } from './nav-items.ts';
import type { PaletteItem } from './palette.tsx';
import { PhoneMenu } from './phone-menu.tsx';
import { type Project, ProjectSwitcher } from './project-switcher.tsx';
import { RailNav } from './rail-nav.tsx';
import { TopBar } from './top-bar.tsx';
import { useShortcuts } from './use-shortcuts.ts';
import { type ShellUser, UserMenu } from './user-menu.tsx';

/** Fetched when first opened; most visits never do. */
const Palette = lazy(async () => ({ default: (await import('./palette.tsx')).Palette }));
const KeysHelp = lazy(async () => ({ default: (await import('./keys-help.tsx')).KeysHelp }));

type ConsoleShellProps = {
  user: ShellUser;
  projects: readonly Project[];
  currentProject: Project | null;
  onProjectChange: (id: string) => void;
  onSignOut: () => void;
  counts?: NavCounts | undefined;
  live?: LiveState | undefined;
  banner?: ReactNode | undefined;
  /** Beside the user's menu: how many notices wait. */
  bell?: ReactNode | undefined;
  paletteItems?: readonly PaletteItem[] | undefined;
  onPaletteSearch?: ((text: string) => void) | undefined;
  children: ReactNode;
};

type Overlay = 'palette' | 'help' | null;

const noItems: readonly PaletteItem[] = [];

export function ConsoleShell(props: ConsoleShellProps) {
  const { user, counts = {}, live, banner, children } = props;
  const [overlay, setOverlay] = useState<Overlay>(null);
  const openPalette = () => setOverlay('palette');
  const openHelp = () => setOverlay('help');
  useShortcuts({ onPalette: openPalette, onHelp: openHelp });
  const switcher = (
    <ProjectSwitcher
      projects={props.projects}
      current={props.currentProject}
      onChange={props.onProjectChange}
    />
  );
  return (
    <div className="flex min-h-dvh">
      <SkipLink />
      <aside
        aria-label="Navigation"
        className="hidden w-56 shrink-0 border-line border-r bg-surface lg:block"
      >
        <div className="sticky top-0 flex h-dvh flex-col">
          <Link
            href="/"
            className="flex h-12 items-center gap-2.5 px-4 font-semibold text-base tracking-tight"
          >
            <BrandMark />
            Fairlead
          </Link>
          <div className="px-2 pt-1">{switcher}</div>
          <RailNav counts={counts} />
        </div>
      </aside>
      <div className="flex min-w-0 flex-1 flex-col">
        <TopBar
          live={live}
          bell={props.bell}
          onPalette={openPalette}
          menu={
            <PhoneMenu>
              {(close) => (
                <>
                  <div className="px-4 pt-2">{switcher}</div>
                  <RailNav counts={counts} onNavigate={close} />
                </>
              )}
            </PhoneMenu>
          }
          userMenu={<UserMenu user={user} onSignOut={props.onSignOut} onKeys={openHelp} />}
        />
        {banner}
        <main id="main" tabIndex={-1} className="min-w-0 flex-1 outline-none">
          {children}
        </main>
      </div>
      <ShellOverlays {...props} overlay={overlay} onChange={setOverlay} />
    </div>
  );
}

function SkipLink() {
  return (
    <a
      href="#main"
      className="sr-only focus:not-sr-only focus:fixed! focus:top-2 focus:left-2 focus:z-70 focus:rounded-md focus:bg-ink focus:px-3 focus:py-2 focus:text-canvas"
    >
      Skip to the page
    </a>
  );
}

type ShellOverlaysProps = Pick<ConsoleShellProps, 'paletteItems' | 'onPaletteSearch'> & {
  overlay: Overlay;
  onChange: (overlay: Overlay) => void;
};

function ShellOverlays({ overlay, onChange, paletteItems = noItems, onPaletteSearch }: ShellOverlaysProps) {
  const close = (open: boolean) => {
    if (!open) onChange(null);
  };
  return (
    <Suspense fallback={null}>
      {overlay === 'palette' && (
        <Palette open onOpenChange={close} items={paletteItems} onSearch={onPaletteSearch} />
      )}
      {overlay === 'help' && <KeysHelp open onOpenChange={close} />}
    </Suspense>
  );
}
