'use client';

import { useSuspenseQuery } from '@tanstack/react-query';
import { worstFirst } from '../../domain/drift/alert-worst.ts';
import { effectText, testWords } from '../../domain/drift/drift-words.ts';
import type { FeatureRole } from '../../domain/drift/feature.ts';
import { countText } from '../../domain/figure-text.ts';
import { formatPercent } from '../../domain/number-format.ts';
import { retrainStanding } from '../retraining/retrain-words.ts';
import { TimelinePanel } from '../rollouts/timeline-panel.tsx';
import { useTrpc } from '../trpc-provider.tsx';
import { type Column, DataTable } from '../ui/data-table.tsx';
import { KeyValueList } from '../ui/key-value-list.tsx';
import { TextLink } from '../ui/link.tsx';
import { Page } from '../ui/page.tsx';
import { PageHeader } from '../ui/page-header.tsx';
import { Panel } from '../ui/panel.tsx';
import { Person } from '../ui/person.tsx';
import { ExactTime, RelativeTime } from '../ui/relative-time.tsx';
import { Status } from '../ui/status.tsx';
import { AlertActions } from './alert-actions.tsx';
import { AlertsPanel } from './alerts-panel.tsx';
import type { DriftAlertAnswer } from './monitoring-answers.ts';
import { alertStanding, kindWords, roleWords } from './monitoring-words.ts';

type Facts = NonNullable<DriftAlertAnswer['alert']['facts']>;
type Drifted = Extract<Facts, { of: 'features' }>['features'][number];

/** One alert: what drifted and since when, what went before, and what people make of it. */
export function DriftAlertPage({ alertId }: { alertId: string }) {
  const trpc = useTrpc();
  const { data } = useSuspenseQuery(trpc.driftAlerts.get.queryOptions({ alertId }));
  const { alert, service, environment } = data;
  const standing = alertStanding(alert);
  return (
    <Page>
      <PageHeader
        title={`${kindWords[alert.kind]} of ${service.name}`}
        back={{ href: '/monitoring/alerts', label: 'Alerts' }}
        status={<Status tone={standing.tone} label={standing.label} />}
        description={
          <>
            {alert.sentence} See{' '}
            <TextLink href={`/monitoring/${service.id}`}>
              all features of {service.name} in {environment.name}
            </TextLink>
            , or ask for <TextLink href={`/monitoring/${service.id}/references`}>another reference</TextLink>.
          </>
        }
        actions={<AlertActions data={data} />}
      />
      <Panel title="When">
        <Times data={data} />
      </Panel>
      {alert.facts?.of === 'features' && <FeaturesPanel data={data} features={alert.facts.features} />}
      {alert.facts?.of === 'traffic' && (
        <Panel title="Rows">
          <p className="text-ink-muted">
            {countText(alert.facts.rows)} rows in the window that opened it, usually{' '}
            {countText(alert.facts.usualRows)}.
          </p>
        </Panel>
      )}
      {alert.facts?.of === 'quality' && <QualityPanel suites={alert.facts.suites} />}
      <RolloutsPanel data={data} />
      <RetrainsPanel data={data} />
      <AlertsPanel
        title="Other alerts of the service in 90 days"
        caption="Other alerts of the service"
        alerts={data.history}
      />
      <TimelinePanel entries={data.timeline} auditAll={`/audit?kind=driftAlert&id=${alert.id}`} />
    </Page>
  );
}

type DataProps = { readonly data: DriftAlertAnswer };

function Times({ data: { alert, stateBy } }: DataProps) {
  return (
    <KeyValueList
      columns={2}
      items={[
        {
          label: 'Drifts since',
          value: <ExactTime at={alert.fromAt} />,
          hint: 'the start of the first window that drifted',
        },
        { label: 'Alerted', value: <ExactTime at={alert.openedAt} /> },
        {
          label: 'Cleared',
          value: alert.clearedAt === null ? 'not yet' : <ExactTime at={alert.clearedAt} />,
          hint:
            alert.clearedAt === null
              ? 'it is compared with what was before it, so that nothing gets used to the drift'
              : undefined,
        },
        {
          label: 'Said of it',
          value:
            stateBy === null ? (
              'nothing yet'
            ) : (
              <span className="inline-flex flex-wrap items-center gap-2">
                <Person name={stateBy.name} /> <RelativeTime at={alert.stateAt} />
              </span>
            ),
          hint: alert.comment ?? undefined,
        },
        ...(alert.expectedUntil === null
          ? []
          : [{ label: 'Expected until', value: <ExactTime at={alert.expectedUntil} /> }]),
        ...(alert.snoozedUntil === null
          ? []
          : [{ label: 'Snoozed until', value: <ExactTime at={alert.snoozedUntil} /> }]),
      ]}
    />
  );
}

function featureColumns(
  roles: ReadonlyMap<string, FeatureRole>,
  carriers: DriftAlertAnswer['carriers'],
): readonly Column<Drifted>[] {
  return [
    { key: 'name', header: 'Feature', cell: ({ name }) => name },
    {
      key: 'role',
      header: 'Is',
      phone: 'hide',
      cell: ({ featureId }) => {
        const role = roles.get(featureId);
        return <span className="text-ink-muted">{role === undefined ? '–' : roleWords[role]}</span>;
      },
    },
    { key: 'test', header: 'What moved', cell: ({ test }) => testWords[test] },
    { key: 'effect', header: 'By', align: 'right', cell: ({ test, effect }) => effectText(test, effect) },
    ...(carriers.length === 0 ? [] : [carriedColumn(carriers)]),
    {
      key: 'state',
      header: 'State',
      cell: ({ clearedMs, severe }) =>
        clearedMs === null ? (
          <Status tone={severe ? 'bad' : 'warn'} label={severe ? 'Severe drift' : 'Drift'} />
        ) : (
          <Status tone="ok" label="Calm again" />
        ),
    },
    {
      key: 'since',
      header: 'Opened',
      align: 'right',
      phone: 'hide',
      cell: ({ openedMs }) => <ExactTime at={new Date(openedMs)} />,
    },
  ];
}

