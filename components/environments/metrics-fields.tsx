'use client';

import { metricPresets, presetOf } from '../../domain/metric-profile-presets.ts';
import { FormGrid } from '../ui/form-field.tsx';
import { Panel } from '../ui/panel.tsx';
import { ExactTime } from '../ui/relative-time.tsx';
import { SelectField } from '../ui/select-field.tsx';
import { TextField } from '../ui/text-field.tsx';
import type { MetricsDraft } from './metrics-draft.ts';
import { ProfileFields } from './profile-fields.tsx';

const kinds = [
  { value: 'prometheus', label: 'Prometheus, Thanos or Mimir' },
  { value: 'sandbox', label: 'The sandbox (simulated)' },
  { value: 'none', label: 'None: every judgement needs a person' },
] as const;
const signIns = [
  { value: 'none', label: 'None' },
  { value: 'bearer', label: 'Bearer token' },
  { value: 'basic', label: 'User name and password' },
] as const;

export type MetricsProps = {
  readonly draft: MetricsDraft;
  readonly onChange: (draft: MetricsDraft) => void;
};
type Props = MetricsProps & {
  /** When the stored secret was typed in; null without one. */
  readonly secretAt: Date | null;
  readonly children: React.ReactNode;
};

/** Where requests and errors are counted, how that place is asked, and by which names. */
export function MetricsFields({ draft, onChange, secretAt, children }: Props) {
  return (
    <Panel
      title="Metrics"
      description="Without metrics there is no evidence, and missing data never raises a weight"
    >
      <div className="flex flex-col gap-4">
        <FormGrid>
          <SelectField
            label="Source"
            options={kinds}
            value={draft.kind}
            onChange={(event) => {
              const found = kinds.find((kind) => kind.value === event.currentTarget.value);
              if (found !== undefined) onChange({ ...draft, kind: found.value });
            }}
          />
          {draft.kind === 'prometheus' && (
            <TextField
              label="Address"
              required
              mono
              placeholder="http://prometheus.monitoring:9090"
              hint="The base under which /api/v1/query lies."
              value={draft.url}
              onChange={(event) => onChange({ ...draft, url: event.currentTarget.value })}
            />
          )}
        </FormGrid>
        {draft.kind === 'prometheus' && (
          <>
            <SignInFields draft={draft} onChange={onChange} secretAt={secretAt} />
            <ProfileChoice draft={draft} onChange={onChange} />
            {children}
          </>
        )}
      </div>
    </Panel>
  );
}

function SignInFields({ draft, onChange, secretAt }: MetricsProps & { secretAt: Date | null }) {
  const kept =
    secretAt === null ? undefined : (
      <>
        Set, replaced at <ExactTime at={secretAt} />. Leave it empty to keep it; a new address needs it again.
      </>
    );
  const bound = (key: 'token' | 'username' | 'password' | 'tenantHeader' | 'tenantValue') => ({
    value: draft[key],
    autoComplete: 'off',
    onChange: (event: React.ChangeEvent<HTMLInputElement>) =>
      onChange({ ...draft, [key]: event.currentTarget.value }),
  });
  return (
    <FormGrid>
      <SelectField
        label="Sign-in"
        options={signIns}
        value={draft.auth}
        onChange={(event) => {
          const found = signIns.find((kind) => kind.value === event.currentTarget.value);
          if (found !== undefined) onChange({ ...draft, auth: found.value });
        }}
      />
      {draft.auth === 'bearer' && (
        <TextField
          label="Token"
          type="password"
          mono
          required={kept === undefined}
          hint={kept ?? 'Only the worker can open it once it is stored.'}
          {...bound('token')}
        />
      )}
      {draft.auth === 'basic' && (
        <>
          <TextField label="User name" required={kept === undefined} {...bound('username')} />
          <TextField
            label="Password"
            type="password"
            required={kept === undefined}
            hint={kept ?? 'Only the worker can open it once it is stored.'}
            {...bound('password')}
          />
        </>
      )}
      <TextField
        label="Tenant header"
        required={false}
        mono
        placeholder="X-Scope-OrgID"
        hint="X-Scope-OrgID for Mimir, THANOS-TENANT for Thanos."
        {...bound('tenantHeader')}
      />
      <TextField label="Tenant" required={draft.tenantHeader !== ''} mono {...bound('tenantValue')} />
    </FormGrid>
  );
}

function ProfileChoice({ draft, onChange }: MetricsProps) {
  const preset = draft.isCustom ? null : presetOf(draft.profile);
  const choose = (id: string) => {
    const found = metricPresets.find((each) => each.id === id);
    onChange(
      found === undefined
        ? { ...draft, isCustom: true }
        : { ...draft, profile: found.profile, isCustom: false },
    );
  };
  return (
    <div className="flex flex-col gap-3">
      <SelectField
        label="Metric profile"
        options={[
          ...metricPresets.map(({ id, title }) => ({ value: id, label: title })),
          { value: 'custom', label: 'Custom' },
        ]}
        value={preset?.id ?? 'custom'}
        onChange={(event) => choose(event.currentTarget.value)}
        hint={preset?.note ?? 'Names of counters and labels of your own; patterns are explained below.'}
      />
      <details open={draft.isCustom || undefined}>
        <summary className="text-accent">Names of counters and labels</summary>
        <div className="pt-3">
          <ProfileFields draft={draft} onChange={onChange} />
        </div>
      </details>
    </div>
  );
}
