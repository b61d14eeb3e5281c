import { RelativeTime } from '../ui/relative-time.tsx';
import { Status } from '../ui/status.tsx';
import type { ClusterRow } from './cluster-answers.ts';

type Props = { readonly cluster: Pick<ClusterRow, 'credential' | 'tokenExpiresAt' | 'tokenProblem'> };

/** When the token ends, marked when nothing will renew it before. */
export function TokenExpiry({ cluster }: Props) {
  const { credential, tokenExpiresAt, tokenProblem } = cluster;
  if (credential === 'none') return <span className="text-ink-faint">none needed</span>;
  if (credential === 'inCluster') return <span className="text-ink-muted">renewed by the kubelet</span>;
  if (tokenExpiresAt === null) return <span className="text-ink-muted">no end is known</span>;
  return (
    <span className="inline-flex flex-wrap items-center gap-x-2">
      {tokenProblem !== null && <Status tone="warn" label="Not renewed" />}
      <span>
        expires <RelativeTime at={tokenExpiresAt} />
      </span>
    </span>
  );
}
