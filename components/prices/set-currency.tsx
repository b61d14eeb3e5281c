'use client';

import { useState } from 'react';
import { useTrpc } from '../trpc-provider.tsx';
import { Banner } from '../ui/banner.tsx';
import { Button } from '../ui/button.tsx';
import { FormGrid } from '../ui/form-field.tsx';
import { Panel } from '../ui/panel.tsx';
import { TextField } from '../ui/text-field.tsx';
import { useCommand } from '../use-command.ts';

/** Before the first price: what all amounts are counted in. */
export function SetCurrency({ blocked }: { blocked: string | undefined }) {
  const trpc = useTrpc();
  const [currency, setText] = useState('');
  const set = useCommand((extra) => trpc.prices.setCurrency.mutationOptions(extra));
  return (
    <Panel
      title="Currency"
      description="Every price, amount and budget of this instance is counted in one currency. It cannot be changed once it is set."
    >
      <form
        className="flex flex-col gap-3"
        onSubmit={(event) => {
          event.preventDefault();
          set.run({ currency });
        }}
      >
        <FormGrid>
          <TextField
            label="Currency"
            mono
            placeholder="USD"
            hint="A code of ISO 4217."
            maxLength={3}
            value={currency}
            onChange={(event) => setText(event.currentTarget.value.toUpperCase())}
          />
        </FormGrid>
        {set.error !== null && <Banner tone="bad" title={set.error} />}
        <div>
          <Button
            type="submit"
            variant="primary"
            busy={set.busy}
            disabledReason={
              blocked ?? (currency.length === 3 ? undefined : 'Give the three letters of the currency.')
            }
          >
            Set the currency
          </Button>
        </div>
      </form>
    </Panel>
  );
}
