'use client';

import { permissionReason } from '../project/permission-reason.ts';
import { useProject } from '../project/project-context.tsx';
import { useTrpc } from '../trpc-provider.tsx';
import { Banner } from '../ui/banner.tsx';
import { Button } from '../ui/button.tsx';
import { ConfirmDialog } from '../ui/confirm-dialog.tsx';
import { type Column, DataTable } from '../ui/data-table.tsx';
import { Panel } from '../ui/panel.tsx';
import { RelativeTime } from '../ui/relative-time.tsx';
import { Status } from '../ui/status.tsx';
import { useCommand } from '../use-command.ts';
import type { ClusterDetail } from './cluster-answers.ts';

type Claim = ClusterDetail['claims'][number];

function Holder({ claim }: { claim: Claim }) {
  if (claim.isBeingTaken) return <Status tone="progress" label="Being taken over" />;
  if (!claim.wanted) return <Status tone="neutral" label="Given up" />;
  if (claim.isOurs) return <Status tone="ok" label="This Fairlead" />;
  if (claim.holder === null) return <Status tone="neutral" label="Nobody" />;
  return (
    <span className="inline-flex flex-wrap items-center gap-x-2">
      <Status tone="bad" label="Another Fairlead" />
      <code className="font-mono text-xs max-sm:hidden">{claim.holder}</code>
      {claim.renewedAt !== null && (
        <span className="text-ink-muted">
          heard of <RelativeTime at={claim.renewedAt} />
        </span>
      )}
    </span>
  );
}

type Acts = ReturnType<typeof useOwnership>;

function useOwnership(clusterId: string) {
  const trpc = useTrpc();
  const { viewer } = useProject();
  const take = useCommand((extra) => trpc.clusters.takeNamespace.mutationOptions(extra));
  const release = useCommand((extra) => trpc.clusters.releaseNamespace.mutationOptions(extra));
  return {
    error: take.error,
    releaseError: release.error ?? undefined,
    busy: take.busy || release.busy,
    takeReason: permissionReason('clusters.takeNamespace', viewer),
    releaseReason: permissionReason('clusters.releaseNamespace', viewer),
    take: (namespace: string) => take.run({ clusterId, namespace }),
    release: (namespace: string) => {
      take.reset();
      release.run({ clusterId, namespace });
    },
  };
}

function ClaimAct({ claim, acts }: { claim: Claim; acts: Acts }) {
  const { namespace } = claim;
  if (!claim.isOurs || !claim.wanted)
    return (
      <Button
        size="small"
        busy={acts.busy}
        disabledReason={acts.takeReason}
        aria-label={`Take ${namespace}`}
        onClick={() => acts.take(namespace)}
      >
        Take
      </Button>
    );
  return (
    <ConfirmDialog
      title={`Give ${namespace} up?`}
      description="Fairlead writes nothing there any more, so that another one may. What runs goes on running."
      confirmLabel="Give up"
      danger
      busy={acts.busy}
      error={acts.releaseError}
      onConfirm={() => acts.release(namespace)}
      trigger={
        <Button
          size="small"
          variant="ghost"
          disabledReason={acts.releaseReason}
          aria-label={`Give ${namespace} up`}
        >
          Give up
        </Button>
      }
    />
  );
}

/** Who may write in each namespace that was ever managed from here; taking and giving up are explicit. */
export function ClaimsPanel({ cluster }: { cluster: ClusterDetail }) {
  const acts = useOwnership(cluster.id);
  const columns: readonly Column<Claim>[] = [
    { key: 'namespace', header: 'Namespace', cell: (row) => row.namespace },
    { key: 'holder', header: 'Written by', cell: (row) => <Holder claim={row} /> },
    { key: 'do', header: 'Actions', align: 'right', cell: (row) => <ClaimAct claim={row} acts={acts} /> },
  ];
  if (cluster.claims.length === 0) return null;
  return (
    <Panel
      flush
      title="Who writes where"
      description="A Lease named fairlead in each managed namespace keeps two Fairleads apart"
    >
      {acts.error !== null && (
        <div className="p-3">
          <Banner tone="bad" title={acts.error} />
        </div>
      )}
      <DataTable
        caption="Who writes where"
        columns={columns}
        rows={cluster.claims}
        rowKey={(row) => row.namespace}
        empty={null}
      />
    </Panel>
  );
}
