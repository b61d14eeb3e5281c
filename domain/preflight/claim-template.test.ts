import { describe, expect, it } from 'vitest';
import { checkQuotas } from './check-quota.ts';
import { checkClaims, withClaims } from './claim-template.ts';
import { podDemand } from './pod-demand.ts';

const container = { name: 'model', image: 'model', resources: { limits: { 'nvidia.com/gpu': 1 } } };
const claims = [
  { name: 'a', resourceClaimTemplateName: 'pair' },
  { name: 'b', resourceClaimTemplateName: 'pair' },
  { name: 'shared', resourceClaimName: 'one' },
];
const demand = podDemand({ spec: { containers: [container], resourceClaims: claims } });
const pair = { name: 'pair', devices: { 'gpu.nvidia.com': 2 }, gpus: 2, allOfNode: false };
const read = (...value: (typeof pair)[]) => ({ kind: 'read', value }) as const;
const unread = { kind: 'unread', why: 'the token may not list them.', fix: 'Apply the manifest.' } as const;

describe('claims of a pod that shall come', () => {
  it('count each by its template, beside what the containers ask for', () => {
    const { milliGpu, gpus, requests } = withClaims(demand, read(pair));
    expect([milliGpu, gpus, requests['gpu.nvidia.com.deviceclass.resource.k8s.io/devices']]).toEqual([
      5_000, 1, 4,
    ]);
  });

  it('count as one whole GPU each where their template was not read', () => {
    for (const templates of [null, unread, read()])
      expect(withClaims(demand, templates).milliGpu).toBe(3_000);
  });

  it('meet the quota of their DeviceClass', () => {
    const quota = {
      name: 'devices',
      hard: { 'gpu.nvidia.com.deviceclass.resource.k8s.io/devices': 7 },
      used: {},
      scopes: [],
    };
    const asked = (pods: number) => ({
      asked: { namespace: 'n', workload: 'w', pods, demand: withClaims(demand, read(pair)) },
      others: [],
      holders: [],
    });
    const verdicts = [1, 2].map(
      (pods) => checkQuotas({ kind: 'read', value: [quota] }, asked(pods))[0]?.verdict,
    );
    expect(verdicts).toEqual(['PASS', 'FAIL']);
  });

  it('are said: found, every device of a node, not there, not read', () => {
    expect(checkClaims(demand, read(pair))).toMatchObject([{ verdict: 'PASS', subject: 'pair' }]);
    expect(checkClaims(demand, read({ ...pair, allOfNode: true }))).toMatchObject([{ verdict: 'WARN' }]);
    expect(checkClaims(demand, read())).toMatchObject([
      { verdict: 'FAIL', fix: expect.stringContaining('"pair"') },
    ]);
    expect(checkClaims(demand, unread)).toMatchObject([{ verdict: 'WARN', fix: unread.fix }]);
    expect(checkClaims(demand, null)).toMatchObject([{ verdict: 'WARN' }]);
    const plain = podDemand({ spec: { containers: [container] } });
    expect([checkClaims(plain, read()), withClaims(plain, null)]).toEqual([[], plain]);
  });
});
