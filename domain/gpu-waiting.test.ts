import { describe, expect, it } from 'vitest';
import { fullQuotas, seenWaiting } from './gpu-waiting.ts';
import { exampleHolder } from './preflight/example-capacity.ts';

const pod = (uid: string, namespace: string, gpus: number) => ({
  uid,
  namespace,
  name: uid,
  owner: { kind: 'Deployment', name: 'fraud-r2' },
  gpus,
  createdAt: new Date(0),
  words: null,
});

describe('pods that wait for GPUs', () => {
  const stored = { schema: 1 as const, pods: [pod('mine', 'a', 1), pod('theirs', 'b', 4)], more: 2 };

  it('of others are only a number', () => {
    const seen = seenWaiting(stored, new Set(['a']));
    expect(seen.pods.map(({ uid }) => uid)).toEqual(['mine']);
    expect(seen).toMatchObject({ others: { pods: 1, gpus: 4 }, more: 2 });
    expect(JSON.stringify(seen)).not.toContain('theirs');
  });

  it('are all named to who sees the instance', () => {
    expect(seenWaiting(stored, null)).toMatchObject({ pods: [{}, {}], others: { pods: 0, gpus: 0 } });
  });
});

describe('a GPU quota that is used up', () => {
  const quota = (hard: Record<string, number>, used: Record<string, number>) => ({
    name: 'gpus',
    hard,
    used,
    scopes: [],
  });
  const key = 'requests.nvidia.com/gpu';

  it('is named with used, hard and who holds it', () => {
    const holders = [exampleHolder('fraud-r1', 2), exampleHolder('other', 5, { namespace: 'elsewhere' })];
    expect(fullQuotas('production', [quota({ [key]: 2, pods: 1 }, { [key]: 2, pods: 9 })], holders)).toEqual([
      { namespace: 'production', quota: 'gpus', key, used: 2, hard: 2, heldBy: 'fraud-r1 2' },
    ]);
  });

  it('is not there while something is left', () => {
    expect(fullQuotas('production', [quota({ [key]: 2 }, { [key]: 1 })], [])).toEqual([]);
  });

  it('counts MIG devices and classes of devices too, and a limit of 0', () => {
    const mig = 'requests.nvidia.com/mig-1g.5gb';
    const devices = 'gpu.nvidia.com.deviceclass.resource.k8s.io/devices';
    const found = fullQuotas('production', [quota({ [mig]: 0, [devices]: 1 }, { [devices]: 1 })], []);
    expect(found.map((each) => each.key)).toEqual([mig, devices]);
  });
});
