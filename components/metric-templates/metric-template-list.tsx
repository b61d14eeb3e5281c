'use client';

import { useSuspenseQuery } from '@tanstack/react-query';
import { ChartLine, Trash2 } from 'lucide-react';
import { permissionReason } from '../project/permission-reason.ts';
import { useProject } from '../project/project-context.tsx';
import { useTrpc } from '../trpc-provider.tsx';
import { type Column, DataTable } from '../ui/data-table.tsx';
import { EmptyState } from '../ui/empty-state.tsx';
import { IconButton } from '../ui/icon-button.tsx';
import { Page } from '../ui/page.tsx';
import { PageHeader } from '../ui/page-header.tsx';
import { Panel } from '../ui/panel.tsx';
import { RelativeTime } from '../ui/relative-time.tsx';
import { RemoveDialog } from '../ui/remove-dialog.tsx';
import { useCommand } from '../use-command.ts';
import { MetricTemplateDialog } from './metric-template-dialog.tsx';
import type { MetricTemplateRow } from './template-answers.ts';
import { stepWords, userWords } from './template-words.ts';

function columns(reason: string | undefined): readonly Column<MetricTemplateRow>[] {
  return [
    {
      key: 'name',
      header: 'Template',
      nowrap: false,
      cell: ({ name, query }) => (
        <span className="flex flex-col">
          <span className="font-medium">{name}</span>
          <span className="font-mono text-ink-muted text-xs [overflow-wrap:anywhere]">{query}</span>
        </span>
      ),
    },
    { key: 'place', header: 'Asks', phone: 'hide', cell: ({ environmentName }) => environmentName },
    { key: 'step', header: 'Stored', phone: 'hide', cell: ({ stepSeconds }) => stepWords[stepSeconds] },
    { key: 'users', header: 'Used by', phone: 'hide', cell: ({ usedBy }) => userWords[usedBy] },
    { key: 'asked', header: 'Last asked', nowrap: false, cell: (row) => <LastAsked template={row} /> },
    {
      key: 'do',
      header: 'Actions',
      align: 'right',
      cell: (row) => (
        <span className="inline-flex gap-1">
          <MetricTemplateDialog template={row} disabledReason={reason} />
          <Remove template={row} disabledReason={reason} />
        </span>
      ),
    },
  ];
}

function LastAsked({ template: { charts, askedAt, problem } }: { template: MetricTemplateRow }) {
  if (charts === 0) return <span className="text-ink-muted">on no chart yet</span>;
  if (problem !== null) return <span className="text-bad">{problem}</span>;
  return askedAt === null ? 'soon' : <RelativeTime at={askedAt} />;
}

/** Queries of the project's metrics sources that charts may be made of. */
export function MetricTemplateList() {
  const trpc = useTrpc();
  const { projectId, viewer } = useProject();
  const { data } = useSuspenseQuery(trpc.metricTemplates.list.queryOptions({ projectId }));
  const reason = permissionReason('metricTemplates.set', viewer);
  return (
    <Page>
      <PageHeader
        title="Metric templates"
        crumb="Metric templates"
        description="Queries that boards may show. The worker asks them and stores the samples; whoever looks at a chart asks nothing."
        actions={<MetricTemplateDialog template={null} disabledReason={reason} />}
      />
      <Panel flush>
        <DataTable
          caption="Metric templates"
          columns={columns(reason)}
          rows={data}
          rowKey={({ id }) => id}
          empty={
            <EmptyState icon={ChartLine} title="No metric template yet">
              Add a PromQL query, such as the length of a queue: boards can then show it, and it can be shared
              outside.
            </EmptyState>
          }
        />
      </Panel>
    </Page>
  );
}

type RemoveProps = { readonly template: MetricTemplateRow; readonly disabledReason: string | undefined };

function Remove({ template, disabledReason }: RemoveProps) {
  const trpc = useTrpc();
  const remove = useCommand((extra) => trpc.metricTemplates.remove.mutationOptions(extra));
  return (
    <RemoveDialog
      title={`Remove ${template.name}?`}
      description="Nothing is asked any more. Charts of it keep what is stored, and say that nothing new comes."
      command={remove}
      onConfirm={() => remove.run({ metricTemplateId: template.id })}
      trigger={
        <IconButton
          size="small"
          label={`Remove ${template.name}`}
          icon={Trash2}
          disabledReason={disabledReason}
        />
      }
    />
  );
}
