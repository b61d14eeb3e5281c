import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Scaling } from '../service-spec.ts';
import type { DesiredRevision, DesiredServing, ObservedRevision, ObservedServing } from '../serving.ts';
import { asksFreeze } from './freeze.ts';
import { type FreezePod, freezeHard, freezeObstacles, freezeProposal } from './freeze-quota.ts';
import { frozenServing, mostReplicas } from './frozen-serving.ts';

const gpu = 'requests.nvidia.com/gpu';
const limits = (count: number) => ({ 'nvidia.com/gpu': count });

const revision = (number: number, scaling: Scaling, gpus = 1): DesiredRevision => ({
  number,
  revisionId: `r${number}`,
  modelVersionId: 'm',
  specDigest: `d${number}`,
  podTemplate: {
    spec: {
      containers: [
        { name: 'model', image: 'i', ...(gpus === 0 ? {} : { resources: { limits: limits(gpus) } }) },
      ],
    },
  },
  port: 8080,
  scaling,
});
const desired = (...revisions: DesiredRevision[]): DesiredServing => ({
  scope: {
    projectId: 'p',
    serviceId: 's',
    serviceName: 'fraud',
    clusterId: 'c',
    namespace: 'production',
    gateway: { name: 'g', namespace: 'g' },
    hostnames: [],
    pathPrefix: '/',
    port: 80,
  },
  generation: 1,
  revisions,
  weights: {},
  fallbackNumber: null,
});
const seen = (number: number, scaling: Scaling, replicas: number): ObservedRevision => ({
  number,
  owned: true,
  specDigest: `d${number}`,
  scaling,
  complete: true,
  desiredReplicas: replicas,
  readyReplicas: replicas,
  settled: true,
  ready: replicas > 0,
  blockers: [],
});
const observed = (...revisions: ObservedRevision[]): ObservedServing => ({
  observedAt: new Date(0),
  fresh: true,
  revisions,
  route: { exists: false, owned: false, requested: {}, accepted: false, blockers: [], matchesScope: false },
  fight: null,
  blockers: [],
});
const fixed = (replicas: number): Scaling => ({ kind: 'fixed', replicas });
const auto = (minReplicas: number, maxReplicas: number): Scaling => ({
  kind: 'auto',
  minReplicas,
  maxReplicas,
  targetCpuPercent: 60,
});

describe('a budget', () => {
  const spent = { level: 3, amount: 100n, actual: 100n, rolling: false, asked: false };
  it.each([
    ['all of it spent', spent, true],
    ['something left', { ...spent, actual: 99n }, false],
    ['a level that only asks for approval', { ...spent, level: 2 }, false],
    ['something left again', { ...spent, actual: 99n, asked: true }, false],
    ['a rolling one at its edge, frozen', { ...spent, rolling: true, asked: true, actual: 96n }, true],
    ['a rolling one at its edge, not frozen', { ...spent, rolling: true, actual: 96n }, false],
    ['a rolling one with 5 % left', { ...spent, rolling: true, asked: true, actual: 94n }, false],
    ['an amount of nothing', { ...spent, amount: 0n, actual: 0n }, true],
  ])('with %s asks for a freeze: %o → %s', (_, figures, asked) => {
    expect(asksFreeze(figures)).toBe(asked);
  });
});

describe('a frozen service', () => {
  it.each([
    ['scaled up while frozen stays at what runs', fixed(5), seen(1, fixed(2), 2), fixed(2)],
    ['scaled down while frozen goes down', fixed(1), seen(1, fixed(2), 2), fixed(1)],
    ['with an autoscaler goes no further than it has gone', auto(1, 9), seen(1, auto(1, 9), 3), auto(1, 3)],
    ['whose load fell keeps what the freeze had allowed', auto(1, 9), seen(1, auto(1, 3), 2), auto(1, 3)],
    ['keeps at least its least replicas', auto(4, 9), seen(1, auto(4, 9), 2), auto(4, 4)],
    ['with an autoscaler at its most is left as it is', auto(1, 3), seen(1, auto(1, 3), 3), auto(1, 3)],
    ['that somebody scaled to nothing comes back', fixed(3), seen(1, fixed(0), 0), fixed(3)],
  ])('%s', (_, wanted, running, frozen) => {
    const found = frozenServing(desired(revision(1, wanted)), observed(running));
    expect(found.desired.revisions[0]?.scaling).toEqual(frozen);
  });

  it('without GPUs, or not seen yet, is wanted in full; and nothing is concluded from a stale picture', () => {
    const cpu = desired(revision(1, fixed(5), 0));
    expect(frozenServing(cpu, observed(seen(1, fixed(2), 2)))).toEqual({ desired: cpu, capped: [] });
    const fresh = desired(revision(2, fixed(5)));
    expect(frozenServing(fresh, observed(seen(1, fixed(2), 2)))).toEqual({ desired: fresh, capped: [] });
    const stale = { ...observed(seen(2, fixed(2), 2)), fresh: false };
    expect(frozenServing(fresh, stale)).toEqual({ desired: fresh, capped: [] });
  });

  const scaling = fc.oneof(
    fc.integer({ min: 1, max: 20 }).map(fixed),
    fc
      .tuple(fc.integer({ min: 1, max: 20 }), fc.integer({ min: 0, max: 20 }))
      .map(([min, more]) => auto(min, min + more)),
  );
  it('never shrinks what runs below what is wanted, never grows, and is the same when it is looked at again', () => {
    fc.assert(
      fc.property(scaling, scaling, fc.integer({ min: 1, max: 30 }), (wanted, present, running) => {
        const look = seen(1, present, running);
        const { desired: first, capped } = frozenServing(desired(revision(1, wanted)), observed(look));
        const frozen = first.revisions[0]?.scaling ?? wanted;
        const [most, asked] = [mostReplicas(frozen), mostReplicas(wanted)];
        expect(most).toBeLessThanOrEqual(asked);
        expect(most).toBeGreaterThanOrEqual(Math.min(asked, running));
        expect(capped.length === 1).toBe(most < asked);
        const applied = observed({ ...look, scaling: frozen });
        expect(frozenServing(desired(revision(1, wanted)), applied).desired).toEqual(first);
      }),
    );
  });
});

