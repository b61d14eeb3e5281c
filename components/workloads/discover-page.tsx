'use client';

import { useSuspenseQuery } from '@tanstack/react-query';
import { FlaskConical, Radar } from 'lucide-react';
import { useProject } from '../project/project-context.tsx';
import { useTrpc } from '../trpc-provider.tsx';
import { ButtonLink } from '../ui/button-link.tsx';
import { EmptyState } from '../ui/empty-state.tsx';
import { FilterSelect } from '../ui/filter-select.tsx';
import { Page } from '../ui/page.tsx';
import { PageHeader } from '../ui/page-header.tsx';
import { Panel } from '../ui/panel.tsx';
import { Discovery } from './discovery.tsx';
import type { WorkloadFilter } from './workload-filter.ts';

type Props = { readonly environmentId: string | undefined; readonly filter: WorkloadFilter };

/** What already runs in an environment's namespace, to be watched by ticking it. */
export function DiscoverPage({ environmentId, filter }: Props) {
  const trpc = useTrpc();
  const { projectId } = useProject();
  const { data: environments } = useSuspenseQuery(trpc.environments.list.queryOptions({ projectId }));
  const usual = environments.find(({ clusterKind }) => clusterKind === 'kubernetes') ?? environments[0];
  const chosen = environments.find(({ id }) => id === environmentId) ?? usual;
  return (
    <Page width="wide">
      <PageHeader
        title="Discover"
        back={{ href: '/services', label: 'Services' }}
        description="Deployments, InferenceServices and Argo Rollouts that run already. What you tick is watched: Fairlead reads it and writes nothing."
        actions={
          environments.length > 1 && (
            <FilterSelect
              label="Environment"
              param="environment"
              allLabel={usual?.name}
              options={environments
                .filter(({ id }) => id !== usual?.id)
                .map(({ id, name }) => ({ value: id, label: name }))}
            />
          )
        }
      />
      {chosen === undefined ? (
        <NoEnvironment />
      ) : chosen.clusterKind === 'sandbox' ? (
        <SandboxState name={chosen.name} />
      ) : (
        <Discovery key={chosen.id} environmentId={chosen.id} filter={filter} />
      )}
    </Page>
  );
}

function NoEnvironment() {
  return (
    <Panel>
      <EmptyState
        icon={Radar}
        title="No environment yet"
        action={<ButtonLink href="/settings/environments">Environments</ButtonLink>}
      >
        An environment names a cluster and a namespace; what runs there is listed here.
      </EmptyState>
    </Panel>
  );
}

function SandboxState({ name }: { name: string }) {
  return (
    <Panel>
      <EmptyState
        icon={FlaskConical}
        title="Nothing to discover in the sandbox"
        action={<ButtonLink href="/settings/clusters">Clusters</ButtonLink>}
      >
        {name} is on the sandbox cluster, where everything was made by Fairlead. Add a Kubernetes cluster and
        an environment on it: a token that may only read is enough.
      </EmptyState>
    </Panel>
  );
}
