import { describe, expect, it, test } from 'vitest';
import { fraction } from '../../domain/metering/fraction.ts';
import { podGpuShare } from '../../domain/metering/gpu-share.ts';
import { nodeGpus } from '../../domain/metering/node-gpus.ts';
import { meteredClaim, meteredNode, meteredSlice } from './kubernetes-metering-node.ts';
import { meteredPod } from './kubernetes-metering-pod.ts';
import type { KubernetesObject } from './kubernetes-objects.ts';

const metadata = {
  name: 'scoring-r3-7d9f8-abcde',
  namespace: 'fraud',
  uid: 'u-1',
  resourceVersion: '4711',
  creationTimestamp: '2026-11-24T09:59:00Z',
  labels: { 'pod-template-hash': '7d9f8', 'fairlead.dev/service': 'scoring' },
  ownerReferences: [
    { apiVersion: 'apps/v1', kind: 'ReplicaSet', name: 'scoring-r3-7d9f8', uid: 'rs-1', controller: true },
  ],
};
const digest = `sha256:${'a'.repeat(64)}`;

/** As the API server shows a pod that crashed once and serves. */
function pod(given: { metadata?: object; spec?: object; status?: object } = {}): KubernetesObject {
  return {
    metadata: { ...metadata, ...given.metadata },
    spec: {
      nodeName: 'gpu-1',
      restartPolicy: 'Always',
      containers: [
        {
          name: 'server',
          image: 'registry.example/server',
          env: [{ name: 'PASSWORD', value: 'swordfish' }],
          resources: {
            requests: { cpu: '1500m', memory: '2Gi', 'nvidia.com/gpu': '1' },
            limits: { 'nvidia.com/gpu': '1' },
          },
        },
        { name: 'proxy', resources: { requests: { cpu: '100m' } } },
      ],
      initContainers: [{ name: 'fetch', resources: { requests: { cpu: '2', memory: '1Gi' } } }],
      ...given.spec,
    },
    status: {
      phase: 'Running',
      conditions: [
        { type: 'PodScheduled', status: 'True', lastTransitionTime: '2026-11-24T10:00:00Z' },
        { type: 'Ready', status: 'True', lastTransitionTime: '2026-11-24T10:31:00Z' },
      ],
      containerStatuses: [
        {
          name: 'server',
          imageID: `registry.example/server@${digest}`,
          state: { running: { startedAt: '2026-11-24T10:30:00Z' } },
          lastState: {
            terminated: {
              startedAt: '2026-11-24T10:05:00Z',
              finishedAt: '2026-11-24T10:20:00Z',
              exitCode: 1,
            },
          },
        },
      ],
      ...given.status,
    },
  };
}

describe('a pod', () => {
  it('is kept with owner, labels, request and status, and without its env', () => {
    const found = meteredPod(pod());
    expect(found).toMatchObject({
      version: 4_711,
      nodeName: 'gpu-1',
      owners: [
        { kind: 'ReplicaSet', name: 'scoring-r3-7d9f8', uid: 'rs-1' },
        { kind: 'Deployment', name: 'scoring-r3', uid: '' },
      ],
      request: { cpu: 2_000, memory: 2_048, 'nvidia.com/gpu': 1 },
      scheduledAt: new Date('2026-11-24T10:00:00Z'),
      readiness: { ready: true, at: new Date('2026-11-24T10:31:00Z') },
      ended: false,
      deletion: null,
    });
    expect(found?.containers[0]).toEqual({
      name: 'server',
      holdsGpu: true,
      imageDigest: digest,
      lives: [
        {
          startedAt: new Date('2026-11-24T10:05:00Z'),
          finishedAt: new Date('2026-11-24T10:20:00Z'),
          again: true,
        },
        { startedAt: new Date('2026-11-24T10:30:00Z'), finishedAt: null, again: true },
      ],
    });
    expect(JSON.stringify(found)).not.toContain('swordfish');
  });

  it('that is resized in place holds the larger of what it asks for and what it has', () => {
    const status = { containerStatuses: [{ name: 'server', allocatedResources: { cpu: '6' } }] };
    expect(meteredPod(pod({ status }))?.request.cpu).toBe(6_100);
  });

  it('of a job ends for good, and of one that is restarted on failure only when it failed', () => {
    const ended = (restartPolicy: string, exitCode: number) => {
      const terminated = { startedAt: '2026-11-24T10:05:00Z', finishedAt: '2026-11-24T10:20:00Z', exitCode };
      const status = { containerStatuses: [{ name: 'server', state: { terminated } }] };
      return meteredPod(pod({ spec: { restartPolicy }, status }))?.containers[0]?.lives[0]?.again;
    };
    expect([ended('Never', 1), ended('OnFailure', 0), ended('OnFailure', 1), ended('Always', 0)]).toEqual([
      false,
      false,
      true,
      true,
    ]);
  });

  it('carries KAI’s annotations, its grace, and the claim behind an extended resource', () => {
    const found = meteredPod(
      pod({
        metadata: {
          annotations: { 'gpu-fraction': '0.5', 'gpu-fraction-num-devices': '2' },
          deletionTimestamp: '2026-11-24T11:00:30Z',
          deletionGracePeriodSeconds: 30,
        },
        status: {
          extendedResourceClaimStatus: {
            resourceClaimName: 'scoring-extended',
            requestMappings: [{ containerName: 'server', resourceName: 'nvidia.com/gpu', requestName: 'r' }],
          },
        },
      }),
    );
    expect(found).toMatchObject({
      share: { fraction: '0.5', memoryMib: null, devices: 2 },
      deletion: { at: new Date('2026-11-24T11:00:30Z'), graceSeconds: 30 },
      claims: ['scoring-extended'],
      claimedResources: ['nvidia.com/gpu'],
    });
  });

  it('that cannot be read is none', () => {
    expect(meteredPod({ metadata: { name: 'x', uid: 'u', resourceVersion: '1' } })).toBeNull();
  });
});

