import type { ClusterRow } from './cluster-answers.ts';

/** Where a cluster's API server is. */
export function ClusterAddress({
  cluster,
}: {
  cluster: Pick<ClusterRow, 'kind' | 'credential' | 'serverUrl'>;
}) {
  if (cluster.kind === 'sandbox') return <span className="text-ink-muted">simulated in the database</span>;
  if (cluster.credential === 'inCluster')
    return <span className="text-ink-muted">the cluster that Fairlead runs in</span>;
  return <code className="font-mono text-xs">{cluster.serverUrl}</code>;
}
