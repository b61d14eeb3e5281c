'use client';

import { useQuery } from '@tanstack/react-query';
import { errorSentence } from '../refusal-of.ts';
import { useTrpc } from '../trpc-provider.tsx';
import { Banner } from '../ui/banner.tsx';
import { Button } from '../ui/button.tsx';
import { type Column, DataTable } from '../ui/data-table.tsx';
import { Dialog } from '../ui/dialog.tsx';
import { EmptyState } from '../ui/empty-state.tsx';
import { KeyValueList } from '../ui/key-value-list.tsx';
import { ExactTime, RelativeTime } from '../ui/relative-time.tsx';
import { SkeletonRows } from '../ui/skeleton.tsx';
import type { SharedDetail, SharedRow } from './share-standing.ts';

/** What strangers read in it, and by whom it was opened. */
export function ShareDetail({ share }: { share: SharedRow }) {
  return (
    <Dialog
      title={share.title}
      size="large"
      trigger={
        <Button size="small" variant="ghost" aria-label={`Openings of ${share.title}`}>
          Openings
        </Button>
      }
    >
      <Detail shareId={share.id} />
    </Dialog>
  );
}

type Opening = SharedDetail['openings'][number];

const columns: readonly Column<Opening>[] = [
  { key: 'day', header: 'Day (UTC)', cell: (row) => row.day },
  { key: 'host', header: 'In the page of', cell: (row) => (row.hostOrigin === '' ? 'none' : row.hostOrigin) },
  { key: 'viewer', header: 'For (said by the host)', cell: (row) => row.viewer },
  { key: 'count', header: 'Times', align: 'right', cell: (row) => row.count },
  { key: 'last', header: 'Last', align: 'right', cell: (row) => <RelativeTime at={row.lastAt} /> },
];

function Detail({ shareId }: { shareId: string }) {
  const trpc = useTrpc();
  const { data, error } = useQuery(trpc.shares.get.queryOptions({ shareId }));
  if (error !== null) return <Banner tone="bad" title={errorSentence(error)} />;
  if (data === undefined) return <SkeletonRows rows={4} columns={4} />;
  return (
    <div className="flex flex-col gap-4">
      <KeyValueList
        items={[
          { label: 'Charts', value: data.chartTitles.join(', ') },
          { label: 'Labels', value: data.labels.length === 0 ? 'none' : data.labels.join(', ') },
          {
            label: 'May be framed by',
            value: data.frameAncestors.length === 0 ? 'no page' : data.frameAncestors.join(', '),
          },
          {
            label: 'Files',
            value: data.allowExport.length === 0 ? 'none' : data.allowExport.join(', ').toUpperCase(),
          },
          { label: 'Time range', value: data.allowTimeRange ? 'people may choose' : 'as shared' },
          { label: 'Ends', value: <ExactTime at={data.expiresAt} /> },
        ]}
      />
      <DataTable
        caption="Openings in the last 90 days"
        columns={columns}
        rows={data.openings}
        rowKey={(row) => `${row.day} ${row.hostOrigin} ${row.viewer}`}
        empty={
          <EmptyState title="Nobody opened it in the last 90 days">
            An opening is counted by day, page and what the host says.
          </EmptyState>
        }
      />
    </div>
  );
}
