'use client';

import { useQuery } from '@tanstack/react-query';
import type { MetricsProbe } from '../../domain/metrics-probe.ts';
import { useProject } from '../project/project-context.tsx';
import { useTrpc } from '../trpc-provider.tsx';
import { Banner } from '../ui/banner.tsx';
import { Button } from '../ui/button.tsx';
import { FormGrid } from '../ui/form-field.tsx';
import { SelectField } from '../ui/select-field.tsx';
import { TextField } from '../ui/text-field.tsx';
import { ProbeRows } from './probe-rows.tsx';

export type TrialTarget = { readonly serviceId: string; readonly workload: string };

type Props = {
  readonly environmentId: string | null;
  readonly target: TrialTarget;
  readonly onTarget: (target: TrialTarget) => void;
  readonly probe: MetricsProbe | null;
  /** The shown answer is of other settings than those in the form. */
  readonly isOld: boolean;
  readonly error: string | null;
  readonly busy: boolean;
  readonly disabledReason: string | undefined;
  readonly onTry: () => void;
};

/** Runs the queries of the profile on a live service and shows what each of them gives. */
export function MetricsTrial(props: Props) {
  const { target, onTarget, probe, isOld, error, busy, disabledReason, onTry } = props;
  return (
    <section aria-label="Trial" className="flex flex-col gap-3 border-line border-t pt-4">
      <FormGrid>
        <ServiceChoice {...props} />
        {target.serviceId === '' && (
          <TextField
            label="Workload to try it on"
            mono
            placeholder="fraud-detector"
            hint="A workload that takes requests in the namespace now."
            value={target.workload}
            onChange={(event) => onTarget({ ...target, workload: event.currentTarget.value })}
          />
        )}
      </FormGrid>
      <div>
        <Button busy={busy} disabledReason={disabledReason} onClick={onTry}>
          Try the queries
        </Button>
      </div>
      {error !== null && <Banner tone="bad" title={error} />}
      {probe?.problem != null && <Banner tone="bad" title={probe.problem} />}
      {probe !== null && isOld && (
        <Banner tone="warn" title="This is of other settings than those above: try the queries again." />
      )}
      {probe !== null && probe.rows.length > 0 && <ProbeRows rows={probe.rows} />}
    </section>
  );
}

function ServiceChoice({ environmentId, target, onTarget }: Props) {
  const trpc = useTrpc();
  const { projectId } = useProject();
  const { data } = useQuery({
    ...trpc.services.list.queryOptions({
      projectId,
      pageSize: 200,
      ...(environmentId === null ? {} : { environmentId }),
    }),
    enabled: environmentId !== null,
  });
  const rows = data?.rows ?? [];
  if (rows.length === 0) return null;
  return (
    <SelectField
      label="Service to try it on"
      options={[
        { value: '', label: 'Another workload' },
        ...rows.map(({ id, name }) => ({ value: id, label: name })),
      ]}
      value={target.serviceId}
      onChange={(event) => onTarget({ ...target, serviceId: event.currentTarget.value })}
    />
  );
}
