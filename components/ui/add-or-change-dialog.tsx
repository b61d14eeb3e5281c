'use client';

import { Pencil } from 'lucide-react';
import { type ReactNode, useState } from 'react';
import { Button, type ButtonProps } from './button.tsx';
import { Dialog } from './dialog.tsx';

/** Of a page. */
type AddButton = { readonly label: string; readonly icon: NonNullable<ButtonProps['icon']> };
/** Of a row, whose name is spoken with it. */
type ChangeButton = { readonly label: string; readonly spoken: string };

type AddOrChangeDialogProps = {
  readonly title: string;
  readonly button: AddButton | ChangeButton;
  readonly disabledReason: string | undefined;
  readonly size?: 'medium' | 'large';
  readonly children: (close: () => void) => ReactNode;
};

/** One form that adds a row of a list or changes it, behind the button of either. */
export function AddOrChangeDialog(props: AddOrChangeDialogProps) {
  const { title, button, disabledReason, size, children } = props;
  const [open, setOpen] = useState(false);
  return (
    <Dialog
      title={title}
      size={size}
      open={open}
      onOpenChange={setOpen}
      trigger={
        'icon' in button ? (
          <Button variant="primary" icon={button.icon} disabledReason={disabledReason}>
            {button.label}
          </Button>
        ) : (
          <Button
            size="small"
            variant="ghost"
            icon={Pencil}
            disabledReason={disabledReason}
            aria-label={button.spoken}
          >
            {button.label}
          </Button>
        )
      }
    >
      {children(() => setOpen(false))}
    </Dialog>
  );
}
