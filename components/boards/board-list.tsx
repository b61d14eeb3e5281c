'use client';

import { useSuspenseQuery } from '@tanstack/react-query';
import { LayoutDashboard } from 'lucide-react';
import { useProject } from '../project/project-context.tsx';
import { reasonOf } from '../rollouts/refusal-reason.ts';
import { useTrpc } from '../trpc-provider.tsx';
import { type Column, DataTable } from '../ui/data-table.tsx';
import { EmptyState } from '../ui/empty-state.tsx';
import { Page } from '../ui/page.tsx';
import { PageHeader } from '../ui/page-header.tsx';
import { Panel } from '../ui/panel.tsx';
import { RelativeTime } from '../ui/relative-time.tsx';
import type { BoardRow } from './board-answers.ts';
import { NewBoardDialog } from './new-board-dialog.tsx';

const columns: readonly Column<BoardRow>[] = [
  { key: 'name', header: 'Board', cell: ({ name }) => name },
  {
    key: 'description',
    header: 'Shows',
    phone: 'hide',
    nowrap: false,
    cell: ({ description }) => <span className="text-ink-muted">{description}</span>,
  },
  { key: 'charts', header: 'Charts', align: 'right', cell: ({ charts }) => charts },
  {
    key: 'saved',
    header: 'Saved',
    align: 'right',
    phone: 'hide',
    cell: ({ savedAt }) => <RelativeTime at={savedAt} />,
  },
];

/** Boards of the project. */
export function BoardList() {
  const trpc = useTrpc();
  const { projectId } = useProject();
  const { data } = useSuspenseQuery(trpc.boards.list.queryOptions({ projectId }));
  const taken = data.boards.map(({ name }) => name);
  return (
    <Page>
      <PageHeader
        title="Boards"
        description="Charts that answer one question together, for you and for people who are no engineers."
        actions={<NewBoardDialog taken={taken} disabledReason={reasonOf(data.refusal)} />}
      />
      <Panel flush>
        <DataTable
          caption="Boards"
          columns={columns}
          rows={data.boards}
          rowKey={({ id }) => id}
          rowHref={({ id }) => `/boards/${id}`}
          empty={
            <EmptyState icon={LayoutDashboard} title="No board yet">
              Begin with a ready one: Is it healthy? What does it cost? What changed? They are made of the
              services and budgets that the project has.
            </EmptyState>
          }
        />
      </Panel>
    </Page>
  );
}
