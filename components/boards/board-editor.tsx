'use client';

import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { type BoardRange, boardRanges, mostCharts } from '../../domain/board-layout.ts';
import { useProject } from '../project/project-context.tsx';
import { useTrpc } from '../trpc-provider.tsx';
import { Banner } from '../ui/banner.tsx';
import { Button } from '../ui/button.tsx';
import { FormActions } from '../ui/form-field.tsx';
import { Kbd } from '../ui/kbd.tsx';
import { Panel } from '../ui/panel.tsx';
import { SelectField } from '../ui/select-field.tsx';
import { TextField } from '../ui/text-field.tsx';
import { useCommand } from '../use-command.ts';
import { AddChartForm } from './add-chart-form.tsx';
import type { BoardAnswer } from './board-answers.ts';
import { added, chartsOf, draftOf } from './board-draft.ts';
import { ChartRows } from './chart-rows.tsx';

type Head = { readonly name: string; readonly description: string; readonly range: BoardRange };
type Props = { readonly board: BoardAnswer; readonly onDone: () => void };

/** Name, order, size and charts of a board; saving makes a new version. */
export function BoardEditor({ board, onDone }: Props) {
  const trpc = useTrpc();
  const { projectId } = useProject();
  const [head, setHead] = useState<Head>({
    name: board.name,
    description: board.description,
    range: board.shown.spec.range,
  });
  const [draft, setDraft] = useState(() => draftOf(board.shown.spec));
  const subjects = useQuery(trpc.boards.subjects.queryOptions({ projectId })).data;
  const update = useCommand((extra) => trpc.boards.update.mutationOptions(extra), { onDone });
  return (
    <div className="flex flex-col gap-5">
      <HeadFields head={head} onChange={setHead} />
      <Panel
        flush
        title="Charts"
        description={
          <>
            On the handle of a chart, <Kbd>↑</Kbd> <Kbd>↓</Kbd> move it and <Kbd>←</Kbd> <Kbd>→</Kbd> change
            its size.
          </>
        }
      >
        <ChartRows draft={draft} subjects={subjects} onChange={(next) => setDraft([...next])} />
        {subjects !== undefined && (
          <div className="border-line border-t px-4 py-3">
            <AddChartForm
              subjects={subjects}
              disabledReason={
                draft.length >= mostCharts ? `A board has at most ${mostCharts} charts.` : undefined
              }
              onAdd={(spec) => setDraft(added(draft, { spec, title: null, size: 'half' }))}
            />
          </div>
        )}
      </Panel>
      {update.error !== null && <Banner tone="bad" title={update.error} />}
      <FormActions>
        <Button onClick={onDone}>Cancel</Button>
        <Button
          variant="primary"
          busy={update.busy}
          disabledReason={head.name.trim() === '' ? 'Give the board a name.' : undefined}
          onClick={() =>
            update.run({
              boardId: board.id,
              name: head.name,
              description: head.description,
              spec: { schema: 1, range: head.range, charts: chartsOf(draft) },
              basedOn: board.version,
            })
          }
        >
          Save
        </Button>
      </FormActions>
    </div>
  );
}

function HeadFields({ head, onChange }: { head: Head; onChange: (head: Head) => void }) {
  return (
    <Panel title="The board">
      <div className="grid gap-4 sm:grid-cols-[1fr_2fr_10rem]">
        <TextField
          label="Name"
          required
          maxLength={80}
          value={head.name}
          onChange={({ currentTarget: { value } }) => onChange({ ...head, name: value })}
        />
        <TextField
          label="What it shows"
          maxLength={300}
          value={head.description}
          onChange={({ currentTarget: { value } }) => onChange({ ...head, description: value })}
        />
        <SelectField
          label="Usual time range"
          value={head.range}
          options={boardRanges.map((value) => ({ value, label: value }))}
          onChange={({ currentTarget: { value } }) =>
            onChange({ ...head, range: boardRanges.find((each) => each === value) ?? head.range })
          }
        />
      </div>
    </Panel>
  );
}
