'use client';

import { useQuery } from '@tanstack/react-query';
import { FileCog } from 'lucide-react';
import { permissionReason } from '../project/permission-reason.ts';
import { useProject } from '../project/project-context.tsx';
import { errorSentence } from '../refusal-of.ts';
import { useTrpc } from '../trpc-provider.tsx';
import { Button } from '../ui/button.tsx';
import { CodeBlock } from '../ui/code.tsx';
import { type Column, DataTable } from '../ui/data-table.tsx';
import { Dialog } from '../ui/dialog.tsx';
import { EmptyState } from '../ui/empty-state.tsx';
import { Page } from '../ui/page.tsx';
import { PageHeader } from '../ui/page-header.tsx';
import { Panel } from '../ui/panel.tsx';
import { Person } from '../ui/person.tsx';
import { RemoveDialog } from '../ui/remove-dialog.tsx';
import { SkeletonRows } from '../ui/skeleton.tsx';
import { useCommand } from '../use-command.ts';
import type { TemplateRow } from './retrain-answers.ts';
import { demandText } from './retrain-words.ts';
import { TemplateForm } from './template-form.tsx';

const columns: readonly Column<TemplateRow>[] = [
  { key: 'name', header: 'Template', cell: ({ name }) => name },
  { key: 'cluster', header: 'Cluster', cell: ({ cluster }) => cluster },
  {
    key: 'kind',
    header: 'Starts',
    phone: 'hide',
    cell: ({ kind, ...row }) => (
      <>
        {kind} <span className="text-ink-muted">{demandText(row)} at most</span>
      </>
    ),
  },
  { key: 'by', header: 'Allowed by', phone: 'hide', cell: ({ addedBy }) => <Person name={addedBy.name} /> },
  {
    key: 'do',
    header: 'Actions',
    align: 'right',
    cell: (row) => (
      <span className="inline-flex gap-2">
        <Look template={row} />
        <Remove template={row} />
      </span>
    ),
  },
];

/** What trainings of each cluster may start; everything else is refused. */
export function TemplatesPage() {
  const { viewer } = useProject();
  const reason = permissionReason('retrainTemplates.list', viewer);
  return (
    <Page>
      <PageHeader
        title="Training templates"
        crumb="Training templates"
        description="Jobs, and objects of other kinds, that a retraining may start in the namespace of its service. A template never changes: remove it and allow another."
      />
      {reason === undefined ? (
        <>
          <Panel flush title="Allowed">
            <TemplateTable />
          </Panel>
          <Panel title="Allow another">
            <TemplateForm disabledReason={permissionReason('retrainTemplates.create', viewer)} />
          </Panel>
        </>
      ) : (
        <Panel flush>
          <EmptyState icon={FileCog} title="Training templates are for admins of the instance">
            {reason}
          </EmptyState>
        </Panel>
      )}
    </Page>
  );
}

function TemplateTable() {
  const trpc = useTrpc();
  const { data, error } = useQuery(trpc.retrainTemplates.list.queryOptions());
  if (error !== null)
    return (
      <EmptyState icon={FileCog} title="The list could not be read">
        {errorSentence(error)}
      </EmptyState>
    );
  if (data === undefined) return <SkeletonRows rows={3} columns={4} />;
  return (
    <DataTable
      caption="Training templates"
      columns={columns}
      rows={data}
      rowKey={(row) => row.id}
      empty={
        <EmptyState icon={FileCog} title="No template is allowed">
          A retraining can only tell people or call a webhook.
        </EmptyState>
      }
    />
  );
}

function Look({ template }: { template: TemplateRow }) {
  return (
    <Dialog size="medium" title={template.name} trigger={<Button size="small">YAML</Button>}>
      <CodeBlock text={template.yaml} label={`template ${template.name}`} />
    </Dialog>
  );
}

function Remove({ template }: { template: TemplateRow }) {
  const trpc = useTrpc();
  const remove = useCommand((extra) => trpc.retrainTemplates.remove.mutationOptions(extra));
  return (
    <RemoveDialog
      title={`Remove ${template.name}?`}
      description="Nothing more starts from it, and what waits for signatures on it is void. What runs goes on."
      command={remove}
      onConfirm={() => remove.run({ templateId: template.id })}
      trigger={<Button size="small">Remove</Button>}
    />
  );
}
