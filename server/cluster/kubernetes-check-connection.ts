import * as z from 'zod';
import { instantText } from '../../domain/clock-skew.ts';
import type { ClusterCheck } from '../../domain/cluster-check.ts';
import { refusedTokenReason, type TokenClaims, tokenClaims } from '../../domain/service-account-token.ts';
import { EgressError } from '../egress/egress-error.ts';
import type { KubernetesApi } from './kubernetes-api.ts';
import { KubernetesApiError } from './kubernetes-api-error.ts';
import { connectionFailure } from './kubernetes-words.ts';

type Row = Omit<ClusterCheck, 'group'>;
const titles = { reachable: 'Reachable', tls: 'TLS', token: 'Token', identity: 'Identity' } as const;

function row(id: keyof typeof titles, found: Pick<Row, 'state' | 'detail'> & { fix?: string }): ClusterCheck {
  return { id, group: 'connection', title: titles[id], fix: null, ...found };
}

const reviewSchema = z.looseObject({
  status: z.looseObject({ userInfo: z.looseObject({ username: z.string() }) }),
});
const namespaceSchema = z.looseObject({ metadata: z.looseObject({ uid: z.string() }) });

function lifeText(claims: TokenClaims | null): string {
  if (claims === null || claims.expiresAt === null) return 'it does not expire';
  return `valid until ${instantText(claims.expiresAt)}`;
}

/** Who the API server takes us for; null on servers before 1.28, which cannot be asked. */
async function userName(api: KubernetesApi): Promise<string | null> {
  const body = { apiVersion: 'authentication.k8s.io/v1', kind: 'SelfSubjectReview' };
  try {
    const answer = await api.post('/apis/authentication.k8s.io/v1/selfsubjectreviews', body);
    return reviewSchema.parse(answer).status.userInfo.username;
  } catch (error) {
    if (error instanceof KubernetesApiError && (error.status === 404 || error.status === 403)) return null;
    throw error;
  }
}

/** The uid of the namespace kube-system, which lives as long as its cluster; null without the right to read it. */
export async function clusterUid(api: KubernetesApi): Promise<string | null> {
  try {
    return namespaceSchema.parse(await api.get('/api/v1/namespaces/kube-system')).metadata.uid;
  } catch (error) {
    if (error instanceof KubernetesApiError && error.status === 403) return null;
    throw error;
  }
}

/** Rows of a connection over which the API server has answered; throws what a later call met. */
export async function metConnection(api: KubernetesApi, version: string): Promise<ClusterCheck[]> {
  const [name, uid, token] = await Promise.all([userName(api), clusterUid(api), api.token()]);
  const identity =
    uid === null
      ? row('identity', {
          state: 'absent',
          detail: 'the token may not get the namespace kube-system',
          fix: 'Apply the ClusterRole of the manifest: without it another cluster under the same address is not noticed.',
        })
      : row('identity', { state: 'met', detail: `kube-system has the uid ${uid}` });
  const who = name === null ? '' : `${name}, `;
  return [
    row('reachable', { state: 'met', detail: `Kubernetes ${version} at ${api.serverUrl}` }),
    row('tls', { state: 'met', detail: "the CA signed the API server's certificate" }),
    row('token', { state: 'met', detail: `${who}${lifeText(tokenClaims(token))}` }),
    identity,
  ];
}

async function refusedToken(api: KubernetesApi, error: KubernetesApiError): Promise<ClusterCheck> {
  const claims = tokenClaims(await api.token());
  return row('token', { state: 'missing', ...refusedTokenReason(claims, error.clocks(new Date())) });
}

/** Rows up to the one that failed; what lies behind it cannot be asked. */
export async function failedConnection(api: KubernetesApi, error: unknown): Promise<ClusterCheck[]> {
  const said = connectionFailure(error, api.serverUrl);
  const detail = error instanceof Error ? error.message : String(error);
  const bad = { state: 'missing' as const, detail, ...(said?.fix ? { fix: said.fix } : {}) };
  const answers = row('reachable', { state: 'met', detail: `${api.serverUrl} answers` });
  if (error instanceof EgressError && error.reason === 'tls') return [answers, row('tls', bad)];
  const tls = row('tls', { state: 'met', detail: "the CA signed the API server's certificate" });
  if (error instanceof KubernetesApiError && error.status === 401)
    return [answers, tls, await refusedToken(api, error)];
  return [row('reachable', bad)];
}
