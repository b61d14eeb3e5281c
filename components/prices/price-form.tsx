'use client';

import { useState } from 'react';
import { useTrpc } from '../trpc-provider.tsx';
import { Banner } from '../ui/banner.tsx';
import { Button } from '../ui/button.tsx';
import { FormActions } from '../ui/form-field.tsx';
import { useCommand } from '../use-command.ts';
import { emptyPrice, type PriceForm as Form, missingPart, priceInput } from './price-draft-form.ts';
import { PriceFields } from './price-fields.tsx';

type Props = {
  readonly currency: string;
  readonly prefill: Partial<Form>;
  readonly onDone: () => void;
};

/** One more row of the price book. */
export function PriceForm({ currency, prefill, onDone }: Props) {
  const trpc = useTrpc();
  const [form, setForm] = useState<Form>({ ...emptyPrice, ...prefill });
  const add = useCommand((extra) => trpc.prices.add.mutationOptions(extra), { onDone });
  return (
    <form
      className="flex flex-col gap-4"
      onSubmit={(event) => {
        event.preventDefault();
        add.run({ currency, price: priceInput(form) });
      }}
    >
      <PriceFields form={form} onChange={setForm} currency={currency} />
      {add.error !== null && <Banner tone="bad" title={add.error} />}
      <FormActions>
        <Button type="submit" variant="primary" busy={add.busy} disabledReason={missingPart(form)}>
          Add the price
        </Button>
      </FormActions>
    </form>
  );
}
