'use client';

import { errorSentence } from '../refusal-of.ts';
import { Banner } from '../ui/banner.tsx';
import { Button } from '../ui/button.tsx';
import { type Column, DataTable } from '../ui/data-table.tsx';
import { Dialog } from '../ui/dialog.tsx';
import { EmptyState } from '../ui/empty-state.tsx';
import { KeyValueList } from '../ui/key-value-list.tsx';
import { ExactTime, RelativeTime } from '../ui/relative-time.tsx';
import { SkeletonRows } from '../ui/skeleton.tsx';
import type { SharedDetail, SharedRow } from './share-standing.ts';
import type { ShareOwner } from './shared-charts.ts';
import { useShare } from './use-shares.ts';

/** What strangers read in it, and by whom it was opened. */
export function ShareDetail({ share, owner }: { share: SharedRow; owner: ShareOwner }) {
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
      <Detail shareId={share.id} owner={owner} />
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

function Detail({ shareId, owner }: { shareId: string; owner: ShareOwner }) {
  const { data, error } = useShare(owner, shareId);
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
