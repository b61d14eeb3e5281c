import { Badge } from '../ui/badge.tsx';
import { Digest } from '../ui/digest.tsx';
import { TextLink } from '../ui/link.tsx';
import { Status } from '../ui/status.tsx';
import type { WorkloadRow } from './workload-answers.ts';

/** The digest that runs, by what the pods say; several at once are said to be several. */
export function RunningDigest({ row }: { row: Pick<WorkloadRow, 'images' | 'unknownPodCount' | 'image'> }) {
  const [first, ...others] = row.images;
  if (first === undefined)
    return (
      <span className="text-ink-faint" title={row.image ?? undefined}>
        {row.unknownPodCount > 0 ? 'its pods name no digest' : 'nothing runs'}
      </span>
    );
  return (
    <span className="inline-flex items-center gap-1.5" title={first.reference ?? row.image ?? undefined}>
      <Digest value={first.digest} />
      {others.length > 0 && (
        <Badge
          tone="warn"
          title={others.map(({ digest, podCount }) => `${digest} in ${podCount}`).join(', ')}
        >
          and {others.length} more
        </Badge>
      )}
    </span>
  );
}

export function Replicas({
  row,
}: {
  row: Pick<WorkloadRow, 'desiredReplicas' | 'readyReplicas' | 'blockers'>;
}) {
  const { desiredReplicas, readyReplicas, blockers } = row;
  if (desiredReplicas === 0) return <Status tone="neutral" label="scaled to zero" />;
  const isReady = readyReplicas >= desiredReplicas;
  return (
    <span title={blockers[0]?.message}>
      <Status tone={isReady ? 'ok' : 'warn'} label={`${readyReplicas} of ${desiredReplicas} ready`} />
    </span>
  );
}

export function LedBy({ row }: { row: Pick<WorkloadRow, 'route' | 'routeSentence'> }) {
  if (row.route !== null) return row.route.name;
  return (
    <span className="text-ink-faint" title={row.routeSentence ?? undefined}>
      no route
    </span>
  );
}

/** The workload's name, what it folded in, and the service that watches it already. */
export function WorkloadName({ row }: { row: WorkloadRow }) {
  return (
    <span className="flex min-w-0 flex-col py-1 leading-4">
      <span className="inline-flex items-center gap-2">
        {row.ref.name}
        {row.service !== null && (
          <TextLink href={`/services/${row.service.id}`}>watched as {row.service.name}</TextLink>
        )}
      </span>
      <span className="text-ink-muted text-xs">
        {row.ref.kind}
        {row.children.length > 0 && `, with ${row.children.join(', ')}`}
      </span>
    </span>
  );
}
