'use client';

import { type Column, DataTable } from '../ui/data-table.tsx';
import { Panel } from '../ui/panel.tsx';
import { ExactTime } from '../ui/relative-time.tsx';
import { Status } from '../ui/status.tsx';
import type { ServiceMonitoring } from './monitoring-answers.ts';
import { featureStanding, verdictText } from './monitoring-words.ts';

type Skew = NonNullable<ServiceMonitoring['skew']>;
type Feature = Skew['features'][number];

const columns: readonly Column<Feature>[] = [
  { key: 'name', header: 'Feature', cell: ({ name }) => name },
  { key: 'state', header: 'Against training', cell: (row) => <Status {...featureStanding(row)} /> },
  {
    key: 'worst',
    header: 'Most of all',
    phone: 'hide',
    cell: ({ worst }) => <span className="text-ink-muted">{worst === null ? '–' : verdictText(worst)}</span>,
  },
];

/** Whether what is asked in production is like what the model has learned from. */
export function SkewPanel({ skew, serviceId }: { skew: Skew; serviceId: string }) {
  const { version, revision, referenceName, from, to, whyNone, features } = skew;
  return (
    <Panel
      flush={whyNone === null}
      title="Training–serving skew"
      description={
        <>
          The first day of {version} (revision {revision}) with all the traffic, <ExactTime at={from} /> to{' '}
          <ExactTime at={to} />, against “{referenceName}”.
        </>
      }
    >
      {whyNone === null ? (
        <DataTable
          caption="Training–serving skew"
          columns={columns}
          rows={features}
          rowKey={({ featureId }) => featureId}
          rowHref={({ featureId }) => `/monitoring/${serviceId}/${featureId}`}
          empty={<p className="px-4 py-3 text-ink-muted">No feature of it is in the training data.</p>}
        />
      ) : (
        <p className="text-ink-muted">{whyNone}</p>
      )}
    </Panel>
  );
}
