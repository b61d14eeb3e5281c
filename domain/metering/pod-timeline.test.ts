import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import type { ObservedPod } from './observed.ts';
import { at, containerOf, lifeOf, podOf } from './observed-fixture.ts';
import { marksOf, marksOfOpen, type PodMark, type PodMarks, withMarks } from './pod-marks.ts';
import { type OpenSpan, podStretches, type Stretch, stretchesFrom } from './pod-timeline.ts';

const nothing: PodMarks = new Map();
const alone = { system: false, lost: [] };

type Look = { pod: Partial<ObservedPod>; seen?: string; gone?: boolean };

function marksOfAll(looks: readonly Look[]) {
  return looks.reduce(
    (marks, { pod, seen = '11:00', gone = false }) =>
      withMarks(marks, marksOf(podOf(pod), { seenMs: at(seen).getTime(), gone })),
    nothing,
  );
}

const clock = (ms: number): string => new Date(ms).toISOString().slice(11, 19).replace(/:00$/, '');
function told(stretches: readonly Stretch[]): string[] {
  return stretches.map(
    ({ fromMs, toMs, bucket }) => `${bucket} ${clock(fromMs)}–${toMs === null ? '' : clock(toMs)}`,
  );
}
const stretchesOf = (...looks: readonly Look[]) => told(podStretches(marksOfAll(looks), alone));

const ready = (time: string, is = true) => ({ ready: is, at: at(time) });
const running = (since: string) => [containerOf([lifeOf(since)])];

