'use client';

import { useSuspenseQuery } from '@tanstack/react-query';
import { Activity } from 'lucide-react';
import { lazy, useMemo } from 'react';
import { effectText, lengthWords, testWords } from '../../domain/drift/drift-words.ts';
import { countText } from '../../domain/figure-text.ts';
import { LineChart } from '../charts/line-chart.tsx';
import { useTrpc } from '../trpc-provider.tsx';
import { Badge } from '../ui/badge.tsx';
import { type Column, DataTable } from '../ui/data-table.tsx';
import { EmptyState } from '../ui/empty-state.tsx';
import { Later } from '../ui/later.tsx';
import { TextLink } from '../ui/link.tsx';
import { Page } from '../ui/page.tsx';
import { PageHeader } from '../ui/page-header.tsx';
import { Panel } from '../ui/panel.tsx';
import { ExactTime, RelativeTime } from '../ui/relative-time.tsx';
import { Stat, StatRow } from '../ui/stat.tsx';
import { Status } from '../ui/status.tsx';
import { AlertsPanel } from './alerts-panel.tsx';
import { MonitorActions } from './monitor-actions.tsx';
import type { ServiceMonitoring } from './monitoring-answers.ts';
import { enoughText, featureStanding, referenceWords, roleWords } from './monitoring-words.ts';
import { prepareWindows } from './prepare-windows.ts';
import { ReplayPanel } from './replay-panel.tsx';
import { SkewPanel } from './skew-panel.tsx';

const LlmPanel = lazy(async () => ({ default: (await import('./llm-panel.tsx')).LlmPanel }));
const PerformancePanel = lazy(async () => ({
  default: (await import('./performance-panel.tsx')).PerformancePanel,
}));

const RetrainPanel = lazy(async () => ({
  default: (await import('../retraining/retrain-panel.tsx')).RetrainPanel,
}));

/** Only clients that send their keys have one. */
const QueriesPanel = lazy(async () => ({ default: (await import('./queries-panel.tsx')).QueriesPanel }));

const refreshMs = 60_000;
type Feature = ServiceMonitoring['features'][number];

const columns: readonly Column<Feature>[] = [
  { key: 'name', header: 'Feature', cell: ({ name }) => name },
  {
    key: 'role',
    header: 'Is',
    phone: 'hide',
    cell: ({ role }) => <span className="text-ink-muted">{roleWords[role]}</span>,
  },
  { key: 'state', header: 'Last window', cell: (row) => <Status {...featureStanding(row)} /> },
  { key: 'effect', header: 'Distribution', align: 'right', cell: (row) => <Distribution row={row} /> },
  { key: 'apart', header: 'Besides', phone: 'hide', cell: (row) => <Besides row={row} /> },
  { key: 'enough', header: 'Enough data?', phone: 'hide', cell: (row) => <Enough row={row} /> },
];

const distributionOf = ({ verdicts }: Feature) => verdicts.find(({ test }) => test === 'distribution');

function Distribution({ row }: { row: Feature }) {
  const verdict = distributionOf(row);
  if (verdict === undefined || verdict.verdict === 'insufficientData') return '–';
  return effectText('distribution', verdict.effect);
}

/** Nulls, new values and the like that drifted: they stand apart from the distribution. */
function Besides({ row }: { row: Feature }) {
  const drifted = row.verdicts.filter(
    ({ test, verdict }) => test !== 'distribution' && verdict === 'drifted',
  );
  return (
    <span className="flex flex-wrap gap-1">
      {drifted.map((verdict) => (
        <Badge key={verdict.test} tone="warn">
          {testWords[verdict.test]}
          {'effect' in verdict && ` ${effectText(verdict.test, verdict.effect)}`}
        </Badge>
      ))}
    </span>
  );
}

function Enough({ row }: { row: Feature }) {
  const verdict = distributionOf(row);
  if (verdict === undefined) return <Badge>not judged</Badge>;
  const { tone, label } = enoughText(verdict);
  return <Badge tone={tone}>{label}</Badge>;
}

