'use client';

import { useSuspenseQuery } from '@tanstack/react-query';
import { lazy } from 'react';
import { TrainingButton } from '../references/training-button.tsx';
import { useTrpc } from '../trpc-provider.tsx';
import { ActionBar } from '../ui/action-bar.tsx';
import { Later } from '../ui/later.tsx';
import { Page } from '../ui/page.tsx';
import { PageHeader } from '../ui/page-header.tsx';
import { ArrivalPanel } from './arrival-panel.tsx';
import { ColumnsPanel } from './columns-panel.tsx';
import { HistoryPanel } from './history-panel.tsx';
import { RejectedPanel } from './rejected-panel.tsx';
import { SnippetsPanel } from './snippets-panel.tsx';

const DeliveryPanel = lazy(async () => ({
  default: (await import('./delivery-panel.tsx')).DeliveryPanel,
}));
const KafkaPanel = lazy(async () => ({
  default: (await import('../kafka-sources/kafka-panel.tsx')).KafkaPanel,
}));

const PrometheusPanel = lazy(async () => ({
  default: (await import('../prometheus-sources/prometheus-panel.tsx')).PrometheusPanel,
}));

/** Someone waits for the first row while looking at this page. */
const refreshMs = 3_000;

/** How rows of one service come in, what came, and which of its columns are counted. */
export function ConnectPage({ serviceId }: { serviceId: string }) {
  const trpc = useTrpc();
  const { data } = useSuspenseQuery({
    ...trpc.monitoring.connect.queryOptions({ serviceId }),
    refetchInterval: refreshMs,
  });
  const { service } = data;
  return (
    <Page>
      <PageHeader
        title={`Connect ${service.name}`}
        crumb="Connect"
        back={{ href: `/services/${service.id}`, label: service.name }}
        actions={
          <ActionBar>
            <TrainingButton data={data} />
          </ActionBar>
        }
        description={`Send what ${service.name} in ${service.environment} is asked and answers. Rows are counted and not kept: only its first thousand are held, a day at most, to learn the bins from.`}
      />
      <ArrivalPanel data={data} />
      <SnippetsPanel data={data} />
      <Later className="h-16 w-full">
        <KafkaPanel serviceId={serviceId} />
      </Later>
      <Later className="h-16 w-full">
        <PrometheusPanel serviceId={serviceId} />
      </Later>
      {data.delivery !== null && (
        <Later className="h-16 w-full">
          <DeliveryPanel delivery={data.delivery} />
        </Later>
      )}
      <ColumnsPanel data={data} />
      <HistoryPanel history={data.history} />
      <RejectedPanel rejected={data.rejected} />
    </Page>
  );
}
