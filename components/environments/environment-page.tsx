'use client';

import { useSuspenseQuery } from '@tanstack/react-query';
import { Radar } from 'lucide-react';
import { useState } from 'react';
import { isFit } from '../../domain/metrics-probe.ts';
import { permissionReason } from '../project/permission-reason.ts';
import { useProject } from '../project/project-context.tsx';
import { useTrpc } from '../trpc-provider.tsx';
import { Banner } from '../ui/banner.tsx';
import { Button } from '../ui/button.tsx';
import { ButtonLink } from '../ui/button-link.tsx';
import { ConfirmDialog } from '../ui/confirm-dialog.tsx';
import { FormActions } from '../ui/form-field.tsx';
import { useRouter } from '../ui/navigation.ts';
import { Page } from '../ui/page.tsx';
import { PageHeader } from '../ui/page-header.tsx';
import { useCommand } from '../use-command.ts';
import type { EnvironmentRow } from './environment-answers.ts';
import {
  changeableOf,
  draftOfEnvironment,
  type EnvironmentDraft,
  emptyEnvironment,
  missingPart,
} from './environment-draft.ts';
import { EnvironmentFields } from './environment-fields.tsx';
import { draftOfMetrics, secretOf, sourceOf } from './metrics-draft.ts';
import { type Trial, useMetricsTrial } from './metrics-panel.tsx';

/** Creates an environment, or changes one; both lead back to the list. */
export function EnvironmentPage({ environmentId }: { environmentId: string | null }) {
  const trpc = useTrpc();
  const { projectId } = useProject();
  const { data } = useSuspenseQuery(trpc.environments.list.queryOptions({ projectId }));
  const present = data.find((row) => row.id === environmentId) ?? null;
  if (environmentId !== null && present === null)
    return (
      <Page>
        <Banner tone="neutral" title="There is no such environment in this project." />
      </Page>
    );
  return <EnvironmentForm key={present?.id ?? 'new'} present={present} />;
}

/** The draft with its trial: what a submit does, and why it may not. */
function useEnvironmentForm(present: EnvironmentRow | null) {
  const trpc = useTrpc();
  const router = useRouter();
  const { projectId } = useProject();
  const [draft, setDraft] = useState(() =>
    present === null ? emptyEnvironment : draftOfEnvironment(present),
  );
  const [isAsking, setIsAsking] = useState(false);
  const trial = useMetricsTrial({ present, namespace: draft.namespace }, draft.metrics);
  const back = () => router.push('/settings/environments');
  const create = useCommand((extra) => trpc.environments.create.mutationOptions(extra), { onDone: back });
  const update = useCommand((extra) => trpc.environments.update.mutationOptions(extra), { onDone: back });
  const needsTrial = hasNewSource(draft, present);
  const save = () => {
    const { clusterId, namespace } = draft;
    setIsAsking(false);
    if (present === null)
      create.run({ projectId, clusterId, namespace: namespace.trim(), ...changeableOf(draft) });
    else update.run({ environmentId: present.id, ...changeableOf(draft) });
  };
  const submit = async () => {
    if (!needsTrial) return save();
    const probe = trial.isOld || trial.probe === null ? await trial.run() : trial.probe;
    if (probe === null || !probe.reachable) return;
    if (isFit(probe)) save();
    else setIsAsking(true);
  };
  return {
    draft,
    setDraft,
    trial,
    submit,
    save,
    isAsking,
    setIsAsking,
    error: create.error ?? update.error,
    busy: create.busy || update.busy || trial.busy,
    blocked: missingPart(draft) ?? (needsTrial ? blockedByTrial(trial) : undefined),
  };
}

function EnvironmentForm({ present }: { present: EnvironmentRow | null }) {
  const { viewer } = useProject();
  const form = useEnvironmentForm(present);
  const { draft } = form;
  const reason = permissionReason(present === null ? 'environments.create' : 'environments.update', viewer);
  return (
    <Page>
      <PageHeader
        title={present === null ? 'New environment' : present.name}
        crumb={present === null ? 'New' : present.name}
        back={{ href: '/settings/environments', label: 'Environments' }}
        actions={
          present !== null && (
            <ButtonLink href={`/services/discover?environment=${present.id}`} icon={Radar}>
              Discover what runs
            </ButtonLink>
          )
        }
      />
      <form
        className="flex max-w-3xl flex-col gap-5"
        onSubmit={(event) => {
          event.preventDefault();
          void form.submit();
        }}
      >
        <EnvironmentFields draft={draft} onChange={form.setDraft} present={present} trial={form.trial} />
        {present !== null && draft.policyId !== present.policyId && (
          <Banner
            tone="warn"
            title="Open requests of this environment become void when it follows another policy."
          />
        )}
        {form.error !== null && <Banner tone="bad" title={form.error} />}
        <FormActions>
          <ButtonLink href="/settings/environments">Cancel</ButtonLink>
          <Button type="submit" variant="primary" busy={form.busy} disabledReason={reason ?? form.blocked}>
            {present === null ? 'Create the environment' : 'Save'}
          </Button>
        </FormActions>
      </form>
      <ConfirmDialog
        title="Save with queries that give nothing?"
        description="What is marked as missing is not measured: rollouts that compare revisions get no evidence and are held until a person decides."
        confirmLabel="Save all the same"
        open={form.isAsking}
        onOpenChange={form.setIsAsking}
        onConfirm={form.save}
      />
    </Page>
  );
}

/** A Prometheus that is not stored like this yet is tried out before it is. */
function hasNewSource({ metrics }: EnvironmentDraft, present: EnvironmentRow | null): boolean {
  if (metrics.kind !== 'prometheus') return false;
  if (present === null || secretOf(metrics) !== null) return true;
  const stored = sourceOf(draftOfMetrics(present.metricsSource));
  return JSON.stringify(sourceOf(metrics)) !== JSON.stringify(stored);
}

function blockedByTrial({ missing, probe, isOld }: Trial): string | undefined {
  if (missing !== undefined) return missing;
  return probe !== null && !probe.reachable && !isOld
    ? 'The metrics source does not answer; correct it and try the queries again.'
    : undefined;
}
