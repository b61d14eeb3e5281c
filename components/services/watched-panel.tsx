import { Digest } from '../ui/digest.tsx';
import { KeyValueList } from '../ui/key-value-list.tsx';
import { Panel } from '../ui/panel.tsx';
import { Status } from '../ui/status.tsx';
import { ManagerBadge } from '../workloads/manager-badge.tsx';
import type { ServiceDetail } from './service-answers.ts';

type Adoption = NonNullable<ServiceDetail['adoption']>;
type Props = { readonly service: ServiceDetail; readonly adoption: Adoption };

/** What a watched service looks at, who writes it, and what runs of it by what its pods say. */
export function WatchedPanel({ service, adoption }: Props) {
  const { workload, manager, container, services } = adoption;
  const seen = service.status?.watched;
  return (
    <Panel
      title="Watched workload"
      description="Fairlead only reads it; whoever manages it decides what runs."
    >
      <KeyValueList
        items={[
          { label: workload.kind, value: workload.name },
          { label: 'Managed by', value: <ManagerBadge manager={manager} />, hint: manager.detail },
          { label: 'Container', value: container },
          { label: 'Services', value: services.join(', ') || 'none' },
          { label: 'Route', value: adoption.route?.name ?? 'none', hint: adoption.routeSentence },
          ...(seen === undefined ? [] : runningItems(seen)),
        ]}
      />
      {seen?.sentence && <p className="mt-3 text-ink-muted text-xs">{seen.sentence}</p>}
    </Panel>
  );
}

type Seen = NonNullable<NonNullable<ServiceDetail['status']>['watched']>;

function runningItems({ images, desiredReplicas, readyReplicas, gpuCount }: Seen) {
  const isReady = readyReplicas >= desiredReplicas;
  const pods =
    desiredReplicas === 0 ? (
      <Status tone="neutral" label="scaled to zero" />
    ) : (
      <Status tone={isReady ? 'ok' : 'warn'} label={`${readyReplicas} of ${desiredReplicas} ready`} />
    );
  const digests =
    images.length === 0
      ? 'no pod names one'
      : images.map(({ digest, podCount }) => (
          <span key={digest} className="flex items-center gap-1.5">
            <Digest value={digest} />
            <span className="text-ink-muted text-xs">
              in {podCount} {podCount === 1 ? 'pod' : 'pods'}
            </span>
          </span>
        ));
  return [
    { label: 'Replicas', value: pods },
    { label: 'Digest that runs', value: digests },
    ...(gpuCount === 0 ? [] : [{ label: 'GPUs', value: gpuCount }]),
  ];
}
