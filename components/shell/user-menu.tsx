'use client';

import { Keyboard, LogOut, Monitor, Moon, Sun } from 'lucide-react';
import { Menu, MenuChoice, MenuItem, MenuLabel, MenuSeparator } from '../ui/menu.tsx';
import { initialsOf } from '../ui/person.tsx';
import { usePreferences } from './preferences-context.tsx';

export type ShellUser = { name: string; email: string };

type UserMenuProps = { user: ShellUser; onSignOut: () => void; onKeys: () => void };

export function UserMenu({ user, onSignOut, onKeys }: UserMenuProps) {
  const { preferences, setPreference } = usePreferences();
  return (
    <Menu
      label="You"
      trigger={
        <button
          type="button"
          className="flex size-8 shrink-0 items-center justify-center rounded-full border border-line bg-neutral-surface font-semibold text-neutral text-xs hover:border-line-strong"
        >
          <span aria-hidden>{initialsOf(user.name)}</span>
          <span className="sr-only">Account of {user.name}, appearance and sign out</span>
        </button>
      }
    >
      <div className="px-2 py-1.5">
        <div className="font-medium">{user.name}</div>
        <div className="text-ink-muted text-xs">{user.email}</div>
      </div>
      <MenuSeparator />
      <MenuLabel>Theme</MenuLabel>
      <MenuChoice
        value={preferences.theme}
        onChange={(theme) => setPreference('theme', theme)}
        options={[
          { value: 'system', label: 'As the system', icon: Monitor },
          { value: 'light', label: 'Light', icon: Sun },
          { value: 'dark', label: 'Dark', icon: Moon },
        ]}
      />
      <MenuLabel>Density</MenuLabel>
      <MenuChoice
        value={preferences.density}
        onChange={(density) => setPreference('density', density)}
        options={[
          { value: 'cosy', label: 'Cosy rows' },
          { value: 'compact', label: 'Compact rows' },
        ]}
      />
      <MenuLabel>Times</MenuLabel>
      <MenuChoice
        value={preferences.clock}
        onChange={(clock) => setPreference('clock', clock)}
        options={[
          { value: 'local', label: 'Local time' },
          { value: 'utc', label: 'UTC' },
        ]}
      />
      <MenuSeparator />
      <MenuItem icon={Keyboard} shortcut="?" onSelect={onKeys}>
        Keys
      </MenuItem>
      <MenuItem icon={LogOut} onSelect={onSignOut}>
        Sign out
      </MenuItem>
    </Menu>
  );
}
