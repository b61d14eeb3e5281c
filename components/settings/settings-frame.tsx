'use client';

import type { ReactNode } from 'react';
import { useProject } from '../project/project-context.tsx';
import { classNames } from '../ui/class-names.ts';
import { Link } from '../ui/link.tsx';
import { usePathname } from '../ui/navigation.ts';
import { isInSection, settingsGroups } from './settings-sections.ts';

/** The settings' own navigation beside its pages; above them on a phone. */
export function SettingsFrame({ children }: { children: ReactNode }) {
  const pathname = usePathname();
  const { viewer } = useProject();
  const isInstanceAdmin = viewer.instanceRoles.includes('admin');
  return (
    <div className="mx-auto grid w-full max-w-7xl grid-cols-1 lg:grid-cols-[11rem_minmax(0,1fr)]">
      <nav
        aria-label="Settings"
        className="flex gap-6 overflow-x-auto border-line px-4 pt-4 max-lg:border-b sm:px-6 lg:flex-col lg:gap-4 lg:pr-0 lg:pt-6"
      >
        {settingsGroups(isInstanceAdmin).map((group) => (
          <div key={group.label} className="flex shrink-0 flex-col gap-1 pb-2">
            <p className="px-2 text-ink-muted text-xs">{group.label}</p>
            <ul className="flex gap-1 lg:flex-col lg:gap-px">
              {group.sections.map((section) => {
                const isCurrent = isInSection(pathname, section.href);
                return (
                  <li key={section.href}>
                    <Link
                      href={section.href}
                      aria-current={isCurrent ? 'page' : undefined}
                      className={classNames(
                        'flex h-8 items-center whitespace-nowrap rounded-md px-2 font-medium',
                        isCurrent ? 'bg-selected text-ink' : 'text-ink-muted hover:bg-hover hover:text-ink',
                      )}
                    >
                      {section.label}
                    </Link>
                  </li>
                );
              })}
            </ul>
          </div>
        ))}
      </nav>
      <div className="min-w-0">{children}</div>
    </div>
  );
}
