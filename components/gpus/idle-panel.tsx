import { useWindowHours } from '../../domain/gpu-use/pod-use.ts';
import { List, ListRow } from '../ui/list.tsx';
import { Panel } from '../ui/panel.tsx';
import { RelativeTime } from '../ui/relative-time.tsx';
import { Skeleton } from '../ui/skeleton.tsx';
import type { GpuCluster, GpuNames, GpuUse } from './gpu-answers.ts';
import { efficiencyText, type IdleLine, prepareIdle, prepareSizing, usesByPod } from './prepare-use.ts';

const endedWords: Readonly<Record<string, string>> = {
  succeeded: 'succeeded',
  rolledBack: 'was rolled back',
  aborted: 'was aborted',
};

type Props = {
  readonly clusters: readonly GpuCluster[];
  readonly names: GpuNames;
  /** Undefined while the metrics sources are asked, null when they could not be. */
  readonly use: GpuUse | undefined | null;
};

/** GPUs that do nothing, by their cause, and those that do little, with what would hold the same work. */
export function IdlePanel({ clusters, names, use }: Props) {
  const idle = prepareIdle(clusters, use?.endedOnNodes ?? []);
  const sizing = use ? prepareSizing(clusters, names, usesByPod(use)) : [];
  const billed = `What is held is billed; use over the last ${useWindowHours} hours is shown beside it as efficiency.`;
  return (
    <Panel
      flush
      title="Idle and hardly used"
      description={[billed, efficiencyText(use?.uses ?? [])].filter(Boolean).join(' ')}
    >
      <List label="Idle and hardly used GPUs">
        {idle.map((line) => (
          <ListRow
            key={line.key}
            title={`${line.gpus} idle on ${line.node}`}
            href={line.ended === null ? undefined : `/rollouts/${line.ended.rolloutId}`}
            detail={<Cause line={line} />}
          />
        ))}
        {sizing.map(({ key, who, gpus, serviceId, found, fix }) => (
          <ListRow
            key={key}
            title={`${gpus} of ${who}`}
            href={serviceId === null ? undefined : `/services/${serviceId}`}
            detail={`${found} ${fix}`}
          />
        ))}
        {use === undefined && (
          <li className="px-4 py-2.5">
            <span role="status" aria-label="Asking the metrics sources">
              <Skeleton className="h-4 w-1/3" />
            </span>
          </li>
        )}
        {use !== undefined && <Notes use={use} nothing={idle.length + sizing.length === 0} />}
      </List>
    </Panel>
  );
}

function Cause({ line: { product, cause, ended } }: { line: IdleLine }) {
  return (
    <>
      {product} · {cause}
      {ended !== null && (
        <>
          {' '}
          · pods of the rollout of {ended.serviceName} left here, which {endedWords[ended.phase] ?? 'ended'}{' '}
          <RelativeTime at={ended.endedAt} />
        </>
      )}
    </>
  );
}

function Notes({ use, nothing }: { use: GpuUse | null; nothing: boolean }) {
  if (use === null)
    return <ListRow title="Use is not measured" detail="It could not be asked; it is tried again." />;
  const unmeasured = use.uses.filter(({ activity }) => activity === null).length;
  return (
    <>
      {use.problems.map(({ environment, message }) => (
        <ListRow key={environment} title={`Use is not measured in ${environment}`} detail={message} />
      ))}
      {use.problems.length === 0 && unmeasured > 0 && (
        <ListRow
          title={`Use of ${unmeasured} of ${use.uses.length} pods is not measured`}
          detail="Their environment's Prometheus has no DCGM_FI_PROF_GR_ENGINE_ACTIVE for all of their GPUs: have dcgm-exporter scraped with the labels of pods."
        />
      )}
      {nothing && use.problems.length === 0 && unmeasured === 0 && (
        <ListRow
          title="Nothing is idle or hardly used"
          detail="Every GPU is held, and no holder of this project could do with less."
        />
      )}
    </>
  );
}
