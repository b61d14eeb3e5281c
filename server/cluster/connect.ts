import { DomainError } from '../../domain/refusal.ts';
import { EgressError } from '../egress/egress-error.ts';
import type { Cluster } from './cluster.ts';
import type { Credential } from './kubernetes-connection.ts';
import type { WatchTimes } from './list-watch.ts';

export type ConnectOptions = {
  readonly clusterId: string;
  /** Namespaces to watch from the start; others are watched when first observed. */
  readonly namespaces?: readonly string[];
  readonly watchTimes?: WatchTimes;
} & (
  | {
      readonly credential: 'token';
      readonly serverUrl: string;
      readonly caPem: string;
      readonly token: string;
    }
  | { readonly credential: 'inCluster' }
);

function credentialOf(options: ConnectOptions): Credential {
  if (options.credential === 'inCluster') return { kind: 'inCluster' };
  const { serverUrl, caPem, token } = options;
  return { kind: 'token', serverUrl, caPem, token };
}

/**
 * The cluster port for a registered Kubernetes cluster; call close() when done. Connects on first use, so an unreachable
 * API server shows in observe and probe, not here. Throws DomainError for a server URL that may not be called.
 */
export async function connectKubernetesCluster(options: ConnectOptions): Promise<Cluster> {
  // client-node takes half a second to load; a console that has only the sandbox never needs it.
  const [{ openKubernetesApi }, { createKubernetesCluster }] = await Promise.all([
    import('./kubernetes-api.ts'),
    import('./kubernetes-cluster.ts'),
  ]);
  try {
    const api = openKubernetesApi(credentialOf(options));
    const { clusterId, namespaces = [], watchTimes } = options;
    return createKubernetesCluster({
      clusterId,
      api,
      namespaces,
      ...(watchTimes === undefined ? {} : { watchTimes }),
    });
  } catch (error) {
    if (!(error instanceof EgressError)) throw error;
    if (options.credential === 'inCluster')
      throw new DomainError({
        code: 'clusterUnreachable',
        message: 'The worker does not run in a Kubernetes cluster: no service account is mounted.',
        fix: 'Register the cluster by address and token, or run the worker in it.',
      });
    throw new DomainError({ code: 'clusterUnreachable', message: error.message });
  }
}
