import { describe, expect, it } from 'vitest';
import { defaultRolloutPlan } from '../../domain/rollout-plan.ts';
import { sandboxScope } from '../cluster/sandbox-fixture.ts';
import type { CounterSample, Metrics } from '../metrics/metrics.ts';
import { stableDispersion } from './stable-dispersion.ts';

const podCount = 10;
const perIntervalRequests = 100;
const now = new Date('2026-11-24T12:00:00Z');

/** Ten stable pods whose errors all fall on one of them at a time, as a slow node would make them. */
const clustered: Metrics = {
  async counters({ boundaries }) {
    const samples = boundaries.flatMap((at) => {
      const interval = Math.floor(at.getTime() / defaultRolloutPlan.intervalMs);
      return Array.from({ length: podCount }, (_, pod): CounterSample => {
        const turns = Math.floor((interval + podCount - pod) / podCount);
        return {
          pod: `pod-${pod}`,
          revisionNumber: 1,
          at,
          requests: interval * perIntervalRequests,
          errors: turns * 10,
          buckets: { 250: interval * perIntervalRequests },
        };
      });
    });
    return { kind: 'samples', samples };
  },
  value: async () => ({ kind: 'noEvidence', reason: 'notConfigured', message: 'Not asked.' }),
};

const ask = (canaryPodCount: number, metrics = clustered) =>
  stableDispersion(metrics, {
    scope: sandboxScope(),
    stableNumber: 1,
    canaryPodCount,
    plan: defaultRolloutPlan,
    now,
  });

describe('the dispersion that a start fixes', () => {
  it("comes from stable's history and is above one when errors cluster by pod", async () => {
    const found = await ask(podCount);
    expect(found.backedByHistory).toBe(true);
    expect(found.phi).toBeGreaterThan(2);
  });

  it('is raised for a canary on one pod beside ten stable ones', async () => {
    const [alike, alone] = [await ask(podCount), await ask(1)];
    expect(alone.phi - 1).toBeCloseTo(((podCount + 1) / 4) * (alike.phi - 1), 6);
  });

  it('is two and not backed when the source gives nothing', async () => {
    const silent: Metrics = {
      ...clustered,
      counters: async () => ({ kind: 'noEvidence', reason: 'unreachable', message: 'Gone.' }),
    };
    expect(await ask(1, silent)).toMatchObject({ phi: 2, backedByHistory: false });
  });
});
