'use client';

import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { hostOfUrl } from '../../domain/egress-target.ts';
import type { MetricsProbe } from '../../domain/metrics-probe.ts';
import { AllowHost } from '../egress/allow-host.tsx';
import { permissionReason } from '../project/permission-reason.ts';
import { useProject } from '../project/project-context.tsx';
import { errorSentence } from '../refusal-of.ts';
import { useTrpc } from '../trpc-provider.tsx';
import type { EnvironmentRow } from './environment-answers.ts';
import { type MetricsDraft, secretOf, sourceOf } from './metrics-draft.ts';
import { MetricsFields } from './metrics-fields.tsx';
import { MetricsTrial, type TrialTarget } from './metrics-trial.tsx';

/** What was tried, and what it gave. */
export type Tried = { readonly key: string; readonly probe: MetricsProbe };

type Place = { readonly present: EnvironmentRow | null; readonly namespace: string };

/** The settings that a trial is of; another key means that it has to be run again. */
function triedKey(draft: MetricsDraft): string {
  return JSON.stringify([sourceOf(draft), secretOf(draft)]);
}

/** Trials of the source in a form: `run` gives the answer of the settings as they are now. */
export function useMetricsTrial({ present, namespace }: Place, draft: MetricsDraft) {
  const trpc = useTrpc();
  const { projectId } = useProject();
  const [target, setTarget] = useState<TrialTarget>({ serviceId: '', workload: '' });
  const [tried, setTried] = useState<Tried | null>(null);
  const asking = useMutation(trpc.environments.probeMetrics.mutationOptions());
  const key = triedKey(draft);
  const workload = target.workload.trim();
  const missing = missingForTrial(draft, { namespace, target });
  const run = async (): Promise<MetricsProbe | null> => {
    if (missing !== undefined) return null;
    const probe = await asking
      .mutateAsync({
        projectId,
        environmentId: present?.id ?? null,
        source: sourceOf(draft),
        secret: secretOf(draft),
        on:
          target.serviceId === ''
            ? { namespace: namespace.trim(), serviceName: workload }
            : { serviceId: target.serviceId },
      })
      .catch(() => null);
    if (probe !== null) setTried({ key, probe });
    return probe;
  };
  return {
    target,
    setTarget,
    run,
    missing,
    probe: tried?.probe ?? null,
    isOld: tried !== null && tried.key !== key,
    error: asking.error === null ? null : errorSentence(asking.error),
    busy: asking.isPending,
  };
}
export type Trial = ReturnType<typeof useMetricsTrial>;

function missingForTrial(
  draft: MetricsDraft,
  { namespace, target }: { namespace: string; target: TrialTarget },
): string | undefined {
  if (hostOfUrl(draft.url.trim()) === null) return 'Give the address of the source first.';
  if (target.serviceId !== '') return undefined;
  if (namespace.trim() === '') return 'Give the namespace of the environment first.';
  return target.workload.trim() === '' ? 'Name a workload to try the queries on.' : undefined;
}

type Props = Place & {
  readonly draft: MetricsDraft;
  readonly onChange: (draft: MetricsDraft) => void;
  readonly trial: Trial;
};

/** The metrics source with its trial and, for admins of the instance, the list of private hosts. */
export function MetricsPanel({ present, draft, onChange, trial }: Props) {
  const { viewer } = useProject();
  const reason = permissionReason('environments.probeMetrics', viewer);
  const host = hostOfUrl(draft.url.trim());
  return (
    <MetricsFields draft={draft} onChange={onChange} secretAt={present?.metricsSecretAt ?? null}>
      {permissionReason('egress.allow', viewer) === undefined && (
        <details open={trial.probe?.refusedByEgress === true || undefined}>
          <summary className="text-accent">Allow a private host</summary>
          <div className="pt-3">
            <AllowHost key={host ?? ''} target={host ?? ''} purpose="Metrics source" />
          </div>
        </details>
      )}
      <MetricsTrial
        environmentId={present?.id ?? null}
        target={trial.target}
        onTarget={trial.setTarget}
        probe={trial.probe}
        isOld={trial.isOld}
        error={trial.error}
        busy={trial.busy}
        disabledReason={reason ?? trial.missing}
        onTry={() => void trial.run()}
      />
    </MetricsFields>
  );
}
