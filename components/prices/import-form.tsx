'use client';

import { useState } from 'react';
import { priceColumns } from '../../domain/price/price-csv.ts';
import { priceText } from '../../domain/price/price-words.ts';
import { useTrpc } from '../trpc-provider.tsx';
import { Banner } from '../ui/banner.tsx';
import { Button } from '../ui/button.tsx';
import { FileField } from '../ui/file-field.tsx';
import { FormActions } from '../ui/form-field.tsx';
import { useCommand } from '../use-command.ts';
import type { ImportPreview } from './price-answers.ts';

type Chosen = { readonly fileName: string; readonly csv: string };

/** A CSV file: first what it would do, then all of it or nothing. */
export function ImportForm({ currency, onDone }: { currency: string; onDone: () => void }) {
  const trpc = useTrpc();
  const [chosen, setChosen] = useState<Chosen | null>(null);
  const [preview, setPreview] = useState<ImportPreview | null>(null);
  const look = useCommand((extra) => trpc.prices.preview.mutationOptions(extra), { onDone: setPreview });
  const take = useCommand((extra) => trpc.prices.import.mutationOptions(extra), { onDone });
  const choose = async (file: File) => {
    setPreview(null);
    take.reset();
    const csv = await file.text();
    setChosen({ fileName: file.name, csv });
    look.run({ csv });
  };
  const error = take.error ?? look.error;
  return (
    <div className="flex flex-col gap-4">
      <FileField
        label="CSV file"
        accept=".csv,text/csv"
        hint={`Columns in any order: ${priceColumns.join(', ')}. Times in UTC, amounts in ${currency}.`}
        onFile={(file) => void choose(file)}
      />
      {look.busy && <Banner tone="progress" title="Looking at the file." />}
      {preview !== null && <PreviewOf preview={preview} currency={currency} />}
      {error !== null && <Banner tone="bad" title={error} />}
      <FormActions>
        <Button
          variant="primary"
          busy={take.busy}
          disabledReason={blockedBy(chosen, preview)}
          onClick={() => chosen !== null && take.run(chosen)}
        >
          {preview === null || preview.fresh === 0 ? 'Import' : `Import ${countOf(preview.fresh)}`}
        </Button>
      </FormActions>
    </div>
  );
}

const countOf = (count: number) => `${count} ${count === 1 ? 'price' : 'prices'}`;

function blockedBy(chosen: Chosen | null, preview: ImportPreview | null): string | undefined {
  if (chosen === null) return 'Choose a file first.';
  if (preview === null) return 'The file is not looked at yet.';
  if (preview.problems > 0) return 'Correct the rows first; a file is taken as a whole.';
  return preview.fresh === 0 ? 'Every row is in the book already.' : undefined;
}

function PreviewOf({ preview, currency }: { preview: ImportPreview; currency: string }) {
  const { fresh, present, problems, rows, sentences } = preview;
  const there = present === 0 ? '' : ` ${countOf(present)} are in the book already and stay as they are.`;
  if (problems > 0)
    return (
      <Banner tone="bad" title={`${problems} ${problems === 1 ? 'row' : 'rows'} cannot be taken.`}>
        <ul className="mt-1 flex list-disc flex-col gap-1 pl-4">
          {sentences.map(({ row, message }) => (
            <li key={row ?? 'file'}>
              {row === null ? '' : `Row ${row}: `}
              {message}
            </li>
          ))}
        </ul>
      </Banner>
    );
  return (
    <Banner tone="ok" title={`${countOf(fresh)} would be added.${there}`}>
      <ul className="mt-1 flex list-disc flex-col gap-1 pl-4">
        {rows.map((price) => (
          <li key={priceText(price, currency)}>{priceText(price, currency)}</li>
        ))}
        {fresh > rows.length && <li>and {fresh - rows.length} more</li>}
      </ul>
    </Banner>
  );
}
