'use client';

import { Check } from 'lucide-react';
import { DropdownMenu } from 'radix-ui';
import type { ReactNode } from 'react';
import { classNames } from './class-names.ts';
import { Link } from './link.tsx';
import type { Icon } from './tone-icon.ts';

type MenuProps = {
  label: string;
  trigger: ReactNode;
  align?: 'start' | 'center' | 'end' | undefined;
  side?: 'top' | 'right' | 'bottom' | 'left' | undefined;
  children: ReactNode;
};

export function Menu({ label, trigger, align = 'end', side = 'bottom', children }: MenuProps) {
  return (
    <DropdownMenu.Root modal={false}>
      <DropdownMenu.Trigger asChild>{trigger}</DropdownMenu.Trigger>
      <DropdownMenu.Portal>
        <DropdownMenu.Content
          aria-label={label}
          align={align}
          side={side}
          sideOffset={4}
          collisionPadding={8}
          className="z-50 max-h-(--radix-dropdown-menu-content-available-height) min-w-48 animate-appear overflow-y-auto rounded-lg bg-raised p-1 shadow-raised"
        >
          {children}
        </DropdownMenu.Content>
      </DropdownMenu.Portal>
    </DropdownMenu.Root>
  );
}

const itemLook = classNames(
  'flex h-8 cursor-pointer select-none items-center gap-2 rounded-md px-2 outline-none',
  'data-highlighted:bg-hover data-disabled:cursor-not-allowed data-disabled:text-ink-faint',
);

type MenuItemProps = {
  children: ReactNode;
  icon?: Icon | undefined;
  href?: string | undefined;
  onSelect?: (() => void) | undefined;
  danger?: boolean | undefined;
  disabledReason?: string | undefined;
  shortcut?: string | undefined;
};

export function MenuItem(props: MenuItemProps) {
  const { children, icon: IconShape, href, onSelect, danger, disabledReason, shortcut } = props;
  const isBlocked = disabledReason !== undefined;
  const inner = (
    <>
      {IconShape && <IconShape aria-hidden className="size-4 shrink-0 text-ink-faint" />}
      <span className="min-w-0 flex-1 truncate">{children}</span>
      {shortcut !== undefined && <kbd className="text-ink-faint text-xs">{shortcut}</kbd>}
    </>
  );
  const className = classNames(
    itemLook,
    danger && 'text-bad',
    isBlocked && 'cursor-not-allowed text-ink-faint',
  );
  if (href !== undefined && !isBlocked) {
    return (
      <DropdownMenu.Item asChild className={className}>
        <Link href={href}>{inner}</Link>
      </DropdownMenu.Item>
    );
  }
  return (
    <DropdownMenu.Item
      className={className}
      aria-disabled={isBlocked}
      aria-description={disabledReason}
      title={disabledReason}
      onSelect={(event) => (isBlocked ? event.preventDefault() : onSelect?.())}
    >
      {inner}
    </DropdownMenu.Item>
  );
}

export function MenuLabel({ children }: { children: ReactNode }) {
  return (
    <DropdownMenu.Label className="px-2 pt-2 pb-1 text-ink-faint text-xs">{children}</DropdownMenu.Label>
  );
}

export function MenuSeparator() {
  return <DropdownMenu.Separator className="-mx-1 my-1 h-px bg-line" />;
}

type MenuChoiceProps<Value extends string> = {
  value: Value;
  onChange: (value: Value) => void;
  options: readonly { value: Value; label: string; icon?: Icon | undefined }[];
};

export function MenuChoice<Value extends string>({ value, onChange, options }: MenuChoiceProps<Value>) {
  return (
    <DropdownMenu.RadioGroup value={value}>
      {options.map(({ value: each, label, icon: IconShape }) => (
        <DropdownMenu.RadioItem key={each} value={each} className={itemLook} onSelect={() => onChange(each)}>
          {IconShape && <IconShape aria-hidden className="size-4 shrink-0 text-ink-faint" />}
          <span className="min-w-0 flex-1 truncate">{label}</span>
          <DropdownMenu.ItemIndicator>
            <Check aria-hidden className="size-4 text-accent" />
          </DropdownMenu.ItemIndicator>
        </DropdownMenu.RadioItem>
      ))}
    </DropdownMenu.RadioGroup>
  );
}
