'use client';

import { useQuery } from '@tanstack/react-query';
import { NotReadable } from '../not-readable.tsx';
import { useProject } from '../project/project-context.tsx';
import { useTrpc } from '../trpc-provider.tsx';
import { Page } from '../ui/page.tsx';
import { PageHeader } from '../ui/page-header.tsx';
import { SkeletonRows } from '../ui/skeleton.tsx';
import { type CostAsk, costInput, podsHref, projectInput, rangeText } from './cost-ask.ts';
import { CostPodPanels } from './cost-pod-panels.tsx';

type Props = {
  readonly ask: CostAsk;
  readonly group: string;
  readonly podUid: string | null;
  readonly nodeUid: string;
};

/** The rows that sum to one pod's amount, its intervals, and the price rows that they rest on. */
export function CostPodPage({ ask, group, podUid, nodeUid }: Props) {
  const { data, error, refetch } = usePod({ ask, group, podUid, nodeUid });
  return (
    <Page>
      <PageHeader
        title={podUid === null ? 'What was nobody’s on a node' : 'One pod’s amount'}
        back={{ href: podsHref(ask, group), label: 'Pods behind the amount' }}
        meta={
          <>
            <span>{rangeText(ask)}</span>
            <span className="font-mono">{podUid ?? nodeUid}</span>
          </>
        }
      />
      {data === undefined ? (
        error === null ? (
          <SkeletonRows rows={8} columns={4} />
        ) : (
          <NotReadable title="The rows could not be read" error={error} onAgain={refetch} />
        )
      ) : (
        <CostPodPanels data={data} ask={ask} />
      )}
    </Page>
  );
}

function usePod({ ask, group, podUid, nodeUid }: Props) {
  const trpc = useTrpc();
  const { projectId } = useProject();
  const isInstance = ask.scope === 'instance';
  const place = { group, podUid, nodeUid };
  const own = useQuery({
    ...trpc.costs.pod.queryOptions({ projectId, ...projectInput(ask), ...place }),
    enabled: !isInstance,
  });
  const all = useQuery({
    ...trpc.instanceCosts.pod.queryOptions({ ...costInput(ask), ...place }),
    enabled: isInstance,
  });
  return isInstance ? all : own;
}
