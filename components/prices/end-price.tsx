'use client';

import { useState } from 'react';
import { matchText } from '../../domain/price/price-words.ts';
import { useTrpc } from '../trpc-provider.tsx';
import { Button } from '../ui/button.tsx';
import { ConfirmDialog } from '../ui/confirm-dialog.tsx';
import { TextField } from '../ui/text-field.tsx';
import { useCommand } from '../use-command.ts';
import type { PriceRow } from './price-answers.ts';
import { dayOf } from './price-draft-form.ts';

/** Ends a row at the beginning of a day, once. */
export function EndPrice({ price, blocked }: { price: PriceRow; blocked: string | undefined }) {
  const trpc = useTrpc();
  const [isOpen, setOpen] = useState(false);
  const [day, setDay] = useState('');
  const end = useCommand((extra) => trpc.prices.end.mutationOptions(extra), { onDone: () => setOpen(false) });
  const reason = blocked ?? (price.validTo === null ? undefined : 'An end that is set stays.');
  const validTo = dayOf(day);
  return (
    <ConfirmDialog
      open={isOpen}
      onOpenChange={setOpen}
      title={`End the price of ${matchText(price)}?`}
      description="What it priced before stays priced. An end is set once."
      confirmLabel="End it"
      busy={end.busy}
      error={end.error ?? (validTo === null && day !== '' ? 'This is no day.' : undefined)}
      onConfirm={() => validTo !== null && end.run({ priceEntryId: price.id, validTo })}
      trigger={
        <Button size="small" disabledReason={reason}>
          End
        </Button>
      }
    >
      <TextField
        label="First day without it"
        type="date"
        hint="It ends at midnight UTC of this day."
        value={day}
        onChange={(event) => setDay(event.currentTarget.value)}
      />
    </ConfirmDialog>
  );
}
