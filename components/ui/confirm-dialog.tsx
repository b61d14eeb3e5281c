'use client';

import { AlertDialog } from 'radix-ui';
import { type FormEvent, type ReactNode, useState } from 'react';
import { Banner } from './banner.tsx';
import { Button } from './button.tsx';
import { classNames } from './class-names.ts';
import { overlayLook, sheetLook } from './dialog-look.ts';
import { TextField } from './text-field.tsx';

type ConfirmDialogProps = {
  title: string;
  description: ReactNode;
  confirmLabel: string;
  onConfirm: () => void;
  trigger?: ReactNode | undefined;
  open?: boolean | undefined;
  onOpenChange?: ((open: boolean) => void) | undefined;
  danger?: boolean | undefined;
  typeToConfirm?: string | undefined;
  busy?: boolean | undefined;
  error?: string | undefined;
  children?: ReactNode | undefined;
};

/** Asks once; `typeToConfirm` is for destruction only, never for the safe direction. The caller closes it when done. */
export function ConfirmDialog(props: ConfirmDialogProps) {
  const { trigger, open, onOpenChange } = props;
  const control = { ...(open === undefined ? {} : { open }), ...(onOpenChange ? { onOpenChange } : {}) };
  return (
    <AlertDialog.Root {...control}>
      {trigger !== undefined && <AlertDialog.Trigger asChild>{trigger}</AlertDialog.Trigger>}
      <AlertDialog.Portal>
        <AlertDialog.Overlay className={overlayLook} />
        <AlertDialog.Content className={classNames(sheetLook, 'sm:max-w-md')}>
          <ConfirmForm {...props} />
        </AlertDialog.Content>
      </AlertDialog.Portal>
    </AlertDialog.Root>
  );
}

function ConfirmForm(props: ConfirmDialogProps) {
  const { title, description, confirmLabel, onConfirm, danger, typeToConfirm, busy, error, children } = props;
  const [typed, setTyped] = useState('');
  const missing = typeToConfirm !== undefined && typed !== typeToConfirm;
  const handleSubmit = (event: FormEvent) => {
    event.preventDefault();
    if (!missing && !busy) onConfirm();
  };
  return (
    <form onSubmit={handleSubmit} className="flex min-h-0 flex-col">
      <div className="flex min-h-0 flex-col gap-3 overflow-y-auto px-5 pt-4 pb-5">
        <AlertDialog.Title className="font-semibold text-lg">{title}</AlertDialog.Title>
        <AlertDialog.Description asChild>
          <div className="text-ink-muted">{description}</div>
        </AlertDialog.Description>
        {children}
        {typeToConfirm !== undefined && (
          <TextField
            label={`Type ${typeToConfirm} to confirm`}
            mono
            autoComplete="off"
            value={typed}
            onChange={(event) => setTyped(event.currentTarget.value)}
          />
        )}
        {error !== undefined && <Banner tone="bad" title={error} />}
      </div>
      <footer className="flex flex-wrap justify-end gap-2 border-line border-t bg-sunken px-5 py-3">
        <AlertDialog.Cancel asChild>
          <Button>Cancel</Button>
        </AlertDialog.Cancel>
        <Button
          type="submit"
          variant={danger ? 'danger' : 'primary'}
          busy={busy}
          disabledReason={missing ? `Type ${typeToConfirm} first.` : undefined}
        >
          {confirmLabel}
        </Button>
      </footer>
    </form>
  );
}
