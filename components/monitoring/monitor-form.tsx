'use client';

import { useState } from 'react';
import { lengthWords } from '../../domain/drift/drift-words.ts';
import { usualMostIds } from '../../domain/drift/label.ts';
import { monitorRefusal } from '../../domain/drift/monitor-rules.ts';
import { type WindowLength, windowLengths } from '../../domain/drift/window-clock.ts';
import { reasonOf } from '../rollouts/refusal-reason.ts';
import { useTrpc } from '../trpc-provider.tsx';
import { Banner } from '../ui/banner.tsx';
import { Button } from '../ui/button.tsx';
import { CheckboxField } from '../ui/checkbox-field.tsx';
import { FormActions, FormGrid } from '../ui/form-field.tsx';
import { SelectField } from '../ui/select-field.tsx';
import { TextField } from '../ui/text-field.tsx';
import { useCommand } from '../use-command.ts';
import type { ServiceMonitoring } from './monitoring-answers.ts';
import { referenceWords } from './monitoring-words.ts';

type Monitor = ServiceMonitoring['monitor'];
type ReferenceKind = keyof typeof referenceWords;
type Draft = {
  readonly windowLength: WindowLength;
  readonly referenceKind: ReferenceKind;
  readonly timeZone: string;
  readonly needed: string;
  readonly of: string;
  readonly cooldownHours: string;
  readonly factor: string;
  readonly delayDays: string;
  readonly threshold: string;
  readonly byId: boolean;
  readonly mostIds: string;
  readonly segmentColumn: string;
};

function draftOf({ windowLength, referenceKind, settings }: Monitor): Draft {
  const { persistence, traffic, timeZone, labels } = settings;
  return {
    windowLength,
    referenceKind,
    timeZone,
    needed: String(persistence.needed),
    of: String(persistence.of),
    cooldownHours: String(persistence.cooldownHours),
    factor: String(traffic.factor),
    delayDays: String(labels.delayHours / 24),
    threshold: String(labels.threshold),
    byId: labels.byId !== null,
    mostIds: String(labels.byId?.mostIds ?? usualMostIds),
    segmentColumn: settings.segmentColumn ?? '',
  };
}

type Props = {
  readonly monitor: Monitor;
  readonly segmentColumns: ServiceMonitoring['segmentColumns'];
  readonly onDone: () => void;
};

/** Length of windows, what they are compared with, and when what drifted becomes an alert. */
export function MonitorForm({ monitor, segmentColumns, onDone }: Props) {
  const trpc = useTrpc();
  const [draft, setDraft] = useState(() => draftOf(monitor));
  const set = (change: Partial<Draft>) => setDraft({ ...draft, ...change });
  const update = useCommand((extra) => trpc.monitors.update.mutationOptions(extra), { onDone });
  const send = () =>
    update.run({
      monitorId: monitor.id,
      windowLength: draft.windowLength,
      referenceKind: draft.referenceKind,
      seenGeneration: monitor.generation,
      settings: {
        ...monitor.settings,
        timeZone: draft.timeZone,
        persistence: {
          needed: Number(draft.needed),
          of: Number(draft.of),
          cooldownHours: Number(draft.cooldownHours),
        },
        traffic: { ...monitor.settings.traffic, factor: Number(draft.factor) },
        segmentColumn: draft.segmentColumn === '' ? null : draft.segmentColumn,
        labels: {
          delayHours: Number(draft.delayDays) * 24,
          threshold: Number(draft.threshold),
          byId: draft.byId ? { mostIds: Number(draft.mostIds) } : null,
        },
      },
    });
  return (
    <form
      className="flex flex-col gap-4"
      onSubmit={(event) => {
        event.preventDefault();
        send();
      }}
    >
      <JudgedFields draft={draft} set={set} />
      <AlertFields draft={draft} set={set} />
      <LabelFields draft={draft} set={set} />
      <SelectField
        label="Rows are parted by"
        value={draft.segmentColumn}
        hint="Predictions and the first 20 inputs are then counted by its 20 most frequent values too, by the hour."
        onChange={(event) => set({ segmentColumn: event.currentTarget.value })}
        options={[
          { value: '', label: 'nothing' },
          ...segmentColumns.map(({ featureId, name }) => ({ value: featureId, label: name })),
        ]}
      />
      {update.error !== null && <Banner tone="bad" title={update.error} />}
      <FormActions>
        <Button
          type="submit"
          variant="primary"
          busy={update.busy}
          disabledReason={reasonOf(monitorRefusal(draft))}
        >
          Save
        </Button>
      </FormActions>
    </form>
  );
}

