import { describe, expect, test } from 'vitest';
import { timeTicks, valueTicks } from './chart-axis.ts';
import { chartCsv } from './chart-csv.ts';
import { marksOfStep } from './chart-marks.ts';
import { chartSentence } from './chart-sentence.ts';
import { formatTick, formatUnit } from './chart-unit.ts';
import { lineLooks, revisionLook } from './line-look.ts';
import type { ChartInput } from './prepare-chart.ts';
import { prepareChart } from './prepare-chart.ts';

const from = Date.UTC(2026, 10, 24, 13, 0);
const minute = 60_000;
const input: ChartInput = {
  unit: 'share',
  range: { from, to: from + 4 * minute },
  stepMs: minute,
  widthPx: 600,
  zone: 'utc',
  series: [
    {
      key: 'c',
      label: 'Canary r7',
      role: 'canary',
      points: [
        [from + 2 * minute, 0.03],
        [from + 3 * minute, 0.01],
      ],
    },
    {
      key: 's',
      label: 'Stable r6',
      role: 'stable',
      points: [
        [from, 0.01],
        [from + minute, 0.02],
        [from + 4 * minute, 0.01],
      ],
    },
  ],
};

describe('a prepared chart', () => {
  test('puts stable first whatever order it is given, and tells the two apart without colour', () => {
    const { lines } = prepareChart(input);
    expect(lines.map((line) => line.key)).toEqual(['s', 'c']);
    expect(new Set(lines.map((line) => `${line.dash} ${line.marker}`)).size).toBe(2);
  });

  test('draws a missing value as a gap', () => {
    expect(prepareChart(input).lines[0]?.values).toEqual([0.01, 0.02, null, null, 0.01]);
  });

  test('caps what is drawn at twice the width and keeps every step for the table', () => {
    const points = Array.from({ length: 5_000 }, (_, index): [number, number] => [
      from + index * 1_000,
      index % 7,
    ]);
    const chart = prepareChart({
      ...input,
      stepMs: 1_000,
      range: { from, to: from + 4_999_000 },
      series: [{ key: 's', label: 'S', role: 'stable', points }],
    });
    expect(chart.at.length).toBeLessThanOrEqual(1_200);
    expect(chart.full.at).toHaveLength(5_000);
  });

  test('makes room for a limit near the data and leaves one far above out of the scale', () => {
    const chart = prepareChart({
      ...input,
      thresholds: [
        { value: 0.05, label: 'near' },
        { value: 5, label: 'far' },
      ],
    });
    expect(chart.thresholds.map(({ label, isOffScale }) => [label, isOffScale])).toEqual([
      ['near', false],
      ['far', true],
    ]);
    expect(chart.valueTicks.at(-1)?.value).toBeGreaterThan(0.05);
    expect(chart.valueTicks.at(-1)?.value).toBeLessThan(0.2);
  });

  test('drops marks outside the range, sorts the rest and draws those that would overlap as one of the worst tone', () => {
    const marks = [3 * minute, -1, minute, minute + 1_000, minute + 2_000].map((after, index) => ({
      at: from + after,
      label: String(after),
      tone: index === 3 ? ('bad' as const) : ('ok' as const),
    }));
    const prepared = prepareChart({ ...input, marks });
    expect(prepared.marks.map(({ at, tone, marks: { length } }) => [at, tone, length])).toEqual([
      [from + minute, 'bad', 3],
      [from + 3 * minute, 'ok', 1],
    ]);
    const told = prepared.at.map((_, index) =>
      marksOfStep(prepared.marks, prepared.at, index).map(({ label }) => label),
    );
    expect(told).toEqual([[], ['60000', '61000', '62000'], [], ['180000'], []]);
  });

  test('tells a step that is not over apart from those that are, in the lines and in words', () => {
    const openFromMs = from + 3 * minute;
    const chart = prepareChart({ ...input, openFromMs });
    expect(chart.open).toEqual({ at: openFromMs, index: 3 });
    expect(chart.lines.map(({ last }) => last?.isOpen)).toEqual([true, true]);
    expect(chartSentence('Cost', chart, { unit: 'share', zone: 'utc' })).toContain(
      'Stable r6 last 1 % so far',
    );
    expect(prepareChart(input).open).toBeNull();
  });

  test('a revision keeps its look when it becomes stable, and two are told apart though they would share one', () => {
    const look = (revision: number, role: 'stable' | 'canary' | 'other') => ({
      role,
      look: revisionLook(revision),
    });
    const [, before] = lineLooks([look(6, 'stable'), look(7, 'canary')]);
    const [after] = lineLooks([look(7, 'stable'), look(6, 'other')]);
    expect(after).toEqual(before);
    const many = lineLooks([look(7, 'stable'), look(1, 'other'), look(2, 'other')]);
    expect(new Set(many).size).toBe(3);
    expect(many[0]).toEqual(before);
    expect(new Set(lineLooks(Array.from({ length: 6 }, () => ({ role: 'other' })))).size).toBe(6);
  });

  test('changes nothing it was given', () => {
    const copy = structuredClone(input);
    prepareChart(input);
    expect(input).toEqual(copy);
  });

  test('without data says that it is empty and still has scales', () => {
    const chart = prepareChart({ ...input, series: [] });
    expect(chart.isEmpty).toBe(true);
    expect(chart.valueTicks.length).toBeGreaterThan(1);
    expect(chartSentence('Error share', chart, { unit: 'share', zone: 'utc' })).toContain('no data');
  });

  test('has a sentence that names the last value, the spread and the limit that was crossed', () => {
    const chart = prepareChart({ ...input, thresholds: [{ value: 0.025, label: 'rail 2.5 %' }] });
    const text = chartSentence('Error share', chart, { unit: 'share', zone: 'utc' });
    expect(text).toContain('from 2026-11-24 13:00 UTC to 2026-11-24 13:04 UTC');
    expect(text).toContain('Stable r6 last 1 %, between 1 % and 2 %;');
    expect(text).toContain('Canary r7 last 1 %, between 1 % and 3 %, above rail 2.5 % in 1 of 2 intervals');
  });
});

