import * as z from 'zod';
import type { NamespaceAccess } from '../../domain/cluster-rights.ts';
import { blocker } from '../../domain/refusal.ts';
import type { ClusterCapabilities } from './cluster.ts';
import type { KubernetesApi } from './kubernetes-api.ts';
import { KubernetesApiError } from './kubernetes-api-error.ts';
import { failedConnection, metConnection } from './kubernetes-check-connection.ts';
import { offersOf } from './kubernetes-check-offers.ts';
import { meteringRightsCheck, renewalCheck, rightsChecks } from './kubernetes-check-rights.ts';
import { connectionFailure, missingKind } from './kubernetes-words.ts';

const versionSchema = z.looseObject({ gitVersion: z.string() });

async function unusable(api: KubernetesApi, error: unknown): Promise<ClusterCapabilities> {
  const said = connectionFailure(error, api.serverUrl) ?? {
    code: 'clusterUnreachable' as const,
    message: `The API server at ${api.serverUrl} answered: ${error instanceof KubernetesApiError ? error.words : String(error)}`,
    fix: null,
  };
  return {
    reachable: error instanceof KubernetesApiError,
    version: null,
    gatewayApi: false,
    autoscaling: false,
    gpuProducts: [],
    blockers: [blocker({ ...said, owner: 'an instance admin' })],
    checks: await failedConnection(api, error),
  };
}

/** What the cluster offers and grants right now; never throws, each lack is a row and, where it stops work, a blocker. */
export async function probeCluster(
  api: KubernetesApi,
  namespaces: readonly NamespaceAccess[],
): Promise<ClusterCapabilities> {
  try {
    const { gitVersion } = versionSchema.parse(await api.get('/version'));
    const [connection, renewal, rights, offers] = await Promise.all([
      metConnection(api, gitVersion),
      renewalCheck(api),
      rightsChecks(api, namespaces),
      offersOf(api),
    ]);
    const metering = await meteringRightsCheck(api);
    const { gatewayApi, autoscaling, gpuProducts } = offers;
    return {
      reachable: true,
      version: gitVersion,
      gatewayApi,
      autoscaling,
      gpuProducts,
      blockers: [
        ...(gatewayApi ? [] : [missingKind('HTTPRoute')]),
        ...(autoscaling ? [] : [missingKind('HorizontalPodAutoscaler')]),
      ],
      checks: [...connection, renewal, ...rights, metering, ...offers.checks],
    };
  } catch (error) {
    return await unusable(api, error);
  }
}