const pods = (workload: string, count: number, change: Partial<FreezePod> = {}): FreezePod[] =>
  Array.from({ length: count }, () => ({ workload, requests: limits(2), terminating: false, ...change }));
const need = (workload: string, count: number) => ({ workload, pods: count, perPod: limits(2) });

describe('the quota of a freeze', () => {
  it.each([
    ['is what runs', [...pods('a-r1', 3), ...pods('b-r1', 1)], [need('a-r1', 3), need('b-r1', 1)], 8],
    [
      'counts what is not needed as long as it runs',
      [...pods('a-r1', 3), ...pods('a-r2', 2)],
      [need('a-r1', 3)],
      10,
    ],
    ['leaves room for what serves to come back from a lost node', pods('a-r1', 1), [need('a-r1', 3)], 6],
    [
      'leaves it also while the pods of the lost node are still being deleted',
      [...pods('a-r1', 1), ...pods('a-r1', 2, { terminating: true })],
      [need('a-r1', 3)],
      10,
    ],
    [
      'makes room for a roll back to what was scaled away',
      pods('a-r2', 3),
      [need('a-r2', 3), need('a-r1', 3)],
      12,
    ],
    ['is nothing where nothing runs', [], [], 0],
  ])('%s', (_, running, needs, hard) => {
    expect(freezeHard(running, needs)).toEqual({ [gpu]: hard });
  });

  it('limits parts of GPUs under their own names', () => {
    const mig = { requests: { 'nvidia.com/mig-1g.5gb': 1, cpu: 4 } };
    expect(freezeHard(pods('a-r1', 2, mig), [])).toEqual({ [gpu]: 0, 'requests.nvidia.com/mig-1g.5gb': 2 });
  });

  it('never lies below what runs or what is needed, and admits nothing beyond once the needs are met', () => {
    const count = fc.integer({ min: 0, max: 9 });
    fc.assert(
      fc.property(count, count, count, (running, leaving, wanted) => {
        const there = [...pods('a-r1', running), ...pods('a-r1', leaving, { terminating: true })];
        const hard = freezeHard(there, [need('a-r1', wanted)])[gpu] ?? 0;
        expect(hard).toBeGreaterThanOrEqual(2 * Math.max(running + leaving, wanted));
        if (leaving === 0) expect(hard).toBe(2 * Math.max(running, wanted));
      }),
    );
  });
});

describe('what stands against a freeze', () => {
  const whole = {
    namespace: 'production',
    wholeEnvironment: true,
    pods: pods('a-r1', 2),
    managed: ['a-r1'],
    lackingRights: [],
    quotaOwner: null,
  };
  it('is nothing where every GPU pod is managed and the right is there', () => {
    expect(freezeObstacles(whole)).toEqual([]);
    const cpu = pods('web', 3, { requests: { cpu: 2 } });
    expect(freezeObstacles({ ...whole, pods: [...whole.pods, ...cpu] })).toEqual([]);
  });

  it('is named one by one, with the workloads of others and their GPUs', () => {
    const found = freezeObstacles({
      ...whole,
      wholeEnvironment: false,
      pods: [...whole.pods, ...pods('notebook', 2)],
      lackingRights: ['create resourcequotas'],
      quotaOwner: 'argocd-controller',
    });
    expect(found).toHaveLength(4);
    expect(found[1]).toContain('"notebook" (4)');
    expect(found[2]).toContain('create resourcequotas');
    expect(found[3]).toContain('argocd-controller');
  });

  it('leaves a command for whoever may', () => {
    expect(freezeProposal('production', { [gpu]: 8 })).toBe(
      'kubectl -n production create quota fairlead-freeze --hard=requests.nvidia.com/gpu=8',
    );
  });
});
