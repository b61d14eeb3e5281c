'use client';

import { Menu as MenuShape, X } from 'lucide-react';
import { Dialog as RadixDialog } from 'radix-ui';
import { type ReactNode, useState } from 'react';
import { Button } from '../ui/button.tsx';
import { overlayLook } from '../ui/dialog-look.ts';
import { IconButton } from '../ui/icon-button.tsx';

type PhoneMenuProps = { children: (close: () => void) => ReactNode };

/** The rail, folded away on a narrow screen. */
export function PhoneMenu({ children }: PhoneMenuProps) {
  const [open, setOpen] = useState(false);
  return (
    <RadixDialog.Root open={open} onOpenChange={setOpen}>
      <RadixDialog.Trigger asChild>
        <IconButton label="Menu" icon={MenuShape} className="-ml-1 lg:hidden" />
      </RadixDialog.Trigger>
      <RadixDialog.Portal>
        <RadixDialog.Overlay className={overlayLook} />
        <RadixDialog.Content
          aria-describedby={undefined}
          className="fixed inset-x-0 top-0 z-50 flex max-h-dvh flex-col rounded-b-xl bg-raised shadow-raised outline-none"
        >
          <div className="flex items-center justify-between px-4 pt-3">
            <RadixDialog.Title className="font-semibold">Fairlead</RadixDialog.Title>
            <RadixDialog.Close asChild>
              <Button variant="ghost" isSquare icon={X} aria-label="Close menu" className="-mr-1" />
            </RadixDialog.Close>
          </div>
          {children(() => setOpen(false))}
        </RadixDialog.Content>
      </RadixDialog.Portal>
    </RadixDialog.Root>
  );
}
