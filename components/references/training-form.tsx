'use client';

import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { CsvError } from '../../domain/csv.ts';
import { countText } from '../../domain/figure-text.ts';
import type { Connect } from '../connect/connect-answers.ts';
import { useTrpc } from '../trpc-provider.tsx';
import { Banner } from '../ui/banner.tsx';
import { Button } from '../ui/button.tsx';
import { FileField } from '../ui/file-field.tsx';
import { FormActions } from '../ui/form-field.tsx';
import { ProgressBar } from '../ui/progress-bar.tsx';
import { SelectField } from '../ui/select-field.tsx';
import { TextField } from '../ui/text-field.tsx';
import { useCommand } from '../use-command.ts';
import { countTable } from './count-table.ts';
import { TableError } from './table-lots.ts';

type Props = { readonly service: Connect['service']; readonly onDone: () => void };

/** A file of training data: it is counted in this browser, and only bins and counts are sent. */
export function TrainingForm({ service, onDone }: Props) {
  const [table, setTable] = useState<Table>({
    file: null,
    name: '',
    predictions: '',
    version: service.modelVersionId ?? '',
  });
  const { file, name, predictions, version } = table;
  const { share, problem, made, busy, error, count } = useCounting(service.id);
  if (made !== null) return <Made made={made} onDone={onDone} />;
  return (
    <form
      className="flex flex-col gap-4"
      onSubmit={(event) => {
        event.preventDefault();
        if (file !== null)
          void count(file, {
            name: name === '' ? file.name : name,
            predictions,
            modelVersionId: version || null,
          });
      }}
    >
      <TableFields
        service={service}
        table={table}
        onChange={(changed) => setTable({ ...table, ...changed })}
      />
      {share !== null && (
        <ProgressBar label="Counting" value={share} max={1} detail={`${Math.round(100 * share)} %`} />
      )}
      {(problem ?? error) !== null && <Banner tone="bad" title={problem ?? error} />}
      <FormActions>
        <Button
          type="submit"
          variant="primary"
          busy={busy}
          disabledReason={file === null ? 'Choose a file first.' : undefined}
        >
          Count and send
        </Button>
      </FormActions>
    </form>
  );
}

type Table = {
  readonly file: File | null;
  readonly name: string;
  readonly predictions: string;
  readonly version: string;
};
type TableFieldsProps = {
  readonly service: Connect['service'];
  readonly table: Table;
  readonly onChange: (changed: Partial<Table>) => void;
};

function TableFields({ service, table, onChange }: TableFieldsProps) {
  return (
    <>
      <FileField
        label="Table"
        required
        accept=".parquet,.csv,.jsonl,.ndjson"
        hint="Parquet, CSV or JSON lines with a column per feature. It is read in this browser, twice; no row is sent."
        onFile={(file) => onChange({ file })}
      />
      <TextField
        label="Columns that the model answers"
        mono
        value={table.predictions}
        placeholder="score"
        hint="Separated by commas; all others are its inputs."
        onChange={(event) => onChange({ predictions: event.currentTarget.value })}
      />
      <TextField
        label="Name"
        value={table.name}
        placeholder={table.file?.name ?? 'Training data of May'}
        onChange={(event) => onChange({ name: event.currentTarget.value })}
      />
      <SelectField
        label="Training data of"
        value={table.version}
        onChange={(event) => onChange({ version: event.currentTarget.value })}
        options={[
          ...(service.modelVersionId === null
            ? []
            : [
                {
                  value: service.modelVersionId,
                  label: `${service.modelName ?? ''} ${service.versionNumber ?? ''} (live)`,
                },
              ]),
          { value: '', label: 'no version in particular' },
        ]}
      />
    </>
  );
}

type Asked = { name: string; predictions: string; modelVersionId: string | null };
type Result = {
  readonly rows: number;
  readonly features: number;
  readonly leftOut: readonly { readonly name: string; readonly why: string }[];
};

function useCounting(serviceId: string) {
  const trpc = useTrpc();
  const client = useQueryClient();
  const [share, setShare] = useState<number | null>(null);
  const [problem, setProblem] = useState<string | null>(null);
  const [made, setMade] = useState<Result | null>(null);
  const create = useCommand((extra) => trpc.references.create.mutationOptions(extra), {
    onDone: (result) => {
      setMade(result);
      void client.invalidateQueries({ queryKey: trpc.monitoring.connect.queryKey({ serviceId }) });
    },
  });
  const count = async (file: File, { name, predictions, modelVersionId }: Asked) => {
    setProblem(null);
    create.reset();
    try {
      const { binning } = await client.fetchQuery(
        trpc.references.list.queryOptions({ serviceId }, { staleTime: 0 }),
      );
      const known = (binning?.features ?? []).flatMap((feature) =>
        [feature.name, ...feature.aliases].map((column) => [column, feature.binning] as const),
      );
      const answered = predictions.split(',').map((one) => one.trim());
      const options = { predictions: new Set(answered), known: new Map(known), onShare: setShare };
      const counts = await countTable(file, options);
      create.run({ kind: 'training', serviceId, name, modelVersionId, counts });
    } catch (error) {
      const isTold = error instanceof TableError || error instanceof RangeError || error instanceof CsvError;
      setProblem(isTold ? error.message : 'The file could not be counted; look at it and try again.');
    } finally {
      setShare(null);
    }
  };
  return { share, problem, made, busy: share !== null || create.busy, error: create.error, count };
}

function Made({ made, onDone }: { made: Result; onDone: () => void }) {
  return (
    <div className="flex flex-col gap-4">
      <Banner
        tone="ok"
        title={`${countText(made.rows)} rows are a reference of ${countText(made.features)} features.`}
      >
        {made.leftOut.length > 0 && (
          <ul className="mt-1 flex list-disc flex-col gap-1 pl-4">
            {made.leftOut.map(({ name, why }) => (
              <li key={name}>
                {name} is not counted: {why}
              </li>
            ))}
          </ul>
        )}
      </Banner>
      <FormActions>
        <Button variant="primary" onClick={onDone}>
          Close
        </Button>
      </FormActions>
    </div>
  );
}
