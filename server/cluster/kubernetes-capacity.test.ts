import { describe, expect, it } from 'vitest';
import { claimTemplate, claimTemplateSchema, deviceClassSchema } from './kubernetes-claims.ts';
import { clusterQueueSchema, limitRangeSchema, nodePoolSchema, quotaSchema } from './kubernetes-limits.ts';
import { capacityNodes, holdersOf, nodeSchema, podSchema } from './kubernetes-nodes.ts';

const node = (name: string, change: object = {}) =>
  nodeSchema.parse({
    metadata: { name, labels: { 'nvidia.com/gpu.product': 'NVIDIA-L4' } },
    spec: { taints: [{ key: 'gpu', effect: 'NoSchedule' }] },
    status: { allocatable: { cpu: '16', memory: '64Gi', 'nvidia.com/gpu': '4' } },
    ...change,
  });
const pod = (name: string, gpus: number, change: { nodeName?: string; hash?: string } = {}) =>
  podSchema.parse({
    metadata: {
      name,
      namespace: 'production',
      labels: change.hash === undefined ? {} : { 'pod-template-hash': change.hash },
      ownerReferences: [{ kind: 'ReplicaSet', name: `fraud-r2-${change.hash ?? ''}`, controller: true }],
    },
    spec: {
      ...(change.nodeName === undefined ? {} : { nodeName: change.nodeName }),
      containers: [
        { resources: { requests: { cpu: '500m', memory: '1Gi' }, limits: { 'nvidia.com/gpu': gpus } } },
      ],
    },
  });

describe('nodes and pods as Kubernetes tells them', () => {
  it('a node has free what its pods do not ask for; cordoned, unready and GPU-less nodes are left out', () => {
    const nodes = [
      node('a'),
      node('cordoned', { spec: { unschedulable: true } }),
      node('unready', {
        status: { allocatable: { 'nvidia.com/gpu': '4' }, conditions: [{ type: 'Ready', status: 'False' }] },
      }),
      node('cpu', { status: { allocatable: { cpu: '4' } } }),
    ];
    expect(capacityNodes(nodes, [pod('one', 3, { nodeName: 'a' }), pod('pending', 4)])).toEqual([
      {
        name: 'a',
        product: 'NVIDIA-L4',
        labels: { 'nvidia.com/gpu.product': 'NVIDIA-L4' },
        taints: [{ key: 'gpu', value: '', effect: 'NoSchedule' }],
        gpus: 4,
        freeGpus: 1,
        freeMilliCpu: 15_500,
        freeMemoryMib: 64_512,
      },
    ]);
  });

  it('pods count for the Deployment behind their ReplicaSet, pending ones too', () => {
    const pods = [pod('one', 2, { nodeName: 'a', hash: '7d9f' }), pod('two', 2, { hash: '7d9f' })];
    expect(holdersOf(pods)).toEqual([
      {
        namespace: 'production',
        workload: 'fraud-r2',
        gpus: 4,
        pods: 2,
        pendingGpus: 2,
        pendingPods: 1,
        product: null,
      },
    ]);
  });
});

describe('limits as Kubernetes tells them', () => {
  it('a quota is read with both forms of scopes and its status', () => {
    const read = quotaSchema.parse({
      metadata: { name: 'gpus' },
      spec: {
        hard: { 'requests.nvidia.com/gpu': '8' },
        scopes: ['NotTerminating'],
        scopeSelector: {
          matchExpressions: [{ scopeName: 'PriorityClass', operator: 'In', values: ['canary'] }],
        },
      },
      status: { used: { 'requests.nvidia.com/gpu': '6' } },
    });
    expect(read).toEqual({
      name: 'gpus',
      hard: { 'requests.nvidia.com/gpu': 8 },
      used: { 'requests.nvidia.com/gpu': 6 },
      scopes: [
        { name: 'NotTerminating', operator: 'Exists', values: [] },
        { name: 'PriorityClass', operator: 'In', values: ['canary'] },
      ],
    });
  });

  it('of a limit range only containers and pods matter', () => {
    const limits = [{ type: 'Container', max: { cpu: '2' } }, { type: 'PersistentVolumeClaim' }];
    expect(limitRangeSchema.parse({ metadata: { name: 'caps' }, spec: { limits } })).toEqual([
      { name: 'caps', type: 'Container', max: { cpu: 2 }, min: {} },
    ]);
  });

  it('a ClusterQueue is read by either name of its cohort, a NodePool with what it uses', () => {
    const spec = {
      stopPolicy: 'Hold',
      resourceGroups: [
        { flavors: [{ name: 'l4', resources: [{ name: 'nvidia.com/gpu', nominalQuota: '8' }] }] },
      ],
    };
    const status = {
      flavorsReservation: [{ name: 'l4', resources: [{ name: 'nvidia.com/gpu', total: '3' }] }],
    };
    const read = (cohort: object) =>
      clusterQueueSchema.parse({ metadata: { name: 'own' }, spec: { ...spec, ...cohort }, status });
    const quotas = [
      { flavor: 'l4', resource: 'nvidia.com/gpu', nominal: 8, reserved: 3, borrowingLimit: null },
    ];
    expect(read({ cohortName: 'all' })).toEqual({ name: 'own', cohort: 'all', stopped: true, quotas });
    expect([read({ cohort: 'all' }).cohort, read({}).cohort]).toEqual(['all', null]);
    const pool = { metadata: { name: 'gpu' }, spec: { limits: { 'nvidia.com/gpu': '16' } } };
    expect(nodePoolSchema.parse({ ...pool, status: { resources: { 'nvidia.com/gpu': '4' } } })).toEqual({
      name: 'gpu',
      limits: { 'nvidia.com/gpu': 16 },
      used: { 'nvidia.com/gpu': 4 },
    });
  });
});

describe('claims as Kubernetes tells them', () => {
  const template = (requests: readonly object[]) =>
    claimTemplateSchema.parse({
      metadata: { name: 'devices' },
      spec: { spec: { devices: { requests } } },
    });
  const classOf = (name: string, spec: object) => deviceClassSchema.parse({ metadata: { name }, spec });
  const classes = [
    classOf('fast', { selectors: [{ cel: { expression: 'device.driver == "gpu.nvidia.com"' } }] }),
    classOf('card', { selectors: [{ cel: { expression: 'device.driver == "dra.net"' } }] }),
    classOf('slices', { extendedResourceName: 'nvidia.com/gpu.shared' }),
  ];

  it('GPUs are those of classes that say so, and of classes that nothing is known of', () => {
    const requests = ['fast', 'card', 'slices', 'unknown'].map((deviceClassName) => ({
      name: deviceClassName,
      exactly: { deviceClassName, count: 2 },
    }));
    expect(claimTemplate(template(requests), classes)).toEqual({
      name: 'devices',
      devices: { fast: 2, card: 2, slices: 2, unknown: 2 },
      gpus: 6,
      allOfNode: false,
    });
  });

  it('one of the alternatives counts, quota needs each; admin access takes none; all of a node is said', () => {
    const requests = [
      {
        name: 'either',
        firstAvailable: [
          { deviceClassName: 'fast', count: 1 },
          { deviceClassName: 'slices', count: 4 },
        ],
      },
      { name: 'watch', exactly: { deviceClassName: 'fast', count: 8, adminAccess: true } },
      { name: 'cards', exactly: { deviceClassName: 'card', allocationMode: 'All' } },
    ];
    expect(claimTemplate(template(requests), classes)).toEqual({
      name: 'devices',
      devices: { fast: 1, slices: 4, card: 1 },
      gpus: 4,
      allOfNode: true,
    });
  });
});
