import { describe, expect, test } from 'vitest';
import { EgressError } from '../egress/egress-error.ts';
import { KubernetesApiError } from './kubernetes-api-error.ts';
import { watchBlocker, writeFailure } from './kubernetes-words.ts';

const url = 'https://cluster.example:6443';
const status = (code: number, message: string, more: object = {}): KubernetesApiError =>
  new KubernetesApiError(code, JSON.stringify({ kind: 'Status', message, ...more }));

describe('a refused write', () => {
  const rbac =
    'deployments.apps "a" is forbidden: User "u" cannot patch resource "deployments" in API group "apps"';
  const quota = 'services "a" is forbidden: exceeded quota: few, requested: services=1, used: services=5';
  const webhook = 'admission webhook "policy.example" denied the request: images must be signed';

  test.each([
    ['a token that is not accepted', status(401, 'Unauthorized'), 'clusterUnauthorized'],
    ['a missing right', status(403, rbac), 'clusterUnauthorized'],
    ['a quota, which is no matter of rights', status(403, quota), 'quotaExceeded'],
    ['an admission webhook, which is no matter of rights', status(403, webhook), 'dryRunRefused'],
    ['validation', status(422, 'Deployment.apps "a" is invalid: spec.replicas'), 'dryRunRefused'],
    ['a missing namespace', status(404, 'namespaces "a" not found'), 'dryRunRefused'],
    ['a missing group', new KubernetesApiError(404, '404 page not found\n'), 'crdMissing'],
    ['a missing kind', status(404, 'the server could not find the requested resource'), 'crdMissing'],
    ['overload', status(429, 'too many requests'), 'clusterUnreachable'],
    ['a broken API server', status(500, 'etcdserver: request timed out'), 'clusterUnreachable'],
    ['no connection', new EgressError('unreachable', 'it refuses connections'), 'clusterUnreachable'],
    ['something that is no API server', new SyntaxError('Unexpected token'), 'clusterUnreachable'],
  ])('by %s has its own code and the words of whoever refused', (_case, error, code) => {
    const { refusal } = writeFailure(error, 'HTTPRoute "a"', url);
    expect(refusal.code).toBe(code);
    const words = error instanceof KubernetesApiError && code !== 'crdMissing' ? error.words : '';
    expect(refusal.message).toContain(words);
  });

  test('names the managers and fields of a conflict', () => {
    const cause = (field: string) => ({
      reason: 'FieldManagerConflict',
      message: 'conflict with "argocd-controller" using apps/v1',
      field,
    });
    const details = { causes: [cause('.spec.replicas'), cause('.spec.paused')] };
    const { refusal } = writeFailure(
      status(409, 'Apply failed with 2 conflicts', { details }),
      'Deployment "a"',
      url,
    );
    expect(refusal).toMatchObject({
      code: 'conflict',
      message:
        'argocd-controller owns .spec.replicas, .spec.paused of Deployment "a", so nothing was written.',
      params: {
        object: 'Deployment "a"',
        manager: 'argocd-controller',
        fields: '.spec.replicas, .spec.paused',
      },
    });
  });
});

describe('a watch that cannot be read', () => {
  const at = { kind: 'HTTPRoute', namespace: 'ns', serverUrl: url };
  test('says whether the kind, the right or the cluster is missing', () => {
    expect(watchBlocker(new KubernetesApiError(404, '404 page not found'), at).code).toBe('crdMissing');
    expect(
      watchBlocker(status(403, 'httproutes is forbidden: User "u" cannot list resource "httproutes"'), at)
        .code,
    ).toBe('clusterUnauthorized');
    expect(watchBlocker(new EgressError('tls', 'x'), at)).toMatchObject({
      code: 'clusterUnreachable',
      fix: "Register the cluster with the CA certificate that signed its API server's certificate.",
    });
  });
});

describe('an answer of the API server', () => {
  test('gives the time it asks to wait, within reason', () => {
    expect(new KubernetesApiError(429, '', { 'retry-after': '10' }).retryAfterSeconds).toBe(10);
    expect(new KubernetesApiError(429, '', { 'retry-after': '999999' }).retryAfterSeconds).toBe(120);
    expect(new KubernetesApiError(429, '', { 'retry-after': 'tomorrow' }).retryAfterSeconds).toBeNull();
    expect(new KubernetesApiError(429, '').retryAfterSeconds).toBeNull();
  });
});