/** The segment whose rows make most of the shift. */
function carriedColumn(carriers: DriftAlertAnswer['carriers']): Column<Drifted> {
  const byFeature = new Map(carriers.map((one) => [one.featureId, one]));
  return {
    key: 'carried',
    header: 'Carried by',
    cell: ({ featureId, test }) => {
      const found = test === 'distribution' ? byFeature.get(featureId) : undefined;
      return found === undefined
        ? '–'
        : `${found.column} ${found.segment} (${formatPercent(found.carried)} of the shift)`;
    },
  };
}

const predictions: readonly FeatureRole[] = ['score', 'class', 'value'];

function FeaturesPanel({ data, features }: DataProps & { features: readonly Drifted[] }) {
  const roles = new Map(data.features.map(({ featureId, role }) => [featureId, role]));
  const moved = features.filter(({ featureId }) => predictions.includes(roles.get(featureId) ?? 'input'));
  return (
    <Panel
      flush
      title="What drifted"
      description={
        moved.length === 0
          ? 'The predictions did not drift with it.'
          : `The predictions drifted too: ${[...new Set(moved.map(({ name }) => name))].join(', ')}.`
      }
    >
      <DataTable
        caption="What drifted"
        columns={featureColumns(roles, data.carriers)}
        rows={worstFirst(features)}
        rowKey={({ featureId, test, openedMs }) => `${featureId} ${test} ${openedMs}`}
        rowHref={({ featureId }) => `/monitoring/${data.service.id}/${featureId}`}
        empty={null}
      />
    </Panel>
  );
}

type Rollout = DriftAlertAnswer['rolloutsBefore'][number];
const rolloutColumns: readonly Column<Rollout>[] = [
  {
    key: 'to',
    header: 'Rollout',
    cell: ({ to }) => `${to.modelName} ${to.versionNumber} (revision ${to.number})`,
  },
  { key: 'phase', header: 'Phase', cell: ({ phase }) => <span className="text-ink-muted">{phase}</span> },
  { key: 'at', header: 'Started', align: 'right', cell: ({ startedAt }) => <ExactTime at={startedAt} /> },
];

function RolloutsPanel({ data }: DataProps) {
  return (
    <Panel flush title="Rollouts before it">
      <DataTable
        caption="Rollouts before it"
        columns={rolloutColumns}
        rows={data.rolloutsBefore}
        rowKey={({ id }) => id}
        rowHref={({ id }) => `/rollouts/${id}`}
        empty={
          <p className="px-4 py-3 text-ink-muted">
            No rollout of the service ran in the two days before it drifted, so a new version is not the
            cause.
          </p>
        }
      />
    </Panel>
  );
}

type Retrain = DriftAlertAnswer['retrains'][number];
const retrainColumns: readonly Column<Retrain>[] = [
  {
    key: 'state',
    header: 'Retraining',
    cell: ({ state }) => <Status {...retrainStanding({ state, outcome: null })} />,
  },
  { key: 'at', header: 'Opened', align: 'right', cell: ({ openedAt }) => <ExactTime at={openedAt} /> },
];

/** What the alert has led to; nothing where nobody has called it real. */
function RetrainsPanel({ data: { retrains } }: DataProps) {
  if (retrains.length === 0) return null;
  return (
    <Panel flush title="Retraining">
      <DataTable
        caption="Retraining"
        columns={retrainColumns}
        rows={retrains}
        rowKey={({ id }) => id}
        rowHref={({ id }) => `/monitoring/retrains/${id}`}
        empty={null}
      />
    </Panel>
  );
}

type Suite = Extract<Facts, { of: 'quality' }>['suites'][number];
type Expectation = Suite['failing'][number] & { readonly suite: string };
const expectationColumns: readonly Column<Expectation>[] = [
  { key: 'suite', header: 'Suite', phone: 'hide', cell: ({ suite }) => suite },
  { key: 'column', header: 'Column', cell: ({ column }) => column ?? '–' },
  {
    key: 'text',
    header: 'Expectation',
    nowrap: false,
    cell: ({ type, raised }) => (
      <span className="block py-1.5 leading-5">{raised ? `${type} (could not be judged)` : type}</span>
    ),
  },
  {
    key: 'percent',
    header: 'Unexpected',
    align: 'right',
    cell: ({ unexpectedPercent }) => (unexpectedPercent === null ? '–' : `${unexpectedPercent.toFixed(1)} %`),
  },
];

/** Expectations that failed in the last failed run of each suite, the first fifty of each. */
function QualityPanel({ suites }: { suites: readonly Suite[] }) {
  const rows = suites.flatMap(({ suite, failing }) => failing.map((one) => ({ suite, ...one })));
  return (
    <Panel flush title="Expectations that failed">
      <DataTable
        caption="Expectations that failed"
        columns={expectationColumns}
        rows={rows}
        rowKey={({ suite, type, column }) => `${suite} ${type} ${column}`}
        empty={<p className="px-4 py-3 text-ink-muted">The run names none.</p>}
      />
    </Panel>
  );
}
