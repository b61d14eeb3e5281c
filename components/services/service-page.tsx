'use client';

import { useSuspenseQuery } from '@tanstack/react-query';
import { lazy, Suspense } from 'react';
import { ServiceClock } from '../rollouts/service-clock.tsx';
import { WaitList } from '../rollouts/wait-list.tsx';
import { useTrpc } from '../trpc-provider.tsx';
import { Banner } from '../ui/banner.tsx';
import { Page } from '../ui/page.tsx';
import { Skeleton } from '../ui/skeleton.tsx';
import { LinkTabs } from '../ui/tabs.tsx';
import { RevisionsTab } from './revisions-tab.tsx';
import { ServiceHeader } from './service-header.tsx';
import { ServiceOverview } from './service-overview.tsx';
import { type ServiceTab, serviceTabs } from './service-tabs.ts';
import { useServiceRollBack } from './use-service-roll-back.ts';

/** Each brings what most visits do not need. */
const PodsTab = lazy(async () => ({ default: (await import('../pods/pods-tab.tsx')).PodsTab }));
const SettingsTab = lazy(async () => ({ default: (await import('./settings-tab.tsx')).SettingsTab }));
const SpecificationTab = lazy(async () => ({
  default: (await import('./specification-tab.tsx')).SpecificationTab,
}));

const refreshMs = 10_000;

type Props = { readonly serviceId: string; readonly tab: ServiceTab };

/** One running endpoint: what was asked of it, what is seen, and what may be changed. */
export function ServicePage({ serviceId, tab }: Props) {
  const trpc = useTrpc();
  const { data: service, dataUpdatedAt } = useSuspenseQuery({
    ...trpc.services.get.queryOptions({ serviceId }),
    refetchInterval: refreshMs,
  });
  const rollBack = useServiceRollBack();
  return (
    <ServiceClock now={service.now} answeredAtMs={dataUpdatedAt}>
      <Page>
        <ServiceHeader service={service} rollBack={rollBack} />
        {rollBack.error !== null && <Banner tone="bad" title={rollBack.error} />}
        <WaitList
          blockers={service.activeRollout === null ? service.blockers : service.blockers.slice(0, 1)}
        />
        <LinkTabs
          label="Parts of this service"
          current={tab}
          items={serviceTabs.map(({ key, label }) => ({
            key,
            label,
            href: key === 'overview' ? `/services/${serviceId}` : `/services/${serviceId}?tab=${key}`,
          }))}
        />
        <Suspense fallback={<Skeleton className="h-96 w-full" />}>
          <Tab service={service} tab={tab} />
        </Suspense>
      </Page>
    </ServiceClock>
  );
}

function Tab({
  service,
  tab,
}: {
  service: Parameters<typeof ServiceOverview>[0]['service'];
  tab: ServiceTab;
}) {
  switch (tab) {
    case 'overview':
      return <ServiceOverview service={service} />;
    case 'revisions':
      return <RevisionsTab service={service} />;
    case 'pods':
      return <PodsTab service={service} />;
    case 'specification':
      return <SpecificationTab service={service} />;
    case 'settings':
      return <SettingsTab service={service} />;
  }
}
