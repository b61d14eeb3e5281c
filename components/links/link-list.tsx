'use client';

import { useSuspenseQuery } from '@tanstack/react-query';
import { ExternalLink, Trash2 } from 'lucide-react';
import { isPodLink } from '../../domain/link-template.ts';
import { permissionReason } from '../project/permission-reason.ts';
import { useProject } from '../project/project-context.tsx';
import { useTrpc } from '../trpc-provider.tsx';
import { type Column, DataTable } from '../ui/data-table.tsx';
import { EmptyState } from '../ui/empty-state.tsx';
import { IconButton } from '../ui/icon-button.tsx';
import { Page } from '../ui/page.tsx';
import { PageHeader } from '../ui/page-header.tsx';
import { Panel } from '../ui/panel.tsx';
import { RemoveDialog } from '../ui/remove-dialog.tsx';
import { useCommand } from '../use-command.ts';
import type { LinkRow } from './link-answers.ts';
import { LinkDialog } from './link-dialog.tsx';

function columns(reason: string | undefined): readonly Column<LinkRow>[] {
  return [
    { key: 'name', header: 'Link', cell: ({ name }) => <span className="font-medium">{name}</span> },
    {
      key: 'url',
      header: 'Address',
      nowrap: false,
      cell: ({ url }) => <span className="font-mono text-xs [overflow-wrap:anywhere]">{url}</span>,
    },
    {
      key: 'where',
      header: 'Shown',
      phone: 'hide',
      cell: ({ url, environmentName }) =>
        `${isPodLink(url) ? 'beside pods' : 'on services and rollouts'}, ${environmentName ?? 'everywhere'}`,
    },
    {
      key: 'do',
      header: 'Actions',
      align: 'right',
      cell: (row) => (
        <span className="inline-flex gap-1">
          <LinkDialog link={row} disabledReason={reason} />
          <Remove link={row} disabledReason={reason} />
        </span>
      ),
    },
  ];
}

/** Links of the project into Grafana, Loki, Kibana or anything with an address. */
export function LinkList() {
  const trpc = useTrpc();
  const { projectId, viewer } = useProject();
  const { data } = useSuspenseQuery(trpc.linkTemplates.list.queryOptions({ projectId }));
  const reason = permissionReason('linkTemplates.set', viewer);
  return (
    <Page>
      <PageHeader
        title="Links"
        crumb="Links"
        description="Addresses in your other tools, filled in with the service, revision, pod and time that a page shows."
        actions={<LinkDialog link={null} disabledReason={reason} />}
      />
      <Panel flush>
        <DataTable
          caption="Links"
          columns={columns(reason)}
          rows={data}
          rowKey={({ id }) => id}
          empty={
            <EmptyState icon={ExternalLink} title="No link yet">
              Add one to your dashboards or your log store: it then stands on every service, pod and rollout.
            </EmptyState>
          }
        />
      </Panel>
    </Page>
  );
}

function Remove({ link, disabledReason }: { link: LinkRow; disabledReason: string | undefined }) {
  const trpc = useTrpc();
  const remove = useCommand((extra) => trpc.linkTemplates.remove.mutationOptions(extra));
  return (
    <RemoveDialog
      title={`Remove ${link.name}?`}
      description="It is taken off every page. Nothing changes in the other tool."
      command={remove}
      onConfirm={() => remove.run({ linkTemplateId: link.id })}
      trigger={
        <IconButton
          size="small"
          label={`Remove ${link.name}`}
          icon={Trash2}
          disabledReason={disabledReason}
        />
      }
    />
  );
}
