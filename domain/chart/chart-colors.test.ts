import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { chartColor, chartColors } from './chart-colors.ts';
import { chartLook, toneColor } from './chart-look.ts';
import { lineLooks } from './line-look.ts';

type Rgb = readonly [red: number, green: number, blue: number];

const themes = ['light', 'dark'] as const;
const looks = lineLooks(Array.from({ length: 6 }, (_, look) => ({ role: 'other', look })));

const linear = (channel: number) =>
  channel <= 0.04045 ? channel / 12.92 : ((channel + 0.055) / 1.055) ** 2.4;
const rgbOf = (hex: string): Rgb => {
  const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((at) =>
    linear(Number.parseInt(hex.slice(at, at + 2), 16) / 255),
  );
  return [red, green, blue];
};

/** Relative contrast of WCAG 2.2. */
function contrast(first: string, second: string): number {
  const luminance = ([red, green, blue]: Rgb) => 0.2126 * red + 0.7152 * green + 0.0722 * blue;
  const [low = 0, high = 0] = [luminance(rgbOf(first)), luminance(rgbOf(second))].toSorted((a, b) => a - b);
  return (high + 0.05) / (low + 0.05);
}

type Matrix = readonly [Rgb, Rgb, Rgb];

/** Machado, Oliveira and Fernandes 2009, full severity, over linear RGB. */
const eyes: Record<string, Matrix> = {
  'all cones': [
    [1, 0, 0],
    [0, 1, 0],
    [0, 0, 1],
  ],
  protanopia: [
    [0.152286, 1.052583, -0.204868],
    [0.114503, 0.786281, 0.099216],
    [-0.003882, -0.048116, 1.051998],
  ],
  deuteranopia: [
    [0.367322, 0.860646, -0.227968],
    [0.280085, 0.672501, 0.047413],
    [-0.01182, 0.04294, 0.968881],
  ],
  tritanopia: [
    [1.255528, -0.076749, -0.178779],
    [-0.078411, 0.930809, 0.147602],
    [0.004733, 0.691367, 0.3039],
  ],
};

const times = (matrix: Matrix, [a, b, c]: Rgb): Rgb => {
  const [first, second, third] = matrix.map((row) => row[0] * a + row[1] * b + row[2] * c);
  return [first ?? 0, second ?? 0, third ?? 0];
};
const inside = (channel: number) => Math.min(1, Math.max(0, channel));

/** Ottosson 2020. */
function oklab(color: Rgb): Rgb {
  const cones = times(
    [
      [0.4122214708, 0.5363325363, 0.0514459929],
      [0.2119034982, 0.6806995451, 0.1073969566],
      [0.0883024619, 0.2817188376, 0.6299787005],
    ],
    color,
  );
  return times(
    [
      [0.2104542553, 0.793617785, -0.0040720468],
      [1.9779984951, -2.428592205, 0.4505937099],
      [0.0259040371, 0.7827717662, -0.808675766],
    ],
    [Math.cbrt(cones[0]), Math.cbrt(cones[1]), Math.cbrt(cones[2])],
  );
}

/** How far apart two colours look through these eyes; 0.02 is about the least that is noticed, black to white is 1. */
function distance(first: string, second: string, eye: Matrix): number {
  const seen = (hex: string) => {
    const [red, green, blue] = times(eye, rgbOf(hex));
    return oklab([inside(red), inside(green), inside(blue)]);
  };
  const [a, b] = [seen(first), seen(second)];
  return Math.hypot(a[0] - b[0], a[1] - b[1], a[2] - b[2]);
}

/** What the charts of embeds stand on, a page of its own. */
const embedCss = readFileSync(new URL('../../components/embed/embed-page.css', import.meta.url), 'utf8');
const embedSurfaces = [...embedCss.matchAll(/--surface:\s*(#[0-9a-f]{6})/g)].map((match) => match[1] ?? '');

describe.each(themes)('charts in the %s theme', (theme) => {
  const surfaces = [chartColors[theme].surface, embedSurfaces[themes.indexOf(theme)] ?? ''];

  test('have lines, band edges, ends, marks and limits that stand out from the page and the embed (3:1)', () => {
    const drawn = [...looks.map(({ color }) => color), ...Object.values(toneColor)];
    const faint = drawn
      .flatMap((color) => surfaces.map((surface) => [color, surface] as const))
      .filter(([color, surface]) => contrast(chartColor(color, theme), surface) < 3);
    expect(faint).toEqual([]);
  });

  test('have texts that are readable on the page and the embed (4.5:1)', () => {
    const texts = ['var(--chart-axis)', 'var(--ink)', 'var(--ink-muted)', ...Object.values(toneColor)];
    for (const surface of surfaces)
      for (const text of texts)
        expect(contrast(chartColor(text, theme), surface), text).toBeGreaterThanOrEqual(4.5);
  });

  test.each(Object.keys(eyes))(
    'have lines that eyes with %s tell apart: neighbours by 0.13, any two by 0.09',
    (eye) => {
      const matrix = eyes[eye];
      if (matrix === undefined) throw new Error(`There are no eyes with ${eye}.`);
      const colors = looks.map(({ color }) => chartColor(color, theme));
      const near = colors.flatMap((first, from) =>
        colors.slice(from + 1).flatMap((second, step) => {
          const isNeighbour = step === 0 || (from === 0 && step === colors.length - 2);
          const apart = distance(first, second, matrix);
          return apart < (isNeighbour ? 0.13 : 0.09) ? [`${first} and ${second}: ${apart.toFixed(3)}`] : [];
        }),
      );
      expect(near).toEqual([]);
    },
  );
});

test('lines are told apart without any colour by dash and marker', () => {
  expect(new Set(looks.map(({ dash, marker }) => `${dash} ${marker}`)).size).toBe(looks.length);
  expect(looks.map(({ dash }) => dash)).not.toContain(chartLook.openDash);
});

test('both surfaces of embeds are among those that are checked', () => {
  expect(embedSurfaces).toHaveLength(2);
});

test('the distance is that of its sources: black to white is 1, and red looks like dark yellow without its cone', () => {
  const [all, protan] = [eyes['all cones'], eyes['protanopia']];
  if (all === undefined || protan === undefined) throw new Error('There are no such eyes.');
  expect(distance('#000000', '#ffffff', all)).toBeCloseTo(1, 3);
  expect(distance('#ff0000', '#6d5d00', protan)).toBeLessThan(0.05);
  expect(distance('#ff0000', '#6d5d00', all)).toBeGreaterThan(0.2);
});
