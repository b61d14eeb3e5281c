import { scaleLinear } from 'd3-scale';
import sharp from 'sharp';
import { describe, expect, test } from 'vitest';
import { prepareChart } from '../../domain/chart/prepare-chart.ts';
import { chartSvg, type PictureOptions } from './chart-svg.ts';
import { madeAnswer } from './picture-fixture.ts';

const options: PictureOptions = { width: 800, height: 360, theme: 'light', zone: 'utc' };
const hostile = `</text><script>alert(1)</script>"' onload="x\u0000\u001b\u202e\ud800 &amp;`;
const texts = (svg: string) => [...svg.matchAll(/<text[^>]*>(.*?)<\/text>/g)].map((match) => match[1] ?? '');
const elements = (svg: string) =>
  [...new Set([...svg.matchAll(/<(\w+)/g)].map((match) => match[1] ?? ''))].toSorted();

describe('a chart as an SVG', () => {
  test('has a name, its sentence, the state of what it shows and all that tells lines apart', () => {
    const svg = chartSvg(madeAnswer(), options);
    expect(svg).toContain('role="img"');
    expect(svg).toContain('<title>Share of errors</title>');
    expect(svg).toMatch(/<desc>fraud-scorer 7 answers 25 % of requests.*fraud-scorer 6 last 2\.11 %/);
    expect(svg).toContain('As of 2026-11-24 14:00 UTC');
    expect(svg).toContain('stroke="#0072b2" stroke-width="1.75" fill="none"');
    expect(svg).toContain('stroke="#c98500" stroke-width="1.75" stroke-dasharray="6 3" fill="none"');
    expect(svg).toContain('limit 2 %');
  });

  test('shows time and kind of a mark and nothing of what it points to', () => {
    const svg = chartSvg(madeAnswer(), options);
    expect(texts(svg)).toEqual(expect.arrayContaining(['10:00 rollout', '12:50 alert']));
    expect(svg).not.toContain('Rollout 12');
    expect(svg).not.toContain('/rollouts/');
    expect(svg).not.toContain('p95');
  });

  test('breaks the line where nothing was measured', () => {
    const [solid = ''] = [
      ...chartSvg(madeAnswer(), options).matchAll(/<path d="([^"]*)" stroke="#0072b2" stroke-width="1.75"/g),
    ].map((match) => match[1] ?? '');
    expect(solid.match(/M/g)).toHaveLength(2);
  });

  test('has the points and ticks that the browser prepares at the same width', () => {
    const answer = madeAnswer(40);
    const chart = prepareChart({ ...answer, widthPx: 776, zone: 'utc' });
    const svg = chartSvg(answer, options);
    const shown = texts(svg);
    for (const { text } of [...chart.timeTicks, ...chart.valueTicks]) expect(shown).toContain(text);
    const x = scaleLinear([answer.range.from, answer.range.to], [41.5 + 0, 778]);
    const canary = /<path d="M([^"]*)" stroke="#c98500" stroke-width="1.75"/.exec(svg)?.[1] ?? '';
    const drawn = canary.split('L').map((point) => Number(point.split(',')[0]));
    const wanted = chart.at.filter((_, index) => chart.lines[1]?.values[index] !== null).map((at) => x(at));
    expect(drawn).toHaveLength(wanted.length);
    drawn.forEach((at, index) => expect(at).toBeCloseTo(wanted[index] ?? 0, 1));
  });

  test.each(['title', 'names', 'words', 'thresholds'] as const)(
    'hostile text in %s stays text',
    async (where) => {
      const change = {
        title: { title: hostile },
        names: { names: { 'modelVersion 0199-a': hostile, 'modelVersion 0199-b': hostile } },
        words: { words: [hostile] },
        thresholds: { thresholds: [{ value: 0.02, label: hostile }] },
      }[where];
      const svg = chartSvg(madeAnswer(180, change), options);
      expect(elements(svg)).toEqual(['desc', 'g', 'path', 'rect', 'svg', 'text', 'title', 'tspan']);
      expect(/ (style|on\w+|href|class|id)=(?!&quot;)|[\p{Cc}\u202e]/u.exec(svg)?.[0]).toBeUndefined();
      expect(svg.isWellFormed()).toBe(true);
      // The reader of XML inside sharp refuses what is not well formed.
      await expect(sharp(Buffer.from(svg)).metadata()).resolves.toMatchObject({ width: 800, height: 360 });
    },
  );

  test('a name from right to left is kept apart from the figure beside it', () => {
    const svg = chartSvg(madeAnswer(180, { names: { 'modelVersion 0199-a': 'שלום' } }), options);
    expect(svg).toContain('\u2068שלום\u2069</tspan><tspan dx="6"');
  });

  test('with labels of its own it holds no other name, not even where a label is missing', () => {
    const svg = chartSvg(madeAnswer(), { ...options, labels: { 'modelVersion 0199-b': 'Version B' } });
    expect(svg).not.toContain('fraud-scorer');
    expect(svg).toContain('Version B answers 25 %');
    expect(svg).toContain('>Version</tspan>');
    expect(svg).not.toContain('0199');
  });

  test('says so when there is nothing to draw', () => {
    expect(chartSvg(madeAnswer(2, { series: [] }), options)).toContain('No measurements in this time range.');
  });

  test.each([
    [200, 100],
    [2_000, 1_200],
  ])('at %i by %i pixels it still has its plot and draws nothing outside of itself', (width, height) => {
    const svg = chartSvg(madeAnswer(), { ...options, width, height });
    const numbers = [...svg.matchAll(/<path d="M([\d.-]+),([\d.-]+)/g)];
    expect(numbers.length).toBeGreaterThan(4);
    for (const [, x, y] of numbers) {
      expect(Number(x)).toBeGreaterThanOrEqual(0);
      expect(Number(x)).toBeLessThanOrEqual(width);
      expect(Number(y)).toBeGreaterThanOrEqual(0);
      expect(Number(y)).toBeLessThanOrEqual(height);
    }
  });
});
