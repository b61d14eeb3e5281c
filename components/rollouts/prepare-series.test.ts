import { describe, expect, test } from 'vitest';
import { defaultRolloutPlan } from '../../domain/rollout-plan.ts';
import { rangeStart } from './chart-range.ts';
import { prepareMarks, prepareMetrics } from './prepare-series.ts';
import { prepareTimeline } from './prepare-timeline.ts';
import type { MetricSeries, TimelineEntry } from './rollout-answers.ts';
import { after } from './rollout-fixture.test-support.ts';

const answer: MetricSeries = {
  range: { from: after(0), to: after(10) },
  stepMs: 60_000,
  slowerThanMs: 250,
  revisions: [
    {
      number: 6,
      role: 'stable',
      label: 'r6',
      requestsPerSecond: [[after(1).getTime(), 20]],
      errorShare: [[after(1).getTime(), null]],
      slowShare: [],
      p95Ms: [],
    },
  ],
  marks: Array.from({ length: 9 }, (_, index) => ({
    at: after(index),
    label: `mark ${index} ${'long '.repeat(30)}`,
    auditSeq: index,
  })),
};

describe('the charts', () => {
  test('draw the rails of the plan where they belong and nowhere else', () => {
    const metrics = prepareMetrics(answer, defaultRolloutPlan.checks);
    const rails = metrics.map(({ key, thresholds }) => [key, thresholds.map((each) => each.value)]);
    expect(rails).toEqual([
      ['errorShare', [0.05]],
      ['slowShare', []],
      ['p95Ms', []],
      ['requestsPerSecond', []],
    ]);
  });

  test('keep a gap a gap', () => {
    expect(prepareMetrics(answer, [])[0]?.series[0]?.points).toEqual([[after(1).getTime(), null]]);
  });

  test('carry the newest marks only, short, each leading to its audit entry', () => {
    const marks = prepareMarks(answer, (seq) => `/audit?seq=${seq}`);
    expect(marks.map((mark) => mark.href)).toEqual([3, 4, 5, 6, 7, 8].map((seq) => `/audit?seq=${seq}`));
    expect(Math.max(...marks.map((mark) => mark.label.length))).toBeLessThanOrEqual(72);
    expect(marks[0]?.label.startsWith('Mark 3')).toBe(true);
  });

  test('start a range on a whole minute, so that one minute asks the server one thing', () => {
    const nowMs = after(90).getTime();
    expect(rangeStart('1h', nowMs + 59_000)).toEqual(after(30));
    expect(rangeStart('whole', nowMs)).toBeUndefined();
  });
});

describe('the timeline', () => {
  const entry = (change: Partial<TimelineEntry>): TimelineEntry => ({
    seq: 1,
    at: after(0),
    action: 'rollouts.advance',
    actorId: 'system',
    actorName: 'Fairlead',
    objectKind: 'rollout',
    objectId: 'rollout',
    objectName: 'r6 → r7',
    sentence: 'started the rollout',
    comment: null,
    before: { phase: 'stepping', stepIndex: 0 },
    after: { phase: 'stepping', stepIndex: 1 },
    hash: '',
    origin: 'live',
    ...change,
  });

  test('is newest first and begins each line with a capital', () => {
    const [first, second] = prepareTimeline([entry({ seq: 1 }), entry({ seq: 2 })]);
    expect([first?.seq, second?.seq]).toEqual([2, 1]);
    expect(first?.title).toBe('Started the rollout');
  });

  test('tells moving on, holding and going back apart', () => {
    const held = entry({ after: { phase: 'stepping', stepIndex: 0 } });
    const back = entry({ after: { phase: 'rollingBack', stepIndex: 0 } });
    const done = entry({ after: { phase: 'succeeded', stepIndex: 3 } });
    const tones = [entry({}), held, back, done].map((each) => prepareTimeline([each])[0]?.tone);
    expect(tones).toEqual(['info', 'warn', 'bad', 'ok']);
  });

  test('survives an erased name', () => {
    expect(prepareTimeline([entry({ actorName: null, sentence: null })])[0]).toMatchObject({
      actor: 'somebody whose name was erased',
      title: 'Rollouts.advance',
    });
  });
});