describe('the CSV of a chart', () => {
  test('has an ISO time per step and an empty cell for a gap', () => {
    expect(chartCsv(prepareChart(input)).split('\r\n').slice(0, 3)).toEqual([
      'time,Stable r6,Canary r7',
      '2026-11-24T13:00:00.000Z,0.01,',
      '2026-11-24T13:01:00.000Z,0.02,',
    ]);
  });

  test('cannot start a formula in a spreadsheet', () => {
    const series = [{ key: 's', label: '=HYPERLINK("x","y")', role: 'stable' as const, points: [] }];
    expect(chartCsv(prepareChart({ ...input, series })).split('\r\n')[0]).toBe(
      `time,"'=HYPERLINK(""x"",""y"")"`,
    );
  });
});

describe('axes', () => {
  test.each([
    [0, 0.013, [0, 0.005, 0.01, 0.015]],
    [0, 100, [0, 25, 50, 75, 100]],
    [0, 0, [0, 0.25, 0.5, 0.75, 1]],
    [-3, 5, [-4, -2, 0, 2, 4, 6]],
  ])('from %d to %d has round ticks', (low, high, ticks) => {
    expect(valueTicks(low, high)).toEqual(ticks);
  });

  test('time ticks are round, inside the range and no more than asked for', () => {
    const range = { from: from + 90_000, to: from + 47 * minute };
    const ticks = timeTicks(range, 6, 'utc');
    expect(ticks.length).toBeLessThanOrEqual(6);
    expect(ticks.every((at) => at >= range.from && at <= range.to && at % (10 * minute) === 0)).toBe(true);
  });

  test.each([
    [0.005, 'share', 0.005, '0.5 %'],
    [0.0025, 'share', 0.0025, '0.25 %'],
    [0.2, 'share', 0.1, '20 %'],
    [250, 'ms', 50, '250 ms'],
    [2.5, 'perSecond', 2.5, '2.5 /s'],
    [40, 'count', 20, '40'],
    [2.5, 'times', 2.5, '2.5×'],
    [1_200, 'money EUR', 200, '€1,200'],
    [0.5, 'money USD', 0.25, '$0.50'],
    [6_000_000_000_000, 'count', 2_000_000_000_000, '6T'],
    [-2_500_000, 'perSecond', 2_500_000, '−2.5M /s'],
    [400_000_000, 'money EUR', 200_000_000, '€400M'],
  ] as const)('%d as %s in steps of %d reads "%s"', (value, unit, step, text) => {
    expect(formatTick(value, unit, { step })).toBe(text);
  });

  test.each([
    [400, ['0 ms', '100 ms', '200 ms', '300 ms', '400 ms']],
    [20_000, ['0 s', '5 s', '10 s', '15 s', '20 s']],
    [90 * minute, ['0 min', '25 min', '50 min', '75 min', '100 min']],
    [7 * 60 * minute, ['0 h', '2 h', '4 h', '6 h', '8 h']],
    [3 * 24 * 60 * minute, ['0 d', '1 d', '2 d', '3 d']],
  ])('lengths of time up to %d ms are told in the largest unit of which there are two', (high, texts) => {
    const points = [[from, high]] as const;
    const series = [{ key: 's', label: 'S', role: 'stable' as const, points }];
    const chart = prepareChart({ ...input, unit: 'ms', series });
    expect(chart.valueTicks.map(({ text }) => text)).toEqual(texts);
  });

  test('a length of hours, an amount of money and one of GPU-hours are told with their unit', () => {
    expect(formatUnit(23.6 * 60 * minute, 'ms')).toBe('23 h 36 min');
    expect(formatUnit(347, 'ms')).toBe('347 ms');
    expect(formatUnit(48.5, 'money EUR')).toBe('€48.50');
    expect(formatUnit(60, 'gpuHours')).toBe('60 GPU-h');
  });

  test('a missing value is said in words, not drawn as a number', () => {
    expect(formatUnit(null, 'ms')).toBe('no data');
    expect(formatUnit(undefined, 'share')).toBe('no data');
  });
});
