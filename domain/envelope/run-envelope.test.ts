import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { defaultRolloutPlan, type RolloutPlan } from '../rollout-plan.ts';
import { type Envelope, extraOf, heldOf, needsNoGpu, peakExtraOf, peakOf } from './envelope.ts';
import { envelopeSchema } from './envelope-schema.ts';
import { runEnvelope } from './run-envelope.ts';

const minuteMs = 60_000;
const gpuHour = 3_600_000n;
const step = (weightPercent: number, minutes: number) => ({
  weightPercent,
  minimumMs: minutes * minuteMs,
  deadlineMs: 2 * minutes * minuteMs + 1_000,
  minimumSamples: 1_000,
});
const plan: RolloutPlan = {
  ...defaultRolloutPlan,
  steps: [step(10, 60), step(50, 120), step(100, 60)],
  scaleDownDelayMs: 0,
  progressDeadlineMs: 600 * minuteMs,
};
const sixOfTwo = { replicas: 6, milliGpuPerPod: { L4: 2_000 } };

const extra = ({ parts, before }: Envelope) => extraOf(parts, before);

describe('the envelope of a rollout', () => {
  it('of 6 replicas with 2 GPUs peaks at 24 GPUs and takes 48 GPU-hours extra: the driver runs the canary at full size from its start', () => {
    const envelope = runEnvelope({ plan, from: sixOfTwo, to: sixOfTwo, startupMs: 0 });
    expect(envelope.parts.map(({ phase, stepIndex, ms }) => [phase, stepIndex, ms / minuteMs])).toEqual([
      ['stepping', 0, 60],
      ['stepping', 1, 120],
      ['stepping', 2, 60],
    ]);
    expect(peakOf(envelope)).toEqual({ L4: 24_000 });
    expect(peakExtraOf(envelope)).toEqual({ L4: 12_000 });
    expect(extra(envelope)).toEqual({ L4: 48n * gpuHour });
  });

  it('holds the old revision for the delay after 100 %, and the new one from its start, before it is ready', () => {
    const timed = { ...plan, scaleDownDelayMs: 30 * minuteMs };
    const envelope = runEnvelope({ plan: timed, from: sixOfTwo, to: sixOfTwo, startupMs: 15 * minuteMs });
    expect(envelope.parts.map(({ phase, ms, milliGpu }) => [phase, ms / minuteMs, milliGpu['L4']])).toEqual([
      ['starting', 15, 24_000],
      ['stepping', 60, 24_000],
      ['stepping', 120, 24_000],
      ['stepping', 60, 24_000],
      ['finishing', 30, 24_000],
    ]);
    expect(extra(envelope)).toEqual({ L4: 57n * gpuHour });
  });

  it('reserves the old revision at full size for a roll back: 6 GPU-hours for a window of 30 minutes', () => {
    const timed = { ...plan, scaleDownDelayMs: 30 * minuteMs };
    const envelope = runEnvelope({ plan: timed, from: sixOfTwo, to: sixOfTwo, startupMs: 0 });
    expect(extraOf(envelope.rollBack, envelope.after)).toEqual({ L4: 6n * gpuHour });
  });

  it('keeps products apart when the revisions ask for different ones', () => {
    const to = { replicas: 3, milliGpuPerPod: { H100: 4_000 } };
    const envelope = runEnvelope({ plan, from: sixOfTwo, to, startupMs: 0 });
    expect(peakExtraOf(envelope)).toEqual({ H100: 12_000 });
    expect(extra(envelope)).toEqual({ H100: 48n * gpuHour });
    expect(extraOf(envelope.rollBack, envelope.after)).toEqual({});
    expect([envelope.before, envelope.after]).toEqual([{ L4: 12_000 }, { H100: 12_000 }]);
  });

  it('of a first revision is all of it, and has no way back', () => {
    const envelope = runEnvelope({ plan, from: null, to: sixOfTwo, startupMs: 10 * minuteMs });
    expect(peakExtraOf(envelope)).toEqual({ L4: 12_000 });
    expect(envelope.rollBack).toEqual([]);
    expect(envelope.parts.map(({ phase, stepIndex }) => [phase, stepIndex])).toEqual([
      ['starting', 0],
      ['stepping', 2],
    ]);
  });

  it('of a retry leaves out the steps that were proven', () => {
    const envelope = runEnvelope({ plan, from: sixOfTwo, to: sixOfTwo, startupMs: 0, firstStepIndex: 2 });
    expect(extra(envelope)).toEqual({ L4: 12n * gpuHour });
  });

  it('says how long the plan takes with every step at its deadline', () => {
    const { longestMs } = runEnvelope({ plan, from: sixOfTwo, to: sixOfTwo, startupMs: 0 });
    expect(longestMs).toBe(480 * minuteMs + 3_000);
  });

  it('needs no GPU when neither revision asks for one', () => {
    const none = { replicas: 4, milliGpuPerPod: {} };
    expect(needsNoGpu(runEnvelope({ plan, from: none, to: none }))).toBe(true);
    expect(needsNoGpu(runEnvelope({ plan, from: none, to: sixOfTwo }))).toBe(false);
  });

  it('for every plan is the new revision at full size from the first write until the old one is taken away', () => {
    const minutes = fc.integer({ min: 0, max: 600 });
    const load = fc.record({
      replicas: fc.integer({ min: 1, max: 50 }),
      milliGpuPerPod: fc.record({ L4: fc.integer({ min: 1, max: 8 }).map((count) => count * 1_000) }),
    });
    fc.assert(
      fc.property(
        fc.uniqueArray(fc.integer({ min: 1, max: 99 }), { maxLength: 8 }),
        fc.array(minutes, { minLength: 9, maxLength: 9 }),
        fc.record({ startup: minutes, delay: minutes, from: load, to: load }),
        (weights, times, { startup, delay, from, to }) => {
          const steps = [...weights.toSorted((left, right) => left - right), 100].map((weight, index) =>
            step(weight, times[index] ?? 0),
          );
          const asked = { ...plan, steps, scaleDownDelayMs: delay * minuteMs };
          const envelope = runEnvelope({ plan: asked, from, to, startupMs: startup * minuteMs });
          const lasts = startup + delay + steps.reduce((sum, { minimumMs }) => sum + minimumMs / minuteMs, 0);
          const size = to.replicas * (to.milliGpuPerPod.L4 / 1_000);
          const wanted = BigInt(size * lasts * 60_000);
          expect(extra(envelope)['L4'] ?? 0n).toBe(wanted);
          expect(envelopeSchema.parse(JSON.parse(JSON.stringify(envelope)))).toEqual(envelope);
        },
      ),
      { numRuns: 200, seed: 20_261_126 },
    );
  });
});

describe('what a rollout holds', () => {
  const timed = { ...plan, scaleDownDelayMs: 30 * minuteMs };
  const envelope = runEnvelope({ plan: timed, from: sixOfTwo, to: sixOfTwo, startupMs: 0 });
  const held = (phase: string, stepIndex: number) =>
    (heldOf(envelope, { phase, stepIndex })['L4'] ?? 0n) / gpuHour;

  it('is the extra of the steps that are not over and the reserve of its roll back, whatever time the present step has taken', () => {
    expect([held('starting', 0), held('stepping', 0), held('stepping', 1), held('stepping', 2)]).toEqual([
      60n,
      60n,
      48n,
      24n,
    ]);
    expect(held('finishing', 2)).toBe(12n);
  });

  it('is nothing once it goes back or has ended', () => {
    for (const phase of ['rollingBack', 'rolledBack', 'aborted', 'succeeded'])
      expect(heldOf(envelope, { phase, stepIndex: 1 })).toEqual({});
  });
});
