import { describe, expect, test } from 'vitest';
import type { ServingScope } from '../../domain/serving.ts';
import { observedRevision, type RevisionObjects, readyEndpoints } from './gateway-revision.ts';
import { observedRoute } from './gateway-route.ts';
import { stampOf } from './gateway-write.ts';
import { annotation, type KubernetesObject, type Manifest } from './kubernetes-objects.ts';
import { revisionManifests, routeManifest } from './manifests.ts';

const scope: ServingScope = {
  projectId: 'project',
  serviceId: 'service-id',
  serviceName: 'fraud',
  clusterId: 'c',
  namespace: 'ns',
  gateway: { name: 'gw', namespace: 'gateways' },
  hostnames: ['fraud.example'],
  pathPrefix: '/',
  port: 80,
};
const digest = `sha256:${'a'.repeat(64)}`;
const desired = {
  number: 1,
  revisionId: 'r',
  modelVersionId: 'm',
  specDigest: digest,
  podTemplate: { spec: { containers: [{ name: 'model', image: 'i' }] } },
  port: 9000,
  scaling: { kind: 'fixed' as const, replicas: 2 },
};

function live(manifest: Manifest | undefined, more: Record<string, unknown> = {}): KubernetesObject {
  if (manifest === undefined) throw new Error('no such manifest');
  const annotations = { ...manifest.metadata.annotations, [annotation.applied]: stampOf(manifest) };
  const metadata = { ...manifest.metadata, annotations, uid: 'u', resourceVersion: '1', generation: 3 };
  return { ...manifest, metadata, ...more };
}
const [service, deployment] = revisionManifests(scope, desired);
const settled = { status: { observedGeneration: 3, conditions: [] } };
const slice = (...endpoints: unknown[]): KubernetesObject => ({
  metadata: { name: 's', uid: 'u', resourceVersion: '1' },
  endpoints,
});
const endpoint = (address: string, conditions: object = { ready: true }) => ({
  addresses: [address],
  conditions,
});
const objects = (change: Partial<RevisionObjects> = {}): RevisionObjects => ({
  number: 1,
  deployment: live(deployment, settled),
  service: live(service),
  autoscaler: null,
  endpointSlices: [slice(endpoint('10.0.0.1'), endpoint('10.0.0.2'))],
  pods: [],
  ...change,
});
const pod = (name: string, status: object): KubernetesObject => ({
  metadata: { name, uid: name, resourceVersion: '1' },
  status,
});

describe('a revision', () => {
  test('is whole when both objects are ours, seen by their controller, and every replica is an endpoint', () => {
    expect(observedRevision(objects(), scope)).toEqual({
      number: 1,
      owned: true,
      specDigest: digest,
      scaling: { kind: 'fixed', replicas: 2 },
      complete: true,
      desiredReplicas: 2,
      readyReplicas: 2,
      settled: true,
      ready: true,
      blockers: [],
    });
  });

  test('is incomplete without its Service or while its Deployment is being deleted', () => {
    expect(observedRevision(objects({ service: null }), scope).complete).toBe(false);
    const going = live(deployment, settled);
    going.metadata.deletionTimestamp = '2026-01-01T00:00:00Z';
    expect(observedRevision(objects({ deployment: going }), scope).complete).toBe(false);
  });

  test('is not settled until the controller has seen the last write', () => {
    const behind = live(deployment, { status: { observedGeneration: 2 } });
    expect(observedRevision(objects({ deployment: behind }), scope).settled).toBe(false);
    expect(observedRevision(objects({ deployment: null }), scope).settled).toBe(false);
  });

  test('has neither form of scaling while the autoscaler it was given to is missing', () => {
    const auto = {
      ...desired,
      scaling: { kind: 'auto' as const, minReplicas: 2, maxReplicas: 4, targetCpuPercent: 50 },
    };
    const [, bare, scaler] = revisionManifests(scope, auto);
    const without = live(bare, { ...settled, spec: { ...bare?.spec, replicas: 3 } });
    expect(observedRevision(objects({ deployment: without }), scope).scaling).toBeNull();
    const seen = observedRevision(
      objects({ deployment: live(bare, settled), autoscaler: live(scaler) }),
      scope,
    );
    expect(seen.scaling).toEqual(auto.scaling);
    expect(seen.desiredReplicas).toBe(2);
  });

  test('of somebody else, or stamped by nobody, is not believed', () => {
    const foreign = live(deployment, settled);
    foreign.metadata.annotations = { ...foreign.metadata.annotations, [annotation.serviceId]: 'other' };
    expect(observedRevision(objects({ deployment: foreign }), scope).owned).toBe(false);
    const bare = live(service);
    bare.metadata.annotations = { [annotation.serviceId]: 'service-id' };
    expect(observedRevision(objects({ service: bare }), scope).specDigest).toBeNull();
  });

  test('counts only endpoints that take traffic, once each', () => {
    expect(
      readyEndpoints([
        slice(endpoint('10.0.0.1'), endpoint('10.0.0.2', {}), endpoint('10.0.0.3', { ready: false })),
        slice(endpoint('10.0.0.1'), endpoint('10.0.0.4', { ready: true, terminating: true })),
        slice(),
        { metadata: { name: 'none', uid: 'u', resourceVersion: '1' }, endpoints: null },
      ]),
    ).toBe(2);
  });
});

