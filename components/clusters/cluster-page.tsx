'use client';

import { useSuspenseQuery } from '@tanstack/react-query';
import { Stethoscope } from 'lucide-react';
import { permissionReason } from '../project/permission-reason.ts';
import { useProject } from '../project/project-context.tsx';
import { useTrpc } from '../trpc-provider.tsx';
import { ActionBar } from '../ui/action-bar.tsx';
import { Banner } from '../ui/banner.tsx';
import { Button } from '../ui/button.tsx';
import { useNow } from '../ui/clock.tsx';
import { EmptyState } from '../ui/empty-state.tsx';
import { KeyValueList } from '../ui/key-value-list.tsx';
import { Page } from '../ui/page.tsx';
import { PageHeader } from '../ui/page-header.tsx';
import { Panel } from '../ui/panel.tsx';
import { RelativeTime } from '../ui/relative-time.tsx';
import { Status } from '../ui/status.tsx';
import { useCommand } from '../use-command.ts';
import { CheckList } from './check-list.tsx';
import { ClaimsPanel } from './claims-panel.tsx';
import { ClusterAddress } from './cluster-address.tsx';
import type { ClusterRow } from './cluster-answers.ts';
import { ClusterDialog } from './cluster-dialog.tsx';
import { checksSummary, workerStanding } from './cluster-words.ts';
import { NamespacesPanel } from './namespaces-panel.tsx';
import { ReplacedBanner } from './replaced-banner.tsx';
import { TokenExpiry } from './token-expiry.tsx';

/** One cluster: how it is reached, what it grants and brings, and what would mend each lack. */
export function ClusterPage({ clusterId }: { clusterId: string }) {
  const trpc = useTrpc();
  const { viewer } = useProject();
  const { data: cluster } = useSuspenseQuery(trpc.clusters.get.queryOptions({ clusterId }));
  const probe = useCommand((extra) => trpc.clusters.probe.mutationOptions(extra));
  const updateReason = permissionReason('clusters.update', viewer);
  return (
    <Page>
      <PageHeader
        title={cluster.name}
        back={{ href: '/settings/clusters', label: 'Clusters' }}
        status={<Summary cluster={cluster} />}
        actions={
          <ActionBar>
            <Button
              icon={Stethoscope}
              busy={probe.busy}
              disabledReason={permissionReason('clusters.probe', viewer)}
              onClick={() => probe.run({ clusterId })}
            >
              Check again
            </Button>
            {cluster.kind === 'kubernetes' && (
              <ClusterDialog cluster={cluster} disabledReason={updateReason} />
            )}
          </ActionBar>
        }
      />
      {probe.error !== null && <Banner tone="bad" title={probe.error} />}
      <ReplacedBanner cluster={cluster} />
      {cluster.tokenProblem !== null && (
        <Banner tone="warn" title={cluster.tokenProblem.message}>
          {cluster.tokenProblem.fix}
        </Banner>
      )}
      <Panel title="Connection">
        <Facts cluster={cluster} />
      </Panel>
      <Panel title="Check list" description="What the worker found when it last looked">
        {cluster.findings === null ? (
          <EmptyState icon={Stethoscope} title="Not looked at yet">
            "Check again" lets the worker ask the API server for everything that Fairlead needs.
          </EmptyState>
        ) : (
          <CheckList checks={cluster.findings.checks} />
        )}
      </Panel>
      <ClaimsPanel cluster={cluster} />
      {cluster.kind === 'kubernetes' && <NamespacesPanel cluster={cluster} />}
    </Page>
  );
}

function Summary({ cluster }: { cluster: ClusterRow }) {
  if (cluster.replacedByUid !== null) return <Status tone="bad" label="Replaced" />;
  if (cluster.findings === null) return <Status tone="neutral" label="Not looked at" />;
  const { tone, label } = checksSummary(cluster.findings.checks);
  return <Status tone={tone} label={label} />;
}

function Facts({ cluster }: { cluster: ClusterRow }) {
  const standing = workerStanding(cluster, useNow(5_000));
  return (
    <KeyValueList
      columns={2}
      items={[
        { label: 'API server', value: <ClusterAddress cluster={cluster} /> },
        { label: 'Version', value: cluster.findings?.version ?? 'not known' },
        { label: 'Token', value: <TokenExpiry cluster={cluster} /> },
        { label: 'Worker', value: <Status tone={standing.tone} label={standing.label} /> },
        {
          label: 'Identity',
          value: cluster.uid ?? (cluster.kind === 'sandbox' ? 'none needed' : 'not recorded yet'),
          hint: cluster.uid === null ? undefined : 'uid of its namespace kube-system',
        },
        {
          label: 'Looked at',
          value: cluster.probedAt === null ? 'never' : <RelativeTime at={cluster.probedAt} />,
        },
      ]}
    />
  );
}
