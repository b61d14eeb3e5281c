import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fraction } from '../metering/fraction.ts';
import type { GpuSample } from './gpu-look.ts';
import { type HeldPod, type PodUse, podUses, sumOfUses } from './pod-use.ts';

const sample = (change: Partial<GpuSample>): GpuSample => ({
  node: 'gpu-1',
  pod: 'a',
  device: 'GPU-1',
  instance: false,
  activity: 0.5,
  memoryPeakMib: 10_000,
  memoryTotalMib: 80_000,
  ...change,
});
const pod = (change: Partial<HeldPod> = {}): HeldPod => ({
  uid: 'uid-a',
  name: 'a',
  node: 'gpu-1',
  gpu: fraction(1),
  ...change,
});
const quarter = { gpu: fraction(1, 4) };

describe('the use of a pod', () => {
  it('is the mean activity of its devices and the peak of the fullest', () => {
    const samples = [
      sample({ activity: 0.2 }),
      sample({ device: 'GPU-2', activity: 0.6, memoryPeakMib: 60_000 }),
    ];
    expect(podUses([pod({ gpu: fraction(2) })], samples, new Map())).toEqual([
      {
        podUid: 'uid-a',
        gpus: 2,
        activity: 0.4,
        memoryPeakMib: 60_000,
        memoryTotalMib: 80_000,
        estimated: false,
      },
    ]);
  });

  it.each<[string, readonly GpuSample[], HeldPod]>([
    ['no series is there', [], pod()],
    ['fewer devices are measured than it holds', [sample({})], pod({ gpu: fraction(2) })],
    ['the series are of another pod', [sample({ pod: 'b' })], pod()],
    ['a whole device names no pod', [sample({ pod: null })], pod()],
  ])('is not measured, and not 0, when %s', (_, samples, held) => {
    const [use] = podUses([held], samples, new Map());
    expect([use?.activity, use?.memoryPeakMib, use?.estimated]).toEqual([null, null, false]);
  });

  it('keeps memory when only activity is missing, and the other way round', () => {
    expect(podUses([pod()], [sample({ activity: null })], new Map())[0]).toMatchObject({
      activity: null,
      memoryPeakMib: 10_000,
    });
    expect(podUses([pod()], [sample({ memoryTotalMib: null })], new Map())[0]).toMatchObject({
      activity: 0.5,
      memoryPeakMib: null,
    });
  });

  it('is that of its own MIG instance', () => {
    const samples = [sample({ instance: true, activity: 0.3 })];
    expect(podUses([pod({ gpu: fraction(1, 7) })], samples, new Map())[0]).toMatchObject({
      activity: 0.3,
      estimated: false,
    });
  });

  it('of a time-sliced device that names no pod is split by share over who holds it, and estimated', () => {
    const samples = [sample({ pod: null, activity: 0.3, memoryPeakMib: 40_000 })];
    expect(podUses([pod(quarter)], samples, new Map([['gpu-1', 0.5]]))).toEqual([
      {
        podUid: 'uid-a',
        gpus: 0.25,
        activity: 0.6,
        memoryPeakMib: 20_000,
        memoryTotalMib: 20_000,
        estimated: true,
      },
    ]);
    expect(podUses([pod(quarter)], samples, new Map())[0]?.activity).toBeNull();
  });

  it('of a time-sliced device that names its pods is its share of it, and estimated', () => {
    expect(podUses([pod(quarter)], [sample({ activity: 0.8 })], new Map())[0]).toMatchObject({
      activity: 0.8,
      memoryPeakMib: 2_500,
      memoryTotalMib: 20_000,
      estimated: true,
    });
  });
});

it('all that shared devices did is given to those who hold them, when they are not capped', () => {
  fc.assert(
    fc.property(
      fc.array(fc.double({ min: 0, max: 0.25, noNaN: true }), { minLength: 1, maxLength: 8 }),
      fc.array(fc.integer({ min: 1, max: 8 }), { minLength: 1, maxLength: 8 }),
      (activities, eighths) => {
        const held = eighths.reduce((left, right) => left + right, 0) / 9;
        const samples = activities.map((activity, index) =>
          sample({ pod: null, device: `GPU-${index}`, activity }),
        );
        const pods = eighths.map((n, index) => pod({ uid: `${index}`, name: `${index}`, gpu: { n, d: 9 } }));
        const uses = podUses(pods, samples, new Map([['gpu-1', held]]));
        const did = activities.reduce((left, right) => left + right, 0);
        const given = uses.reduce((total, { gpus, activity }) => total + gpus * (activity ?? 0), 0);
        expect(given).toBeCloseTo(Math.min(did, held), 9);
      },
    ),
  );
});

describe('use of pods together', () => {
  const use = (change: Partial<PodUse>): PodUse => ({
    podUid: 'u',
    gpus: 1,
    activity: 0.5,
    memoryPeakMib: 10,
    memoryTotalMib: 100,
    estimated: false,
    ...change,
  });

  it('is weighed by what they hold, over those that were measured', () => {
    expect(
      sumOfUses([use({ gpus: 3, activity: 0.1 }), use({ activity: 0.9 }), use({ activity: null })]),
    ).toEqual({
      pods: 3,
      measuredPods: 2,
      efficiency: expect.closeTo(0.3),
      memoryPeak: { mib: 10, totalMib: 100 },
      estimated: false,
    });
  });

  it('is not there when nothing was measured', () => {
    const none = use({ activity: null, memoryPeakMib: null, memoryTotalMib: null });
    expect(sumOfUses([none])).toMatchObject({ efficiency: null, memoryPeak: null });
    expect(sumOfUses([])).toMatchObject({ efficiency: null, memoryPeak: null });
  });
});
