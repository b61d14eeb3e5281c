'use client';

import { useState } from 'react';
import type { ReportSchedule } from '../../domain/report.ts';
import { weekdays } from '../../domain/weekday.ts';
import { useProject } from '../project/project-context.tsx';
import { useTrpc } from '../trpc-provider.tsx';
import { Banner } from '../ui/banner.tsx';
import { Button } from '../ui/button.tsx';
import { SelectField } from '../ui/select-field.tsx';
import { TextField } from '../ui/text-field.tsx';
import { useCommand } from '../use-command.ts';

type ScheduleFormProps = {
  schedule: ReportSchedule | null;
  disabledReason: string | undefined;
  onDone: () => void;
};

const hours = Array.from({ length: 24 }, (_, hour) => ({
  value: String(hour),
  label: `${String(hour).padStart(2, '0')}:00`,
}));
const days = weekdays.map((label, index) => ({ value: String(index + 1), label }));

export function ScheduleForm({ schedule, disabledReason, onDone }: ScheduleFormProps) {
  const trpc = useTrpc();
  const { projectId } = useProject();
  const [draft, setDraft] = useState<ReportSchedule>(schedule ?? { weekday: 1, hour: 8, timeZone: 'UTC' });
  const set = useCommand((extra) => trpc.reports.set.mutationOptions(extra), { onDone });
  return (
    <form
      className="flex max-w-2xl flex-col gap-3"
      onSubmit={(event) => {
        event.preventDefault();
        set.run({ projectId, schedule: { ...draft, timeZone: draft.timeZone.trim() } });
      }}
    >
      <div className="grid gap-3 sm:grid-cols-3">
        <SelectField
          label="Day"
          options={days}
          value={String(draft.weekday)}
          onChange={(event) => setDraft({ ...draft, weekday: Number(event.currentTarget.value) })}
        />
        <SelectField
          label="Hour"
          options={hours}
          value={String(draft.hour)}
          onChange={(event) => setDraft({ ...draft, hour: Number(event.currentTarget.value) })}
        />
        <TextField
          label="Time zone"
          placeholder="Europe/Berlin"
          value={draft.timeZone}
          onChange={(event) => setDraft({ ...draft, timeZone: event.currentTarget.value })}
        />
      </div>
      {set.error !== null && <Banner tone="bad" title={set.error} />}
      <div className="flex gap-2">
        <Button type="submit" variant="primary" busy={set.busy} disabledReason={disabledReason}>
          {schedule === null ? 'Send it every week' : 'Change the time'}
        </Button>
        {schedule !== null && (
          <Button
            busy={set.busy}
            disabledReason={disabledReason}
            onClick={() => set.run({ projectId, schedule: null })}
          >
            Send it no more
          </Button>
        )}
      </div>
    </form>
  );
}
