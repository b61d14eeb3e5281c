'use client';

import { permissionReason } from '../project/permission-reason.ts';
import { useProject } from '../project/project-context.tsx';
import { useTrpc } from '../trpc-provider.tsx';
import { Banner } from '../ui/banner.tsx';
import { Button } from '../ui/button.tsx';
import { ConfirmDialog } from '../ui/confirm-dialog.tsx';
import { useCommand } from '../use-command.ts';
import type { ClusterRow } from './cluster-answers.ts';

/** Says that another cluster answers under the address, and lets an admin say that this is meant. */
export function ReplacedBanner({ cluster }: { cluster: ClusterRow }) {
  const trpc = useTrpc();
  const { viewer } = useProject();
  const confirm = useCommand((extra) => trpc.clusters.confirmReplacement.mutationOptions(extra));
  const { replacedByUid: uid } = cluster;
  if (uid === null) return null;
  return (
    <Banner
      tone="bad"
      title="Under this address there is another cluster now, so nothing is written to it."
      action={
        <ConfirmDialog
          title="Is the new cluster meant?"
          description="Fairlead will create all services of its environments in the cluster that answers now."
          confirmLabel="Confirm the replacement"
          danger
          busy={confirm.busy}
          error={confirm.error ?? undefined}
          onConfirm={() => confirm.run({ clusterId: cluster.id, uid })}
          trigger={
            <Button disabledReason={permissionReason('clusters.confirmReplacement', viewer)}>
              Confirm the replacement
            </Button>
          }
        />
      }
    >
      kube-system had the uid {cluster.uid} and has {uid} now. Register it as a new cluster, or confirm the
      replacement.
    </Banner>
  );
}