describe('a pod', () => {
  it('without a node holds nothing', () => {
    expect(stretchesOf({ pod: { nodeName: null, scheduledAt: null } })).toEqual([]);
  });

  it('holds its GPUs from its binding: start-up until the first GPU container runs (V1)', () => {
    const end = { deletion: { at: at('11:00'), graceSeconds: 0 } };
    const stretches = stretchesOf({
      pod: { containers: running('10:06'), readiness: ready('10:06'), ...end },
      gone: true,
    });
    expect(stretches).toEqual(['startupHold 10:00–10:06', 'serving 10:06–11:00']);
  });

  it('warms up between its start and being ready, and is unready when it no longer is', () => {
    const before = { containers: running('10:01'), readiness: ready('10:05') };
    const after = { containers: running('10:01'), readiness: ready('10:20', false), version: 2 };
    expect(stretchesOf({ pod: before }, { pod: after })).toEqual([
      'startupHold 10:00–10:01',
      'warmup 10:01–10:05',
      'serving 10:05–10:20',
      'unready 10:20–',
    ]);
  });

  it('that crashes again and again is held between its runs, and only there (V5)', () => {
    const starts = ['10:00', '10:10', '10:20', '10:30', '10:40', '10:50'];
    const looks = starts.map((start) => ({
      pod: { containers: [containerOf([lifeOf(start, `${start.slice(0, 4)}2`)])] },
    }));
    const stretches = podStretches(marksOfAll(looks), alone);
    const minutes = (bucket: string) =>
      stretches
        .filter((stretch) => stretch.bucket === bucket)
        .reduce((sum, { fromMs, toMs }) => sum + ((toMs ?? at('11:00').getTime()) - fromMs) / 60_000, 0);
    expect([minutes('warmup'), minutes('crashloopHold')]).toEqual([12, 48]);
  });

  it('must be found ready again after its container was started again', () => {
    const containers = [containerOf([lifeOf('10:01', '10:30'), lifeOf('10:31')])];
    expect(stretchesOf({ pod: { containers, readiness: ready('10:05') } }).at(-1)).toBe('unready 10:31–');
  });

  it('drains from the request to delete, which is deletionTimestamp less the grace', () => {
    const pod = {
      containers: running('10:01'),
      readiness: ready('10:01'),
      deletion: { at: at('10:30:30'), graceSeconds: 30 },
    };
    expect(stretchesOf({ pod }).slice(-2)).toEqual(['serving 10:01–10:30', 'drain 10:30–']);
    const ended = { ...pod, containers: [containerOf([lifeOf('10:01', '10:30:10')])] };
    expect(stretchesOf({ pod }, { pod: ended, seen: '10:30:12', gone: true }).at(-1)).toBe(
      'drain 10:30–10:30:10',
    );
  });

  test.each([
    ['receipt when that is earlier', '10:30:05', '10:30:05'],
    ['deletionTimestamp when that is earlier', '10:31', '10:30:30'],
  ])('that is gone without a last word ends at %s', (_, seen, end) => {
    const pod = { containers: running('10:01'), deletion: { at: at('10:30:30'), graceSeconds: 30 } };
    const last = podStretches(marksOfAll([{ pod, seen, gone: true }]), alone).at(-1);
    expect([clock(last?.toMs ?? 0), last?.observed]).toEqual([end, true]);
  });

  it('that succeeded ends at its last finishedAt, whenever that is heard (V3)', () => {
    const containers = [containerOf([lifeOf('10:00', '10:10', false)])];
    expect(stretchesOf({ pod: { containers, ended: true }, seen: '10:40' })).toEqual(['warmup 10:00–10:10']);
  });

  it('that its node refused held nothing from then on, whenever that is heard', () => {
    const refused = { ended: true, readiness: ready('10:00:02', false) };
    expect(stretchesOf({ pod: refused, seen: '10:40' })).toEqual(['startupHold 10:00–10:00:02']);
    expect(stretchesOf({ pod: { ended: true }, seen: '10:40' })).toEqual([]);
  });

  it('on a node that does not answer is lost, whatever else it is', () => {
    const marks = marksOfAll([
      {
        pod: {
          containers: running('10:01'),
          readiness: ready('10:02'),
          deletion: { at: at('10:40'), graceSeconds: 0 },
        },
      },
    ]);
    const lost: OpenSpan[] = [{ fromMs: at('10:20').getTime(), toMs: at('10:50').getTime() }];
    expect(told(podStretches(marks, { system: false, lost })).slice(-3)).toEqual([
      'serving 10:02–10:20',
      'nodeLost 10:20–10:50',
      'drain 10:50–',
    ]);
    expect(told(podStretches(marks, { system: true, lost }))).toEqual(['system 10:00–']);
  });

  it('whose stamps contradict each other has monotone intervals', () => {
    const containers = [containerOf([lifeOf('09:58')])];
    const pod = { containers, readiness: ready('09:59'), deletion: { at: at('09:30'), graceSeconds: 0 } };
    expect(stretchesOf({ pod })).toEqual(['drain 10:00–']);
    expect(stretchesOf({ pod: { containers, readiness: ready('09:59') } })).toEqual(['serving 10:00–']);
  });
});

const second = fc.integer({ min: 0, max: 600 });
const stamp = (seconds: number) => new Date(at('10:00').getTime() + seconds * 1_000);
const look = fc
  .record({
    seen: second,
    starts: fc.uniqueArray(second, { maxLength: 2 }),
    readiness: fc.option(fc.record({ ready: fc.boolean(), at: second })),
    deletion: fc.option(second),
    version: fc.integer({ min: 1, max: 9 }),
    ended: fc.boolean(),
  })
  .map((given): Look & { marks: PodMark[] } => {
    const lives = given.starts
      .toSorted((left, right) => left - right)
      .map((start, index, all) => ({
        startedAt: stamp(start),
        finishedAt: index < all.length - 1 || given.ended ? stamp(start + 7) : null,
        again: !given.ended,
      }));
    const pod: Partial<ObservedPod> = {
      version: given.version,
      containers: [containerOf(lives)],
      readiness:
        given.readiness === null ? null : { ready: given.readiness.ready, at: stamp(given.readiness.at) },
      deletion: given.deletion === null ? null : { at: stamp(given.deletion), graceSeconds: 30 },
      ended: given.ended,
    };
    return { pod, marks: marksOf(podOf(pod), { seenMs: stamp(given.seen).getTime() }) };
  });