describe('why a revision is not ready', () => {
  const codes = (change: Partial<RevisionObjects>) =>
    observedRevision(objects({ endpointSlices: [], ...change }), scope).blockers.map(({ code, message }) => [
      code,
      message,
    ]);
  const waiting = (reason: string, message: string) => ({
    name: 'model',
    state: { waiting: { reason, message } },
  });

  test('is said in the words of the workload', () => {
    const conditions = [
      {
        type: 'ReplicaFailure',
        status: 'True',
        reason: 'FailedCreate',
        message: 'pods "x" is forbidden: exceeded quota: gpus, requested: 2',
      },
      {
        type: 'Progressing',
        status: 'False',
        reason: 'ProgressDeadlineExceeded',
        message: 'ReplicaSet "x" has timed out progressing.',
      },
    ];
    expect(codes({ deployment: live(deployment, { status: { conditions } }) })).toEqual([
      ['quotaExceeded', 'pods "x" is forbidden: exceeded quota: gpus, requested: 2'],
      ['progressDeadline', 'ReplicaSet "x" has timed out progressing.'],
    ]);
  });

  test('is said in the words of the pods, one pod for each kind of cause', () => {
    const pods = [
      pod('p4', { containerStatuses: [waiting('CreateContainerConfigError', 'secret "key" not found')] }),
      pod('p1', {
        conditions: [{ type: 'PodScheduled', status: 'False', message: '0/2 nodes are available' }],
      }),
      pod('p2', { containerStatuses: [waiting('ImagePullBackOff', 'Back-off pulling image "i"')] }),
      pod('p3', { initContainerStatuses: [waiting('CrashLoopBackOff', 'back-off 10s')] }),
      pod('p5', { containerStatuses: [waiting('ErrImagePull', 'never shown')] }),
      pod('p6', {
        containerStatuses: [waiting('ContainerCreating', '')],
        conditions: [{ type: 'Ready', status: 'False', message: 'containers are not ready' }],
      }),
      pod('p7', { conditions: [{ type: 'Ready', status: 'True' }] }),
    ];
    expect(codes({ pods })).toEqual([
      ['unschedulable', 'Pod p1 has no node: 0/2 nodes are available'],
      ['imagePull', 'Pod p2: ImagePullBackOff: Back-off pulling image "i"'],
      ['crashLoop', expect.stringContaining('CrashLoopBackOff: back-off 10s')],
      ['revisionNotReady', 'Pod p4: container model: CreateContainerConfigError: secret "key" not found'],
    ]);
  });

  test('is what a crashing init step said before it ended', () => {
    const said = 'fairlead: The bytes at /models are not the ones of the version.\n  Compare them.\n';
    const lastState = { terminated: { reason: 'Error', exitCode: 3, message: said } };
    const status = { ...waiting('CrashLoopBackOff', 'back-off 10s'), lastState };
    expect(codes({ pods: [pod('p1', { initContainerStatuses: [status] })] })).toEqual([
      [
        'crashLoop',
        expect.stringContaining(
          '(exit code 3) and said: fairlead: The bytes at /models are not the ones of the version. Compare them.',
        ),
      ],
    ]);
  });

  test('is a count when nobody says more, and nothing at all when every replica is ready', () => {
    expect(codes({})).toEqual([['revisionNotReady', '0 of 2 replicas of revision 1 are ready.']]);
    expect(codes({ endpointSlices: [slice(endpoint('a'), endpoint('b'))] })).toEqual([]);
  });
});

