import { describe, expect, it } from 'vitest';
import {
  defaultModelVersionBehaviour,
  defaultServiceBehaviour,
  type ModelVersionBehaviour,
} from '../sandbox.ts';
import { containerLives } from './container-life.ts';
import { podCounters } from './counters.ts';
import type { SandboxHistory } from './load.ts';
import type { SandboxPod } from './pod.ts';
import { type LogSource, lastLogLines, podLogLines } from './pod-log.ts';

const start = Date.UTC(2026, 10, 23);
const pod: SandboxPod = {
  name: 'fraud-r1-x-1',
  revisionNumber: 1,
  modelVersionId: 'version-1',
  createdAtMs: start,
  scheduledAtMs: start,
  node: 'sandbox-gpu-1',
  gpuCount: 1,
  readyAfterMs: 6_000,
};

function source(told: Partial<ModelVersionBehaviour>, atMs: number, run = -1): LogSource {
  const behaviour = [{ atMs: start, value: { ...defaultModelVersionBehaviour, ...told } }];
  const history: SandboxHistory = {
    seed: 7,
    namespace: 'production',
    weights: [{ atMs: start, value: { 1: 100 } }],
    pods: [{ atMs: start, value: [pod] }],
    service: [{ atMs: start, value: { ...defaultServiceBehaviour, requestsPerSecond: 12 } }],
    modelVersions: new Map([['version-1', behaviour]]),
  };
  const life = containerLives(pod, behaviour, atMs).at(run);
  if (life === undefined) throw new Error('There is no such run.');
  return { history, pod, life };
}

const served = (lines: readonly { text: string }[]) =>
  lines.filter(({ text }) => text.includes('/v1/predict'));

describe('the log of a simulated container', () => {
  it('has one line per counted request and one ERROR per counted error', () => {
    const toMs = start + 120_000;
    const from = source({ errorShare: 0.2 }, toMs);
    const lines = podLogLines(from, { fromMs: start, toMs });
    const counted = podCounters(from.history, pod.name, [toMs])[0]?.[0];
    expect(counted?.requests).toBeGreaterThan(500);
    expect(served(lines)).toHaveLength(counted?.requests ?? -1);
    expect(lines.filter(({ text }) => text.startsWith('ERROR http'))).toHaveLength(counted?.errors ?? -1);
    expect(lines.map(({ atMs }) => atMs)).toEqual(lines.map(({ atMs }) => atMs).toSorted((a, b) => a - b));
  });

  it('is the same however it is cut into windows', () => {
    const toMs = start + 60_000;
    const from = source({}, toMs);
    const whole = podLogLines(from, { fromMs: start, toMs });
    const cuts = [0, 1_700, 6_900, 9_000, 9_001, 33_333, 60_000].map((ms) => start + ms);
    const pieces = cuts
      .slice(1)
      .flatMap((end, index) => podLogLines(from, { fromMs: cuts[index] ?? start, toMs: end }));
    expect(pieces).toEqual(whole);
  });

  it('of a crashed run begins with its start, ends with the exception, and serves nothing', () => {
    const from = source({ fault: 'crashLoop' }, start + 60_000, 0);
    const lines = lastLogLines(from, start + 60_000, 500);
    expect(lines[0]?.text).toContain('starting revision r1 on sandbox-gpu-1');
    expect(lines.at(-1)?.text).toBe('ERROR server: ending with exit code 1');
    expect(served(lines)).toEqual([]);
  });

  it('of a pod that never becomes ready says so every ten seconds', () => {
    const from = source({ fault: 'neverReady' }, start + 60_000);
    const lines = lastLogLines(from, start + 60_000, 500);
    expect(lines.filter(({ text }) => text.includes('/healthz 503'))).toHaveLength(5);
  });

  it('gives the last so many lines, and none when none are asked for', () => {
    const untilMs = start + 600_000;
    const from = source({}, untilMs);
    const last = lastLogLines(from, untilMs, 500);
    expect(last).toHaveLength(500);
    expect(last).toEqual(podLogLines(from, { fromMs: start, toMs: untilMs }).slice(-500));
    expect(lastLogLines(from, untilMs, 0)).toEqual([]);
  });
});