const looks = fc.array(look, { minLength: 1, maxLength: 6 });
const of = (all: readonly { marks: PodMark[] }[]) =>
  podStretches(
    all.reduce((marks, each) => withMarks(marks, each.marks), nothing),
    alone,
  );

describe('whatever is heard of a pod', () => {
  it('the order of events, hearing them twice and hearing all of them again changes nothing', () => {
    fc.assert(
      fc.property(looks, (all) => {
        const once = of(all);
        expect(of(all.toReversed())).toEqual(once);
        expect(of([...all, ...all])).toEqual(once);
        expect(of(all.flatMap((each) => [each, each]))).toEqual(once);
      }),
    );
  });

  it('its intervals touch each other, rise, and begin at its binding', () => {
    fc.assert(
      fc.property(looks, (all) => {
        const stretches = of(all);
        if (stretches.length > 0) expect(stretches[0]?.fromMs).toBe(at('10:00').getTime());
        for (const [index, { fromMs, toMs }] of stretches.entries()) {
          expect(toMs ?? Number.POSITIVE_INFINITY).toBeGreaterThan(fromMs);
          if (index > 0) expect(stretches[index - 1]?.toMs).toBe(fromMs);
        }
      }),
    );
  });

  it('cutting its life at any moment changes no bucket at any time', () => {
    fc.assert(
      fc.property(looks, second, (all, cut) => {
        const stretches = of(all);
        const cutMs = stamp(cut).getTime();
        const before = stretches.filter(({ fromMs }) => fromMs < cutMs);
        const after = stretchesFrom(stretches, cutMs);
        const length = (list: readonly Stretch[], untilMs: number) =>
          list.reduce(
            (sum, { fromMs, toMs }) => sum + Math.min(toMs ?? stamp(700).getTime(), untilMs) - fromMs,
            0,
          );
        const whole = length(stretches, Number.POSITIVE_INFINITY);
        expect(length(before, cutMs) + length(after, Number.POSITIVE_INFINITY)).toBe(whole);
      }),
    );
  });
});

describe('after the watch was away', () => {
  const resumed = (bucket: Stretch['bucket'], from: string, pod: Partial<ObservedPod>) => {
    const seen = podOf(pod);
    const fromMs = at(from).getTime();
    const marks = withMarks(
      withMarks(nothing, marksOf(seen, { seenMs: at('12:00').getTime() })),
      marksOfOpen(seen, { bucket, fromMs }),
    );
    return told(stretchesFrom(podStretches(marks, alone), fromMs));
  };

  it('a pod that went on serving has one interval', () => {
    const pod = { containers: running('10:01'), readiness: ready('10:05') };
    expect(resumed('serving', '10:05', pod)).toEqual(['serving 10:05–']);
  });

  it('a pod whose container was restarted meanwhile served until it ended', () => {
    const containers = [containerOf([lifeOf('10:01', '11:20'), lifeOf('11:29')])];
    expect(resumed('serving', '10:05', { containers, readiness: ready('11:31') })).toEqual([
      'serving 10:05–11:20',
      'crashloopHold 11:20–11:29',
      'unready 11:29–11:31',
      'serving 11:31–',
    ]);
  });

  it('a pod that crashed through the gap was held until the run that its status tells of', () => {
    const containers = [containerOf([lifeOf('11:40', '11:42'), lifeOf('11:50')])];
    expect(resumed('crashloopHold', '10:30', { containers })).toEqual([
      'crashloopHold 10:30–11:40',
      'warmup 11:40–11:42',
      'crashloopHold 11:42–11:50',
      'warmup 11:50–',
    ]);
  });

  it('a pod that was deleted meanwhile drains from the request', () => {
    const pod = {
      containers: running('10:01'),
      readiness: ready('10:05'),
      deletion: { at: at('11:30'), graceSeconds: 60 },
    };
    expect(resumed('serving', '10:05', pod)).toEqual(['serving 10:05–11:29', 'drain 11:29–']);
  });
});
