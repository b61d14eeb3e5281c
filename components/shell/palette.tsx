'use client';

import { Command } from 'cmdk';
import { CornerDownLeft, type LucideIcon, Monitor, Moon, Search, Sun } from 'lucide-react';
import { Dialog as RadixDialog } from 'radix-ui';
import { useState } from 'react';
import { classNames } from '../ui/class-names.ts';
import { overlayLook } from '../ui/dialog-look.ts';
import { Kbd } from '../ui/kbd.tsx';
import { useRouter } from '../ui/navigation.ts';
import { navItems, settingsItem } from './nav-items.ts';
import { usePreferences } from './preferences-context.tsx';

export type PaletteItem = {
  key: string;
  group: string;
  label: string;
  href: string;
  detail?: string | undefined;
};

type PaletteProps = {
  open: boolean;
  onOpenChange: (open: boolean) => void;
  items: readonly PaletteItem[];
  onSearch?: ((text: string) => void) | undefined;
};

/** `items` come from the server's search and are filtered here again only by what was typed. */
export function Palette({ open, onOpenChange, items, onSearch }: PaletteProps) {
  const [text, setText] = useState('');
  const handleText = (next: string) => {
    setText(next);
    onSearch?.(next);
  };
  return (
    <RadixDialog.Root open={open} onOpenChange={onOpenChange}>
      <RadixDialog.Portal>
        <RadixDialog.Overlay className={overlayLook} />
        <RadixDialog.Content
          aria-describedby={undefined}
          className="fixed top-[12vh] left-1/2 z-50 flex max-h-[70dvh] w-[calc(100%-2rem)] max-w-xl -translate-x-1/2 flex-col overflow-hidden rounded-xl bg-raised shadow-raised outline-none"
        >
          <RadixDialog.Title className="sr-only">Find and go</RadixDialog.Title>
          <Command label="Find and go" loop className="flex min-h-0 flex-col">
            <div className="flex items-center gap-2.5 border-line border-b px-4">
              <Search aria-hidden className="size-4 shrink-0 text-ink-faint" />
              <Command.Input
                value={text}
                onValueChange={handleText}
                placeholder="Find a model, service, rollout or page"
                className="h-12 w-full bg-transparent text-base outline-none! placeholder:text-ink-faint"
              />
              <Kbd>Esc</Kbd>
            </div>
            <PaletteList items={items} onDone={() => onOpenChange(false)} />
          </Command>
        </RadixDialog.Content>
      </RadixDialog.Portal>
    </RadixDialog.Root>
  );
}

function PaletteList({ items, onDone }: { items: readonly PaletteItem[]; onDone: () => void }) {
  const router = useRouter();
  const { setPreference } = usePreferences();
  const go = (href: string) => {
    onDone();
    router.push(href);
  };
  const setTheme = (theme: 'light' | 'dark' | 'system') => {
    onDone();
    setPreference('theme', theme);
  };
  const groups = [...new Set(items.map(({ group }) => group))];
  return (
    <Command.List className="min-h-0 overflow-y-auto p-2">
      <Command.Empty className="px-3 py-8 text-center text-ink-muted">Nothing found.</Command.Empty>
      {groups.map((group) => (
        <Command.Group key={group} heading={group} className={groupLook}>
          {items
            .filter((item) => item.group === group)
            .map((item) => (
              <Entry
                key={item.key}
                id={item.key}
                label={item.label}
                detail={item.detail}
                onSelect={() => go(item.href)}
              />
            ))}
        </Command.Group>
      ))}
      <Command.Group heading="Go to" className={groupLook}>
        {[...navItems, settingsItem].map((item) => (
          <Entry
            key={item.href}
            id={`go ${item.href}`}
            label={item.label}
            icon={item.icon}
            onSelect={() => go(item.href)}
          />
        ))}
      </Command.Group>
      <Command.Group heading="Appearance" className={groupLook}>
        <Entry id="theme light" label="Light theme" icon={Sun} onSelect={() => setTheme('light')} />
        <Entry id="theme dark" label="Dark theme" icon={Moon} onSelect={() => setTheme('dark')} />
        <Entry
          id="theme system"
          label="Theme as the system"
          icon={Monitor}
          onSelect={() => setTheme('system')}
        />
      </Command.Group>
    </Command.List>
  );
}

const groupLook =
  '[&_[cmdk-group-heading]]:px-2 [&_[cmdk-group-heading]]:pt-2 [&_[cmdk-group-heading]]:pb-1 [&_[cmdk-group-heading]]:text-ink-muted [&_[cmdk-group-heading]]:text-xs';

type EntryProps = {
  id: string;
  label: string;
  onSelect: () => void;
  detail?: string | undefined;
  icon?: LucideIcon | undefined;
};

function Entry({ id, label, detail, icon: Shape = CornerDownLeft, onSelect }: EntryProps) {
  return (
    <Command.Item
      value={id}
      keywords={[label, detail ?? '']}
      onSelect={onSelect}
      className={classNames(
        'flex h-9 cursor-pointer items-center gap-2.5 rounded-md px-2',
        'data-[selected=true]:bg-selected data-[selected=true]:text-accent',
      )}
    >
      <Shape aria-hidden className="size-4 shrink-0 text-ink-faint" />
      <span className="truncate font-medium">{label}</span>
      {detail !== undefined && <span className="truncate text-ink-muted text-xs">{detail}</span>}
    </Command.Item>
  );
}
