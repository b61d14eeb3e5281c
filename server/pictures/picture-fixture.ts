import type { ChartAnswer } from '../../domain/chart/chart-answer.ts';

const minute = 60_000;
const from = Date.UTC(2026, 10, 24, 8);
const to = from + 6 * 60 * minute;

/** A made answer with a name, a band, a gap, a limit and marks, for tests and benches. */
export function madeAnswer(points = 180, change: Partial<ChartAnswer> = {}): ChartAnswer {
  const step = (to - from) / (points - 1);
  const at = (index: number) => Math.round(from + index * step);
  const wave = (index: number, phase: number) =>
    0.012 + 0.008 * Math.sin(index / 13 + phase) + 0.004 * Math.sin(index * 1.7);
  const all = Array.from({ length: points }, (_, index) => index);
  const isGap = (index: number) => index > points * 0.4 && index < points * 0.47;
  return {
    title: 'Share of errors',
    unit: 'share',
    range: { from, to },
    stepMs: step,
    series: [
      {
        key: 'stable',
        label: 'stable',
        role: 'stable',
        subject: 'modelVersion 0199-a',
        points: all.map((index) => [at(index), isGap(index) ? null : wave(index, 0)]),
        band: all
          .filter((index) => !isGap(index))
          .map((index) => [at(index), wave(index, 0) * 0.8, wave(index, 0) * 1.2]),
      },
      {
        key: 'canary',
        label: 'canary',
        role: 'canary',
        subject: 'modelVersion 0199-b',
        points: all.filter((index) => index > points / 3).map((index) => [at(index), wave(index, 2)]),
      },
    ],
    thresholds: [{ value: 0.02, label: 'limit 2 %' }],
    marks: [
      { at: from + 120 * minute, label: 'Rollout 12 of fraud-scorer', kind: 'deploy', href: '/rollouts/12' },
      { at: from + 290 * minute, label: 'p95 over 300 ms', kind: 'alert', tone: 'bad' },
    ],
    words: [
      { subject: 'modelVersion 0199-b' },
      ' answers 25 % of requests; no harm seen so far, a doubling of errors would have shown.',
    ],
    names: { 'modelVersion 0199-a': 'fraud-scorer 6', 'modelVersion 0199-b': 'fraud-scorer 7' },
    asOfMs: to,
    ...change,
  };
}
