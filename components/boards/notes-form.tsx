'use client';

import { useQuery } from '@tanstack/react-query';
import { Trash2 } from 'lucide-react';
import { useState } from 'react';
import type { ChartRange } from '../../domain/chart/chart-series.ts';
import { useProject } from '../project/project-context.tsx';
import { useTrpc } from '../trpc-provider.tsx';
import { Banner } from '../ui/banner.tsx';
import { Button } from '../ui/button.tsx';
import { useNow } from '../ui/clock.tsx';
import { FormActions } from '../ui/form-field.tsx';
import { IconButton } from '../ui/icon-button.tsx';
import { List, ListRow } from '../ui/list.tsx';
import { ExactTime } from '../ui/relative-time.tsx';
import { SelectField } from '../ui/select-field.tsx';
import { TextField } from '../ui/text-field.tsx';
import { useCommand } from '../use-command.ts';
import type { Note } from './board-answers.ts';

/** Notes of the shown time, and a form for another: each is a mark on the charts of its service or of all. */
export function NotesForm({ range, onDone }: { range: ChartRange; onDone: () => void }) {
  const trpc = useTrpc();
  const { projectId } = useProject();
  const services = useQuery(trpc.boards.subjects.queryOptions({ projectId })).data?.services ?? [];
  const now = useNow(60_000);
  const [text, setText] = useState('');
  const [at, setAt] = useState(() => new Date(Math.min(range.to, now)).toISOString().slice(0, 16));
  const [serviceId, setServiceId] = useState('');
  const annotate = useCommand((extra) => trpc.boards.annotate.mutationOptions(extra), { onDone });
  return (
    <div className="flex flex-col gap-5">
      <form
        className="flex flex-col gap-4"
        onSubmit={(event) => {
          event.preventDefault();
          annotate.run({
            projectId,
            serviceId: serviceId === '' ? null : serviceId,
            at: new Date(`${at}Z`),
            text,
          });
        }}
      >
        <TextField
          label="What happened"
          required
          maxLength={140}
          placeholder="Campaign began"
          value={text}
          onChange={(event) => setText(event.currentTarget.value)}
        />
        <div className="grid gap-4 sm:grid-cols-2">
          <TextField
            label="When (UTC)"
            type="datetime-local"
            required
            value={at}
            onChange={(event) => setAt(event.currentTarget.value)}
          />
          <SelectField
            label="On charts of"
            placeholder="All of the project"
            value={serviceId}
            options={services.map(({ id, name, environment }) => ({
              value: id,
              label: `${name} in ${environment}`,
            }))}
            onChange={(event) => setServiceId(event.currentTarget.value)}
          />
        </div>
        {annotate.error !== null && <Banner tone="bad" title={annotate.error} />}
        <FormActions>
          <Button
            type="submit"
            variant="primary"
            busy={annotate.busy}
            disabledReason={text.trim() === '' ? 'Say what happened.' : undefined}
          >
            Add the note
          </Button>
        </FormActions>
      </form>
      <NoteList range={range} />
    </div>
  );
}

function NoteList({ range }: { range: ChartRange }) {
  const trpc = useTrpc();
  const { projectId } = useProject();
  const asked = { projectId, from: new Date(range.from), to: new Date(range.to) };
  const notes = useQuery(trpc.boards.annotations.queryOptions(asked)).data ?? [];
  if (notes.length === 0) return null;
  return (
    <List label="Notes of the shown time">
      {notes.map((note) => (
        <NoteRow key={note.id} note={note} />
      ))}
    </List>
  );
}

function NoteRow({ note }: { note: Note }) {
  const trpc = useTrpc();
  const remove = useCommand((extra) => trpc.boards.removeAnnotation.mutationOptions(extra));
  return (
    <ListRow
      title={note.text}
      detail={
        remove.error ?? (
          <>
            <ExactTime at={note.at} /> by {note.by.name}
          </>
        )
      }
      aside={
        <IconButton
          size="small"
          label={`Remove "${note.text}"`}
          icon={Trash2}
          busy={remove.busy}
          onClick={() => remove.run({ annotationId: note.id })}
        />
      }
    />
  );
}
