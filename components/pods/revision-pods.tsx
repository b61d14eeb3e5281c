import { Boxes, ScrollText } from 'lucide-react';
import type { Pod } from '../../domain/pod.ts';
import type { Refusal } from '../../domain/refusal.ts';
import { ToolLinks } from '../links/tool-links.tsx';
import { reasonOf } from '../rollouts/refusal-reason.ts';
import { versionHref, versionName } from '../rollouts/rollout-words.ts';
import { ServiceTime } from '../rollouts/service-clock.tsx';
import type { ServiceDetail } from '../services/service-answers.ts';
import { Badge } from '../ui/badge.tsx';
import { Button } from '../ui/button.tsx';
import { type Column, DataTable } from '../ui/data-table.tsx';
import { EmptyState } from '../ui/empty-state.tsx';
import { TextLink } from '../ui/link.tsx';
import { Panel } from '../ui/panel.tsx';
import { Status } from '../ui/status.tsx';
import type { LogTarget } from './log-reader.ts';
import { latestTermination, podStanding, terminationWords } from './pod-words.ts';

type Props = {
  readonly service: ServiceDetail;
  /** Null for pods that others made. */
  readonly number: number | null;
  readonly pods: readonly Pod[];
  readonly refusal: Refusal | null;
  readonly onLogs: (of: Pick<LogTarget, 'pod' | 'container'>) => void;
};

/** The pods of one revision, or of the workload that others made. */
export function RevisionPods(props: Props) {
  const { number, pods } = props;
  return (
    <Panel title={<Title {...props} />} description={readiness(pods)} flush>
      <DataTable
        caption={number === null ? 'Pods of the watched workload' : `Pods of revision ${number}`}
        columns={columnsOf(props)}
        rows={pods}
        rowKey={({ uid }) => uid}
        empty={null}
      />
    </Panel>
  );
}

function readiness(pods: readonly Pod[]): string {
  const staying = pods.filter(({ deletingAt }) => deletingAt === null);
  const ready = staying.filter((pod) => pod.ready).length;
  const gpus = staying.reduce((sum, { gpuCount }) => sum + gpuCount, 0);
  const words = `${ready} of ${staying.length} ready`;
  return gpus === 0 ? words : `${words}, ${gpus} ${gpus === 1 ? 'GPU' : 'GPUs'}`;
}

function Title({ service, number }: Props) {
  if (number === null)
    return service.adoption === null
      ? 'Other pods'
      : `${service.adoption.workload.kind} ${service.adoption.workload.name}`;
  const revision = service.revisions.find((one) => one.number === number);
  return (
    <span className="inline-flex flex-wrap items-center gap-2">
      Revision {number}
      {revision !== undefined && (
        <span className="font-normal">
          <TextLink href={versionHref(revision)}>{versionName(revision)}</TextLink>
        </span>
      )}
      {revision?.role && <Badge tone={revision.role === 'stable' ? 'ok' : 'info'}>{revision.role}</Badge>}
    </span>
  );
}

function columnsOf({ service, refusal, onLogs }: Props): readonly Column<Pod>[] {
  return [
    { key: 'name', header: 'Pod', cell: ({ name }) => <span className="font-mono text-xs">{name}</span> },
    { key: 'status', header: 'Status', nowrap: false, cell: (pod) => <Standing pod={pod} /> },
    { key: 'restarts', header: 'Restarts', align: 'right', cell: ({ restarts }) => restarts },
    { key: 'end', header: 'Last end', nowrap: false, cell: (pod) => <LastEnd pod={pod} /> },
    { key: 'node', header: 'Node', phone: 'hide', cell: ({ node }) => node ?? <None /> },
    {
      key: 'gpus',
      header: 'GPUs',
      align: 'right',
      phone: 'hide',
      cell: ({ gpuCount }) => gpuCount || <None />,
    },
    {
      key: 'age',
      header: 'Created',
      align: 'right',
      phone: 'hide',
      cell: ({ createdAt }) => <ServiceTime at={createdAt} />,
    },
    {
      key: 'logs',
      header: 'Logs',
      align: 'right',
      cell: (pod) => (
        <span className="inline-flex items-center gap-3">
          <PodLinks service={service} pod={pod} />
          <Button
            size="small"
            icon={ScrollText}
            disabledReason={reasonOf(refusal)}
            aria-label={`Logs of ${pod.name}`}
            onClick={() => onLogs({ pod: pod.name, container: mainContainer(pod) })}
          >
            Logs
          </Button>
        </span>
      ),
    },
  ];
}

function PodLinks({ service, pod }: { service: ServiceDetail; pod: Pod }) {
  const revision = service.revisions.find(({ number }) => number === pod.revisionNumber) ?? null;
  return (
    <ToolLinks
      projectId={service.projectId}
      environmentId={service.environment.id}
      values={{
        service: service.name,
        namespace: service.environment.namespace,
        revision: pod.revisionNumber === null ? null : String(pod.revisionNumber),
        model: revision?.modelName ?? null,
        version: revision === null ? null : String(revision.versionNumber),
        pod: pod.name,
      }}
    />
  );
}

/** The first that is no init container: the one that a pod is about. */
export function mainContainer({ containers }: Pod): string {
  return containers.find(({ init }) => !init)?.name ?? '';
}

function None() {
  return <span className="text-ink-faint">–</span>;
}

function Standing({ pod }: { pod: Pod }) {
  const { tone, label, detail } = podStanding(pod);
  return (
    <div className="py-1">
      <Status tone={tone} label={label} />
      {detail !== null && (
        <p className="min-w-48 max-w-md text-ink-muted text-xs [overflow-wrap:anywhere]">{detail}</p>
      )}
    </div>
  );
}

function LastEnd({ pod }: { pod: Pod }) {
  const latest = latestTermination(pod);
  if (latest === null) return <None />;
  const { container, termination } = latest;
  const several = pod.containers.length > 1;
  return (
    <div className="py-1">
      <span className="whitespace-nowrap">
        {several && `${container.name}: `}
        {terminationWords(termination)}
      </span>
      <p className="max-w-xs text-ink-muted text-xs [overflow-wrap:anywhere]">
        {termination.finishedAt !== null && <ServiceTime at={termination.finishedAt} />}
        {termination.message !== '' && ` ${termination.message}`}
      </p>
    </div>
  );
}

/** Nothing runs: said as what it is, scaled to zero, gone, or not begun. */
export function NoPods({ service }: { service: ServiceDetail }) {
  const seen = service.status?.watched;
  const sentence =
    service.status?.state === 'scaledToZero'
      ? 'It is scaled to zero: no pod runs, so there is nothing to read.'
      : seen?.sentence != null && service.status?.state === 'gone'
        ? seen.sentence
        : service.stable === null
          ? 'The first promotion makes its pods.'
          : 'The cluster has no pod of this service now. The Events below may say why.';
  return (
    <Panel title="Pods">
      <EmptyState title="No pod runs" icon={Boxes}>
        {sentence}
      </EmptyState>
    </Panel>
  );
}
