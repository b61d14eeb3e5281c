'use client';

import { useState } from 'react';
import { Banner } from '../ui/banner.tsx';
import { Button } from '../ui/button.tsx';
import { FormActions } from '../ui/form-field.tsx';
import { Segmented } from '../ui/segmented.tsx';
import { TextField } from '../ui/text-field.tsx';
import { amountOfText, textOfAmount } from './amount-text.ts';
import type { BudgetAnswer, BudgetOwner } from './budget-answers.ts';
import { useBudgetCommands } from './use-budget-commands.ts';

type Props = {
  readonly answer: BudgetAnswer;
  readonly owner: BudgetOwner;
  readonly onDone: () => void;
};

/** The base amount, from now or from the next period on. */
export function AmountForm({ answer: { budget, currency }, owner, onDone }: Props) {
  const { unit, period } = budget;
  const [text, setText] = useState(textOfAmount(budget.amount, unit));
  const [from, setFrom] = useState<'now' | 'nextPeriod'>('now');
  const [reason, setReason] = useState('');
  const { setBase } = useBudgetCommands(owner, { onSaved: onDone });
  const amount = amountOfText(text, unit);
  return (
    <form
      className="flex flex-col gap-4"
      onSubmit={(event) => {
        event.preventDefault();
        if (amount !== null) setBase.run({ budgetId: budget.id, amount: amount.toString(), from, reason });
      }}
    >
      <TextField
        label="Amount for every period"
        inputMode="decimal"
        required
        value={text}
        suffix={unit === 'gpuHours' ? 'GPU-hours' : (currency ?? '')}
        onChange={(event) => setText(event.currentTarget.value)}
      />
      {period.kind === 'calendar' && (
        <Segmented
          label="From"
          value={from}
          onChange={setFrom}
          options={[
            { value: 'now', label: 'From now on' },
            { value: 'nextPeriod', label: 'From the next period on' },
          ]}
        />
      )}
      <TextField
        label="Reason"
        required={false}
        value={reason}
        maxLength={1_000}
        onChange={(event) => setReason(event.currentTarget.value)}
      />
      {setBase.error !== null && <Banner tone="bad" title={setBase.error} />}
      <FormActions>
        <Button
          type="submit"
          variant="primary"
          busy={setBase.busy}
          disabledReason={amount === null ? 'Give an amount such as 1200 or 1200.5.' : undefined}
        >
          Set the amount
        </Button>
      </FormActions>
    </form>
  );
}
