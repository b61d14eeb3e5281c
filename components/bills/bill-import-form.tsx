'use client';

import { useRef, useState } from 'react';
import { BillError } from '../../domain/bill/focus-bill.ts';
import { monthOf } from '../../domain/bill/month.ts';
import { countText } from '../../domain/figure-text.ts';
import { useTrpc } from '../trpc-provider.tsx';
import { Banner } from '../ui/banner.tsx';
import { Button } from '../ui/button.tsx';
import { FileField } from '../ui/file-field.tsx';
import { FormActions } from '../ui/form-field.tsx';
import { ProgressBar } from '../ui/progress-bar.tsx';
import { TextField } from '../ui/text-field.tsx';
import { useCommand } from '../use-command.ts';
import { readFocus } from './read-focus.ts';

type Props = { readonly currency: string; readonly month: string; readonly onDone: (month: string) => void };
type Progress = { readonly share: number; readonly rows: number };

/** A month's bill in FOCUS: summed here in the browser, then only the sums are sent. */
export function BillImportForm({ currency, month: first, onDone }: Props) {
  const [month, setMonth] = useState(first);
  const [file, setFile] = useState<File | null>(null);
  const bill = useBillImport(currency, onDone);
  const range = monthOf(month);
  const missing =
    range === null ? 'Write the month as 2026-10.' : file === null ? 'Choose the bill.' : undefined;
  return (
    <form
      className="flex flex-col gap-4"
      onSubmit={(event) => {
        event.preventDefault();
        if (file !== null) void bill.run(file, month);
      }}
    >
      <TextField
        label="Month"
        type="month"
        placeholder="2026-10"
        hint="In UTC, as 2026-10. Charges of other months in the file are left out and counted."
        value={month}
        onChange={(event) => setMonth(event.currentTarget.value)}
      />
      <FileField
        label="Bill"
        accept=".csv,.gz,text/csv,application/gzip"
        hint={`FOCUS 1.0 or later as CSV, also in gzip, in ${currency}. It is read here in the browser; only sums by instance type are sent.`}
        onFile={setFile}
      />
      {bill.progress !== null && (
        <ProgressBar
          label={`${countText(bill.progress.rows)} rows read`}
          value={bill.progress.share}
          max={1}
        />
      )}
      {bill.error !== null && <Banner tone="bad" title={bill.error} />}
      <FormActions>
        {bill.progress !== null && <Button onClick={bill.cancel}>Cancel</Button>}
        <Button type="submit" variant="primary" busy={bill.busy} disabledReason={missing}>
          Import the bill
        </Button>
      </FormActions>
    </form>
  );
}

/** Reads a bill, tells how far it got, and sends its sums; may be cancelled until they are sent. */
function useBillImport(currency: string, onDone: (month: string) => void) {
  const trpc = useTrpc();
  const [progress, setProgress] = useState<Progress | null>(null);
  const [problem, setProblem] = useState<string | null>(null);
  const reading = useRef<AbortController | null>(null);
  const send = useCommand((extra) => trpc.bills.import.mutationOptions(extra), {
    onDone: (_result, input) => onDone(input.month),
  });
  const run = async (file: File, month: string) => {
    const range = monthOf(month);
    if (range === null) return;
    const { signal } = (reading.current = new AbortController());
    setProblem(null);
    setProgress({ share: 0, rows: 0 });
    try {
      const onProgress = (share: number, rows: number) => setProgress({ share, rows });
      const sums = await readFocus(file, { month: range, currency, signal, onProgress });
      if (sums.rows === 0) setProblem(`None of its ${countText(sums.outside)} charges is of ${month}.`);
      else send.run({ month, fileName: file.name, currency, ...sentAs(sums) });
    } catch (error) {
      if (error instanceof BillError) setProblem(error.message);
      else if (signal.aborted) setProblem('Cancelled; nothing was sent.');
      else throw error;
    } finally {
      setProgress(null);
    }
  };
  return {
    run,
    cancel: () => reading.current?.abort(),
    progress,
    busy: progress !== null || send.busy,
    error: problem ?? send.error,
  };
}

function sentAs({ lines, rows, outside }: Awaited<ReturnType<typeof readFocus>>) {
  return {
    rows,
    outside,
    bill: {
      schema: 1 as const,
      lines: lines.map((line) => ({
        ...line,
        billedNano: String(line.billedNano),
        effectiveNano: String(line.effectiveNano),
      })),
    },
  };
}