/** One service: what its last window says of each feature, worst first. */
export function ServiceMonitoringPage({ serviceId }: { serviceId: string }) {
  const trpc = useTrpc();
  const { data } = useSuspenseQuery({
    ...trpc.monitoring.get.queryOptions({ serviceId }),
    refetchInterval: refreshMs,
  });
  const { service, environment, monitor, window, features } = data;
  return (
    <Page>
      <PageHeader
        title={service.name}
        back={{ href: '/monitoring', label: 'Monitoring' }}
        description={
          <>
            In <TextLink href={`/services/${service.id}`}>{environment.name}</TextLink>. Every{' '}
            {lengthWords[monitor.windowLength]} is compared with {referenceWords[monitor.referenceKind]}.
          </>
        }
        actions={<MonitorActions data={data} />}
      />
      <Figures data={data} />
      {window?.whyNone != null && (
        <Panel title="Why the last window has no verdict">
          <p className="text-ink-muted">{window.whyNone}</p>
        </Panel>
      )}
      <Panel flush title="Features">
        <DataTable
          caption="Features"
          columns={columns}
          rows={features}
          rowKey={({ featureId }) => featureId}
          rowHref={({ featureId }) => `/monitoring/${service.id}/${featureId}`}
          empty={
            <EmptyState icon={Activity} title="Nothing is counted yet">
              Its features are known once its first rows have come and its bins are learned.
            </EmptyState>
          }
        />
      </Panel>
      {data.skew !== null && <SkewPanel skew={data.skew} serviceId={service.id} />}
      {data.llm !== null && (
        <Later className="h-72">
          <LlmPanel llm={data.llm} serviceId={service.id} />
        </Later>
      )}
      {data.performance.map((performance) => (
        <Later key={performance.featureId} className="h-72">
          <PerformancePanel performance={performance} />
        </Later>
      ))}
      <WindowsPanel data={data} />
      <Later className="h-0 w-full">
        <QueriesPanel serviceId={service.id} />
      </Later>
      <AlertsPanel title="Alerts" caption="Alerts" alerts={data.alerts} />
      <Later className="h-32 w-full">
        <RetrainPanel serviceId={service.id} />
      </Later>
      <ReplayPanel monitor={monitor} />
    </Page>
  );
}

function Figures({ data: { window, features, monitor, alerts } }: { data: ServiceMonitoring }) {
  const drifted = features.filter(({ state }) => state === 'drifted').length;
  const open = alerts.filter(({ clearedAt }) => clearedAt === null).length;
  return (
    <StatRow>
      <Stat
        label="Drifted"
        value={`${drifted} of ${features.length}`}
        tone={drifted > 0 ? 'warn' : undefined}
      />
      <Stat
        label="Rows of the last window"
        value={window === null ? '–' : countText(window.rows)}
        hint={
          window === null || window.usualRows === null ? undefined : `usually ${countText(window.usualRows)}`
        }
      />
      <Stat
        label="Judged up to"
        value={window === null ? '–' : <RelativeTime at={window.windowEnd} />}
        hint={window === null ? 'its first window runs' : revisionHint(window.revision)}
      />
      <Stat
        label="Alerts"
        value={monitor.alertsFrom === null ? 'off' : `${open} open`}
        tone={open > 0 ? 'bad' : undefined}
        hint={
          monitor.alertsFrom === null ? undefined : (
            <>
              on since <ExactTime at={monitor.alertsFrom} />
            </>
          )
        }
      />
    </StatRow>
  );
}

const revisionHint = (revision: number) =>
  revision === 1 ? undefined : `judged ${revision} times, because rows came late`;

function WindowsPanel({ data }: { data: ServiceMonitoring }) {
  const prepared = useMemo(() => prepareWindows(data.windows, data.alerts), [data.windows, data.alerts]);
  if (prepared === null) return null;
  const { rows, drifted, range, stepMs, marks } = prepared;
  return (
    <>
      <Panel>
        <LineChart
          title="Features that drifted, by window"
          unit="count"
          series={drifted}
          rangeMs={range}
          stepMs={stepMs}
          marks={marks}
          height={160}
          spec={{ kind: 'drift', serviceId: data.service.id }}
        />
      </Panel>
      <Panel>
        <LineChart
          title="Rows by window"
          unit="count"
          series={rows}
          rangeMs={range}
          stepMs={stepMs}
          height={160}
          spec={{ kind: 'windowRows', serviceId: data.service.id }}
        />
      </Panel>
    </>
  );
}
