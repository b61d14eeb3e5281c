import * as z from 'zod';
import { renewalRight } from '../../domain/cluster-rights.ts';
import { staleClaimSeconds } from '../../domain/namespace-claim.ts';
import { DomainError } from '../../domain/refusal.ts';
import { refusedTokenReason, tokenClaims, tokenLifeSeconds } from '../../domain/service-account-token.ts';
import type { KubernetesAccess, NamespaceClaim } from './cluster.ts';
import type { KubernetesApi } from './kubernetes-api.ts';
import { KubernetesApiError } from './kubernetes-api-error.ts';
import { clusterUid } from './kubernetes-check-connection.ts';
import { lackingRights } from './kubernetes-rights.ts';
import { connectionFailure } from './kubernetes-words.ts';

const tokenSchema = z.looseObject({ status: z.looseObject({ token: z.string().min(1) }) });
const leaseSchema = z.looseObject({
  metadata: z.looseObject({ resourceVersion: z.string() }),
  spec: z.looseObject({ holderIdentity: z.string().optional(), renewTime: z.string().optional() }).optional(),
});

/** Name of the claim's Lease in every managed namespace. */
const claimName = 'fairlead';

async function said<T>(api: KubernetesApi, work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    if (error instanceof DomainError) throw error;
    const found = connectionFailure(error, api.serverUrl);
    if (found !== null) throw new DomainError(found);
    if (error instanceof KubernetesApiError)
      throw new DomainError({
        code: error.status === 409 ? 'conflict' : 'dryRunRefused',
        message: error.words,
      });
    throw error;
  }
}

function leasePath(namespace: string): string {
  return `/apis/coordination.k8s.io/v1/namespaces/${encodeURIComponent(namespace)}/leases`;
}

async function claimOf(api: KubernetesApi, namespace: string): Promise<NamespaceClaim | null> {
  try {
    const found = leaseSchema.parse(await api.get(`${leasePath(namespace)}/${claimName}`));
    const { holderIdentity = '', renewTime } = found.spec ?? {};
    return {
      holder: holderIdentity,
      renewedAt: renewTime === undefined ? null : new Date(renewTime),
      resourceVersion: found.metadata.resourceVersion,
    };
  } catch (error) {
    if (error instanceof KubernetesApiError && error.status === 404) return null;
    throw error;
  }
}

async function writeClaim(
  api: KubernetesApi,
  namespace: string,
  { holder, now, base }: { holder: string; now: Date; base: NamespaceClaim | null },
): Promise<void> {
  // A MicroTime has six digits behind the second.
  const renewTime = now.toISOString().replace('Z', '000Z');
  const spec = { holderIdentity: holder, leaseDurationSeconds: staleClaimSeconds, renewTime };
  const path = leasePath(namespace);
  if (base === null)
    await api.post(path, {
      apiVersion: 'coordination.k8s.io/v1',
      kind: 'Lease',
      metadata: { name: claimName, labels: { 'app.kubernetes.io/managed-by': 'fairlead' } },
      spec,
    });
  else
    await api.mergePatch(`${path}/${claimName}`, {
      metadata: { resourceVersion: base.resourceVersion },
      spec,
    });
}

async function newToken(api: KubernetesApi): Promise<string> {
  const claims = tokenClaims(await api.token());
  const account = claims?.serviceAccount ?? null;
  const expirationSeconds = claims === null ? null : tokenLifeSeconds(claims);
  if (account === null || expirationSeconds === null)
    throw new DomainError({
      code: 'clusterUnauthorized',
      message: 'It is not a token that a service account can renew.',
    });
  const path = `/api/v1/namespaces/${encodeURIComponent(account.namespace)}/serviceaccounts/${encodeURIComponent(account.name)}/token`;
  const body = { apiVersion: 'authentication.k8s.io/v1', kind: 'TokenRequest', spec: { expirationSeconds } };
  try {
    return tokenSchema.parse(await api.post(path, body)).status.token;
  } catch (error) {
    if (!(error instanceof KubernetesApiError) || error.status !== 401) throw error;
    const { detail, fix } = refusedTokenReason(claims, error.clocks(new Date()));
    throw new DomainError({ code: 'clusterUnauthorized', message: detail, fix });
  }
}

async function mayRenew(api: KubernetesApi): Promise<boolean> {
  const account = tokenClaims(await api.token())?.serviceAccount ?? null;
  if (account === null) return false;
  return (await lackingRights(api, [renewalRight(account.name)], account.namespace)).length === 0;
}

/** Token, identity and claims over one API server. */
export function kubernetesAccess(api: KubernetesApi): KubernetesAccess {
  return {
    claims: async () => (api.rotates ? null : tokenClaims(await api.token())),
    mayRenew: () => said(api, mayRenew(api)),
    newToken: () => said(api, newToken(api)),
    useToken: (token) => api.useToken(token),
    uid: () => said(api, clusterUid(api)),
    claimOf: (namespace) => said(api, claimOf(api, namespace)),
    writeClaim: (namespace, change) => said(api, writeClaim(api, namespace, change)),
  };
}
