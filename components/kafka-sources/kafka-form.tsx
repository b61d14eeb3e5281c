'use client';

import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useTrpc } from '../trpc-provider.tsx';
import { Banner } from '../ui/banner.tsx';
import { Button } from '../ui/button.tsx';
import { FormActions, FormGrid } from '../ui/form-field.tsx';
import { SelectField } from '../ui/select-field.tsx';
import { SwitchField } from '../ui/switch-field.tsx';
import { TextAreaField } from '../ui/text-area-field.tsx';
import { TextField } from '../ui/text-field.tsx';
import { useCommand } from '../use-command.ts';
import type { KafkaSource } from './kafka-answers.ts';
import { type Draft, draftOf, emptyDraft, fieldsOf, missingPart } from './kafka-draft.ts';

type Props = {
  readonly serviceId: string;
  readonly present: KafkaSource | null;
  readonly onDone: () => void;
};

/** Adds a topic that a service reads, or changes how it is read. */
export function KafkaForm({ serviceId, present, onDone }: Props) {
  const [draft, setDraft] = useState(() => (present === null ? emptyDraft : draftOf(present)));
  const { busy, error, save } = useSaving({ serviceId, present, onDone });
  const set = (change: Partial<Draft>) => setDraft({ ...draft, ...change });
  return (
    <form
      className="flex flex-col gap-4"
      onSubmit={(event) => {
        event.preventDefault();
        save(draft);
      }}
    >
      <LogFields draft={draft} set={set} isStored={present !== null} />
      <AccessFields draft={draft} set={set} isStored={present !== null} />
      {error !== null && <Banner tone="bad" title={error} />}
      <FormActions>
        <Button type="submit" variant="primary" busy={busy} disabledReason={missingPart(draft)}>
          {present === null ? 'Read this topic' : 'Save'}
        </Button>
      </FormActions>
    </form>
  );
}

function useSaving({ serviceId, present, onDone }: Props) {
  const trpc = useTrpc();
  const client = useQueryClient();
  const finish = () => {
    void client.invalidateQueries({ queryKey: trpc.kafkaSources.list.queryKey({ serviceId }) });
    onDone();
  };
  const create = useCommand((extra) => trpc.kafkaSources.create.mutationOptions(extra), { onDone: finish });
  const update = useCommand((extra) => trpc.kafkaSources.update.mutationOptions(extra), { onDone: finish });
  return {
    busy: create.busy || update.busy,
    error: create.error ?? update.error,
    save: (draft: Draft) => {
      const { startAt, ...fields } = fieldsOf(draft);
      if (present === null) create.run({ serviceId, startAt, ...fields });
      else update.run({ sourceId: present.id, ...fields });
    },
  };
}

type PartProps = {
  readonly draft: Draft;
  readonly set: (change: Partial<Draft>) => void;
  readonly isStored: boolean;
};

const formats = [
  { value: 'batch', label: 'Batches, as they are sent over HTTP' },
  { value: 'kserve', label: 'Events of KServe’s logger' },
];
const starts = [
  { value: 'latest', label: 'What comes from now on' },
  { value: 'earliest', label: 'All that the brokers still have' },
];

function LogFields({ draft, set, isStored }: PartProps) {
  return (
    <>
      <TextField
        label="Brokers"
        required
        mono
        autoComplete="off"
        placeholder="kafka-1.example:9093, kafka-2.example:9093"
        hint="Any of them name the others. An admin of the instance allows their hosts."
        value={draft.brokers}
        onChange={(event) => set({ brokers: event.currentTarget.value })}
      />
      <FormGrid>
        <TextField
          label="Topic"
          required
          mono
          autoComplete="off"
          value={draft.topic}
          onChange={(event) => set({ topic: event.currentTarget.value })}
        />
        <SelectField
          label="Its records are"
          value={draft.format}
          options={formats}
          onChange={(event) => set({ format: event.currentTarget.value as Draft['format'] })}
        />
        {!isStored && (
          <SelectField
            label="Read"
            value={draft.startAt}
            options={starts}
            onChange={(event) => set({ startAt: event.currentTarget.value as Draft['startAt'] })}
          />
        )}
      </FormGrid>
    </>
  );
}

const mechanisms = [
  { value: 'none', label: 'Nobody' },
  ...['SCRAM-SHA-512', 'SCRAM-SHA-256', 'PLAIN'].map((value) => ({ value, label: `A user, by ${value}` })),
];

function AccessFields({ draft, set, isStored }: PartProps) {
  return (
    <>
      <SwitchField label="TLS" checked={draft.tls} onChange={(tls) => set({ tls })} />
      {draft.tls && (
        <TextAreaField
          label="Certificate authority"
          hint="PEM; empty: those that the system trusts."
          mono
          rows={3}
          value={draft.caPem}
          onChange={(event) => set({ caPem: event.currentTarget.value })}
        />
      )}
      <FormGrid>
        <SelectField
          label="Who signs in"
          value={draft.mechanism}
          options={mechanisms}
          onChange={(event) => set({ mechanism: event.currentTarget.value as Draft['mechanism'] })}
        />
        {draft.mechanism !== 'none' && (
          <>
            <TextField
              label="User"
              required
              autoComplete="off"
              value={draft.username}
              onChange={(event) => set({ username: event.currentTarget.value })}
            />
            <TextField
              label="Password"
              type="password"
              autoComplete="new-password"
              hint={isStored ? 'Empty keeps the stored one, for the same user and brokers.' : undefined}
              value={draft.password}
              onChange={(event) => set({ password: event.currentTarget.value })}
            />
          </>
        )}
      </FormGrid>
    </>
  );
}