describe('a route', () => {
  const good = (generation = 3) => [
    { type: 'Accepted', status: 'True', observedGeneration: generation },
    { type: 'ResolvedRefs', status: 'True', observedGeneration: generation },
  ];
  const parent = (conditions: unknown, change: object = {}) => ({
    parentRef: { name: 'gw', namespace: 'gateways', ...change },
    controllerName: 'c',
    conditions,
  });
  const route = (parents: unknown[], spec: Record<string, unknown> = {}) => {
    const manifest = routeManifest(scope, { 1: 95, 2: 5 });
    return observedRoute(live(manifest, { spec: { ...manifest.spec, ...spec }, status: { parents } }), scope);
  };

  test('is accepted when every controller of our parent accepts exactly this generation', () => {
    expect(route([parent(good())])).toEqual({
      exists: true,
      owned: true,
      requested: { 1: 95, 2: 5 },
      accepted: true,
      blockers: [],
      matchesScope: true,
    });
  });

  test.each([
    ['nobody reports', []],
    ['only another gateway reports', [parent(good(), { name: 'other' })]],
    ['only another listener reports', [parent(good(), { sectionName: 'https' })]],
    ['the report is about an older generation', [parent(good(2))]],
    ['a part is missing', [parent(good().slice(0, 1))]],
    [
      'one controller of two says no',
      [parent(good()), parent([{ type: 'Accepted', status: 'False', observedGeneration: 3 }])],
    ],
    [
      'a rule was dropped',
      [parent([...good(), { type: 'PartiallyInvalid', status: 'True', observedGeneration: 3 }])],
    ],
  ])('is not accepted when %s', (_case, parents) => {
    const { accepted, blockers } = route(parents);
    expect(accepted).toBe(false);
    expect(blockers.map(({ code }) => code)).toEqual(['routeNotAccepted']);
  });

  test('gives the reason of the gateway', () => {
    const refused = {
      type: 'ResolvedRefs',
      status: 'False',
      observedGeneration: 3,
      reason: 'BackendNotFound',
      message: 'no fraud-r2',
    };
    const conditions = [...good().slice(0, 1), refused];
    expect(route([parent(conditions)]).blockers[0]?.message).toBe(
      'The gateway gateways/gw has not accepted the route: BackendNotFound: no fraud-r2',
    );
  });

  test.each([
    ['another host', { hostnames: ['evil.example'] }],
    ['no host', { hostnames: [] }],
    ['another gateway', { parentRefs: [{ name: 'other', namespace: 'gateways' }] }],
    ['a second gateway', { parentRefs: [{ name: 'gw', namespace: 'gateways' }, { name: 'b' }] }],
    ['a second rule', { rules: [...(routeManifest(scope, {}).spec.rules as object[]), {}] }],
    ['another path', { rules: [{ matches: [{ path: { type: 'PathPrefix', value: '/x' } }] }] }],
    [
      'a backend of others',
      {
        rules: [
          {
            matches: [{ path: { type: 'PathPrefix', value: '/' } }],
            backendRefs: [{ name: 'other', port: 80 }],
          },
        ],
      },
    ],
    [
      'a filter',
      {
        rules: [
          { matches: [{ path: { type: 'PathPrefix', value: '/' } }], filters: [{ type: 'RequestMirror' }] },
        ],
      },
    ],
  ])('does not match with %s', (_case, spec) => {
    expect(route([], spec).matchesScope).toBe(false);
  });
});
