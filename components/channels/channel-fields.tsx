'use client';

import { AllowHost } from '../egress/allow-host.tsx';
import { permissionReason } from '../project/permission-reason.ts';
import { useProject } from '../project/project-context.tsx';
import { Button } from '../ui/button.tsx';
import { CheckboxField } from '../ui/checkbox-field.tsx';
import { CopyButton } from '../ui/copy-button.tsx';
import { FormGrid } from '../ui/form-field.tsx';
import { Panel } from '../ui/panel.tsx';
import { SelectField } from '../ui/select-field.tsx';
import { TextField } from '../ui/text-field.tsx';
import { type Draft, newSigningSecret, secretLabel } from './channel-draft.ts';
import { channelKindWords, formatWords } from './channel-words.ts';

export type FieldsProps = {
  readonly draft: Draft;
  readonly onChange: (draft: Draft) => void;
  /** A stored channel keeps its kind, and its secret as long as it leads to the same receiver. */
  readonly isStored: boolean;
};

/** Where the channel leads. */
export function TargetFields({ draft, onChange, isStored }: FieldsProps) {
  const set = (change: Partial<Draft>) => onChange({ ...draft, ...change });
  return (
    <Panel title="Where it leads">
      <div className="flex flex-col gap-4">
        <FormGrid>
          <TextField
            label="Name"
            required
            autoComplete="off"
            placeholder="on call"
            value={draft.name}
            onChange={(event) => set({ name: event.currentTarget.value })}
          />
          <SelectField
            label="Kind"
            value={draft.kind}
            disabled={isStored}
            onChange={(event) => set({ kind: event.currentTarget.value as Draft['kind'] })}
            options={Object.entries(channelKindWords).map(([value, label]) => ({ value, label }))}
          />
        </FormGrid>
        {draft.kind === 'smtp' ? (
          <MailFields draft={draft} set={set} />
        ) : (
          <HookFields {...{ draft, set, isStored }} />
        )}
        <SecretField {...{ draft, set, isStored }} />
      </div>
    </Panel>
  );
}

type PartProps = { readonly draft: Draft; readonly set: (change: Partial<Draft>) => void };

const urlHints: Record<Draft['format'], string> = {
  own: 'A body of our own, signed as Standard Webhooks.',
  pagerduty: 'https://events.pagerduty.com/v2/enqueue',
  opsgenie: 'https://api.opsgenie.com/v2/alerts, or api.eu.opsgenie.com',
  alertmanager: 'Whatever takes the webhooks of Alertmanager, version 4; signed as Standard Webhooks.',
};

function HookFields({ draft, set, isStored }: PartProps & { isStored: boolean }) {
  if (draft.kind === 'slack')
    return (
      <>
        <TextField
          label="Address of the incoming webhook"
          type="password"
          mono
          autoComplete="off"
          required={!isStored}
          hint={
            isStored
              ? 'It is stored sealed and never shown again; leave it empty to keep it.'
              : 'From the Slack app that you made for this: https://hooks.slack.com/services/… It is stored sealed.'
          }
          value={draft.url}
          onChange={(event) => set({ url: event.currentTarget.value })}
        />
        <CheckboxField
          label="Pictures of the weekly report"
          hint="Slack fetches them by addresses that end after 30 days, with labels instead of names, and keeps its own copy, which cannot be recalled. Only where this console answers from outside; otherwise the report comes in words."
          checked={draft.pictures}
          onChange={(event) => set({ pictures: event.currentTarget.checked })}
        />
      </>
    );
  return (
    <FormGrid>
      <SelectField
        label="Body for"
        value={draft.format}
        onChange={(event) => set({ format: event.currentTarget.value as Draft['format'], secret: '' })}
        options={Object.entries(formatWords).map(([value, label]) => ({ value, label }))}
      />
      <TextField
        label="Address"
        type="url"
        mono
        required
        hint={urlHints[draft.format]}
        value={draft.url}
        onChange={(event) => set({ url: event.currentTarget.value })}
      />
    </FormGrid>
  );
}

function MailFields({ draft, set }: PartProps) {
  return (
    <>
      <FormGrid columns={3}>
        <TextField
          label="Mail server"
          mono
          required
          placeholder="smtp.example.com"
          value={draft.host}
          onChange={(event) => set({ host: event.currentTarget.value })}
        />
        <TextField
          label="Port"
          inputMode="numeric"
          required
          value={draft.port}
          onChange={(event) => set({ port: event.currentTarget.value })}
        />
        <SelectField
          label="Encryption"
          value={draft.security}
          onChange={(event) => set({ security: event.currentTarget.value as Draft['security'] })}
          options={[
            { value: 'startTls', label: 'STARTTLS, required' },
            { value: 'tls', label: 'TLS from the start' },
            { value: 'none', label: 'none' },
          ]}
        />
      </FormGrid>
      <FormGrid>
        <TextField
          label="User"
          required={false}
          autoComplete="off"
          value={draft.username}
          onChange={(event) => set({ username: event.currentTarget.value })}
        />
        <TextField
          label="From"
          type="email"
          required
          placeholder="fairlead@example.com"
          value={draft.from}
          onChange={(event) => set({ from: event.currentTarget.value })}
        />
      </FormGrid>
      <TextField
        label="Always to"
        required={false}
        hint="Addresses that hear everything of this channel, with commas between."
        value={draft.to}
        onChange={(event) => set({ to: event.currentTarget.value })}
      />
    </>
  );
}

function SecretField({ draft, set, isStored }: PartProps & { isStored: boolean }) {
  const label = secretLabel(draft);
  if (label === null) return null;
  const isSigning = label === 'Signing secret';
  return (
    <div className="flex flex-col gap-2">
      <TextField
        label={label}
        type={isSigning && draft.secret !== '' ? 'text' : 'password'}
        mono
        autoComplete="off"
        required={!isStored}
        hint={
          isStored
            ? 'Stored sealed and never shown again; leave it empty to keep it for the same receiver.'
            : 'Stored sealed: only the worker opens it, and no page shows it again.'
        }
        suffix={
          isSigning && draft.secret !== '' ? (
            <CopyButton text={draft.secret} label="Copy the secret" />
          ) : undefined
        }
        value={draft.secret}
        onChange={(event) => set({ secret: event.currentTarget.value })}
      />
      {isSigning && (
        <div>
          <Button size="small" onClick={() => set({ secret: newSigningSecret() })}>
            Make a new secret
          </Button>
        </div>
      )}
    </div>
  );
}

/** An instance admin lets a private receiver be called without leaving the form. */
export function PrivateReceiver({ draft }: { draft: Draft }) {
  const { viewer } = useProject();
  const host =
    draft.kind === 'smtp' ? draft.host.trim() : URL.canParse(draft.url) ? new URL(draft.url).hostname : '';
  if (permissionReason('egress.allow', viewer) !== undefined || host === '') return null;
  return (
    <Panel
      title="Is the receiver private?"
      description="Only public addresses are called, and the hosts that you allow."
    >
      <AllowHost key={host} target={host} purpose={`Channel ${draft.name}`} />
    </Panel>
  );
}