describe('a node', () => {
  const node = (labels: Record<string, string>, spec: object = { providerID: 'aws:///i-1' }) =>
    meteredNode({
      metadata: {
        name: 'gpu-1',
        uid: 'n-1',
        resourceVersion: '9',
        creationTimestamp: '2026-11-24T08:00:00Z',
        labels,
        annotations: { secret: 'kept by others' },
      },
      spec,
      status: {
        capacity: { cpu: '64', memory: '536870912Ki', 'nvidia.com/gpu': '8' },
        allocatable: { cpu: '63', memory: '500Gi', 'nvidia.com/gpu': '7' },
        conditions: [{ type: 'Ready', status: 'Unknown', lastTransitionTime: '2026-11-24T09:00:00Z' }],
      },
    });

  it('has its capacity in whole amounts, and does not answer while its condition is not true', () => {
    expect(node({})).toMatchObject({
      capacity: { cpu: 64_000, memory: 524_288, 'nvidia.com/gpu': 8 },
      readiness: { ready: false, at: new Date('2026-11-24T09:00:00Z') },
      annotations: {},
    });
  });

  test.each([
    ['Karpenter', { 'karpenter.sh/capacity-type': 'spot' }, 'spot'],
    ['EKS', { 'eks.amazonaws.com/capacityType': 'SPOT' }, 'spot'],
    ['GKE', { 'cloud.google.com/gke-spot': 'true' }, 'spot'],
    ['AKS', { 'kubernetes.azure.com/scalesetpriority': 'spot' }, 'spot'],
    ['a reservation', { 'karpenter.sh/capacity-type': 'reserved' }, 'reserved'],
    ['a provider that says nothing', {}, 'onDemand'],
  ])('is bought as %s labels it', (_, labels, capacityType) => {
    expect(node(labels as Record<string, string>)?.capacityType).toBe(capacityType);
  });

  it('of no provider is owned', () => {
    expect(node({}, {})?.capacityType).toBe('owned');
  });
});

it('a claim of a device of a slice is a share of the node’s GPUs', () => {
  const named = (name: string) => ({ name, namespace: 'fraud', uid: name, resourceVersion: '1' });
  const slice = meteredSlice({
    metadata: named('slice'),
    spec: {
      driver: 'gpu.nvidia.com',
      pool: { name: 'gpu-1', generation: 1, resourceSliceCount: 1 },
      nodeName: 'gpu-1',
      devices: [
        {
          name: 'gpu-0-mig-1g5gb-0',
          attributes: {
            type: { string: 'mig' },
            profile: { string: '1g.5gb' },
            productName: { string: 'NVIDIA A100-SXM4-40GB' },
          },
          capacity: { memory: { value: '4864Mi' } },
        },
      ],
    },
  });
  const claim = meteredClaim({
    metadata: named('claim'),
    status: {
      allocation: {
        devices: {
          results: [{ request: 'r', driver: 'gpu.nvidia.com', pool: 'gpu-1', device: 'gpu-0-mig-1g5gb-0' }],
        },
      },
      reservedFor: [{ resource: 'pods', name: 'a', uid: 'a' }],
    },
  });
  if (slice === null || claim === null) throw new Error('They cannot be read.');
  const devices = { slices: [slice], claims: [claim] };
  const gpus = nodeGpus(
    { name: 'gpu-1', labels: {}, annotations: {}, capacity: {}, allocatable: {} },
    devices,
  );
  const spec = {
    containers: [{ name: 'server' }],
    resourceClaims: [{ name: 'gpu', resourceClaimName: 'claim' }],
  };
  const found = meteredPod(pod({ spec }));
  if (found === null) throw new Error('It cannot be read.');
  expect(podGpuShare(found, gpus, devices)).toEqual({ gpu: fraction(1, 7), estimated: false });
});
