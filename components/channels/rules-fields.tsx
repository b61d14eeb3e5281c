'use client';

import { noticeKinds } from '../../domain/notice-kind.ts';
import { kindWord } from '../notices/notice-words.ts';
import { CheckboxField } from '../ui/checkbox-field.tsx';
import { Fieldset, FormGrid } from '../ui/form-field.tsx';
import { Panel } from '../ui/panel.tsx';
import { SelectField } from '../ui/select-field.tsx';
import { SwitchField } from '../ui/switch-field.tsx';
import { TextField } from '../ui/text-field.tsx';
import type { Draft } from './channel-draft.ts';
import type { FieldsProps } from './channel-fields.tsx';

/** Who hears what, and when. */
export function RulesFields({ draft, onChange }: Omit<FieldsProps, 'isStored'>) {
  const set = (change: Partial<Draft>) => onChange({ ...draft, ...change });
  const toggle = (kind: Draft['muted'][number], told: boolean) =>
    set({ muted: told ? draft.muted.filter((each) => each !== kind) : [...draft.muted, kind] });
  return (
    <Panel title="What it tells">
      <div className="flex flex-col gap-5">
        <SelectField
          label="Severity"
          value={draft.severity}
          hint="High is what goes wrong by itself in production. What people did, and everything outside production, is low."
          onChange={(event) => set({ severity: event.currentTarget.value as Draft['severity'] })}
          options={[
            { value: 'all', label: 'high and low' },
            { value: 'high', label: 'only high' },
          ]}
        />
        <Fieldset legend="Kinds">
          <div className="clear-both grid grid-cols-1 gap-2 sm:grid-cols-2">
            {noticeKinds.map((kind) => (
              <CheckboxField
                key={kind}
                label={kindWord(kind)}
                checked={!draft.muted.includes(kind)}
                onChange={(event) => toggle(kind, event.currentTarget.checked)}
              />
            ))}
          </div>
        </Fieldset>
        {draft.kind === 'smtp' && (
          <Fieldset legend="Also to">
            <div className="clear-both flex flex-col gap-2">
              <CheckboxField
                label="the owner of the service"
                checked={draft.toOwner}
                onChange={(event) => set({ toOwner: event.currentTarget.checked })}
              />
              <CheckboxField
                label="those who may sign a request"
                checked={draft.toSigners}
                onChange={(event) => set({ toSigners: event.currentTarget.checked })}
              />
            </div>
          </Fieldset>
        )}
        <QuietFields draft={draft} set={set} />
      </div>
    </Panel>
  );
}

function QuietFields({ draft, set }: { draft: Draft; set: (change: Partial<Draft>) => void }) {
  const here = Intl.DateTimeFormat().resolvedOptions().timeZone;
  return (
    <div className="flex flex-col gap-3">
      <SwitchField
        label="Quiet hours"
        hint="What is low waits for their end and then comes as one message; what is high comes at once."
        checked={draft.isQuiet}
        onChange={(isQuiet) =>
          set({ isQuiet, ...(isQuiet && draft.timeZone === 'UTC' ? { timeZone: here } : {}) })
        }
      />
      {draft.isQuiet && (
        <FormGrid columns={3}>
          <TextField
            label="From"
            type="time"
            required
            value={draft.quietFrom}
            onChange={(event) => set({ quietFrom: event.currentTarget.value })}
          />
          <TextField
            label="To"
            type="time"
            required
            value={draft.quietTo}
            onChange={(event) => set({ quietTo: event.currentTarget.value })}
          />
          <TextField
            label="Time zone"
            required
            value={draft.timeZone}
            onChange={(event) => set({ timeZone: event.currentTarget.value })}
          />
        </FormGrid>
      )}
    </div>
  );
}