type FieldsProps = { readonly draft: Draft; readonly set: (change: Partial<Draft>) => void };

function JudgedFields({ draft, set }: FieldsProps) {
  const kinds: ReferenceKind[] = ['sameHours', 'fixedWindow', 'training'];
  return (
    <FormGrid>
      <SelectField
        label="One window is"
        value={draft.windowLength}
        hint="The shortest whose rows are worth 200 independent ones."
        onChange={(event) =>
          set({ windowLength: windowLengths.find((one) => one === event.currentTarget.value) ?? 'hour' })
        }
        options={windowLengths.map((one) => ({ value: one, label: lengthWords[one] }))}
      />
      <SelectField
        label="Compared with"
        value={draft.referenceKind}
        onChange={(event) =>
          set({ referenceKind: kinds.find((one) => one === event.currentTarget.value) ?? 'sameHours' })
        }
        options={kinds.map((one) => ({ value: one, label: referenceWords[one] }))}
      />
      <TextField
        label="Time zone"
        required
        value={draft.timeZone}
        hint="Days and hours of the week are those of its clocks."
        onChange={(event) => set({ timeZone: event.currentTarget.value })}
      />
    </FormGrid>
  );
}

function AlertFields({ draft, set }: FieldsProps) {
  return (
    <FormGrid>
      <TextField
        label="An alert needs so many drifted windows"
        inputMode="numeric"
        required
        value={draft.needed}
        onChange={(event) => set({ needed: event.currentTarget.value })}
      />
      <TextField
        label="Of the last"
        inputMode="numeric"
        required
        value={draft.of}
        onChange={(event) => set({ of: event.currentTarget.value })}
      />
      <TextField
        label="Rest after it has cleared"
        inputMode="decimal"
        required
        suffix="hours"
        value={draft.cooldownHours}
        onChange={(event) => set({ cooldownHours: event.currentTarget.value })}
      />
      <TextField
        label="Rows are unusual from"
        inputMode="decimal"
        required
        suffix="times"
        value={draft.factor}
        onChange={(event) => set({ factor: event.currentTarget.value })}
      />
    </FormGrid>
  );
}

function LabelFields({ draft, set }: FieldsProps) {
  return (
    <>
      <FormGrid>
        <TextField
          label="Labels are there after"
          inputMode="decimal"
          required
          suffix="days"
          value={draft.delayDays}
          hint="At most 7. Older predictions are measured, newer ones estimated."
          onChange={(event) => set({ delayDays: event.currentTarget.value })}
        />
        <TextField
          label="A score decides positive from"
          inputMode="decimal"
          required
          value={draft.threshold}
          onChange={(event) => set({ threshold: event.currentTarget.value })}
        />
      </FormGrid>
      <CheckboxField
        label="Labels find their prediction by id"
        hint="A keyed hash of each id is kept with the bins of its prediction, a day longer than labels take and at most 7 days. Ids themselves are never stored."
        checked={draft.byId}
        onChange={(event) => set({ byId: event.currentTarget.checked })}
      />
      {draft.byId && (
        <FormGrid>
          <TextField
            label="Ids kept at most"
            inputMode="numeric"
            required
            value={draft.mostIds}
            hint="Predictions beyond that are counted, but no label finds them by id; the Connect page tells how many."
            onChange={(event) => set({ mostIds: event.currentTarget.value })}
          />
        </FormGrid>
      )}
    </>
  );
}
