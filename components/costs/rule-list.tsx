'use client';

import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { roleWord } from '../../domain/ledger/group-words.ts';
import { formatExact } from '../../domain/time-format.ts';
import { NotReadable } from '../not-readable.tsx';
import { permissionReason } from '../project/permission-reason.ts';
import { useProject } from '../project/project-context.tsx';
import { useTrpc } from '../trpc-provider.tsx';
import { Button } from '../ui/button.tsx';
import { useZone } from '../ui/clock.tsx';
import { ConfirmDialog } from '../ui/confirm-dialog.tsx';
import { type Column, DataTable } from '../ui/data-table.tsx';
import { EmptyState } from '../ui/empty-state.tsx';
import { Panel } from '../ui/panel.tsx';
import { useCommand } from '../use-command.ts';
import type { RuleRow } from './cost-answers.ts';

const about = ({ namespace, ownerKind, ownerName }: RuleRow): string => {
  const place = namespace === '*' ? 'any namespace' : namespace;
  return ownerKind === '*' && ownerName === '*' ? place : `${place}, ${ownerKind} ${ownerName}`;
};

/** All rules; of several that match a pod the lowest number wins. */
export function RuleList() {
  const trpc = useTrpc();
  const zone = useZone();
  const { data: rules, error, refetch } = useQuery(trpc.attribution.rules.queryOptions());
  if (rules === undefined)
    return error === null ? null : (
      <Panel title="Rules">
        <NotReadable title="The rules could not be read" error={error} onAgain={refetch} />
      </Panel>
    );
  const columns: Column<RuleRow>[] = [
    { key: 'number', header: 'No.', cell: ({ number }) => number },
    { key: 'about', header: 'Pods of', cell: about },
    {
      key: 'cluster',
      header: 'Cluster',
      phone: 'hide',
      cell: ({ clusterName }) => clusterName ?? 'every cluster',
    },
    { key: 'project', header: 'Project', cell: ({ projectName }) => projectName },
    {
      key: 'role',
      header: 'Role',
      phone: 'hide',
      cell: ({ role }) => (role === null ? 'by owner' : roleWord(role)),
    },
    { key: 'from', header: 'From', cell: ({ validFrom }) => formatExact(validFrom.getTime(), zone) },
    {
      key: 'to',
      header: 'To',
      cell: (rule) =>
        rule.validTo === null ? <EndRule rule={rule} /> : formatExact(rule.validTo.getTime(), zone),
    },
  ];
  return (
    <Panel title="Rules" description="Of several that match, the lowest number wins." flush>
      <DataTable
        caption="Attribution rules"
        columns={columns}
        rows={rules}
        rowKey={({ id }) => id}
        empty={<EmptyState title="There is no rule yet">Give an owner above to a project.</EmptyState>}
      />
    </Panel>
  );
}

function EndRule({ rule }: { rule: RuleRow }) {
  const trpc = useTrpc();
  const { viewer } = useProject();
  const [isOpen, setOpen] = useState(false);
  const end = useCommand((extra) => trpc.attribution.end.mutationOptions(extra), {
    onDone: () => setOpen(false),
  });
  return (
    <ConfirmDialog
      open={isOpen}
      onOpenChange={setOpen}
      title={`End the rule for ${about(rule)}?`}
      description="From now on its pods are nobody’s again. What it gave before stays given; an end is set once."
      confirmLabel="End it"
      busy={end.busy}
      error={end.error ?? undefined}
      onConfirm={() => end.run({ ruleId: rule.id })}
      trigger={
        <Button size="small" disabledReason={permissionReason('attribution.end', viewer)}>
          End
        </Button>
      }
    />
  );
}
