import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { chartColors } from '../domain/chart/chart-colors.ts';

const css = readFileSync(new URL('./tokens.css', import.meta.url), 'utf8');
const globals = readFileSync(new URL('./globals.css', import.meta.url), 'utf8');
const tokens = new Map(
  [...css.matchAll(/--([\w-]+):\s*light-dark\((#[0-9a-f]{6}),\s*(#[0-9a-f]{6})\)/g)].map((match) => [
    match[1] ?? '',
    { light: match[2] ?? '', dark: match[3] ?? '' },
  ]),
);
const themes = ['light', 'dark'] as const;

function colorOf(name: string, theme: (typeof themes)[number]): string {
  const token = tokens.get(name);
  if (!token) throw new Error(`no colour token --${name}`);
  return token[theme];
}

/** Relative luminance of WCAG 2.2. */
function luminance(hex: string): number {
  const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((at) => {
    const channel = Number.parseInt(hex.slice(at, at + 2), 16) / 255;
    return channel <= 0.04045 ? channel / 12.92 : ((channel + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

function contrast(first: string, second: string): number {
  const [low = 0, high = 0] = [luminance(first), luminance(second)].toSorted((a, b) => a - b);
  return (high + 0.05) / (low + 0.05);
}

const surfaces = ['canvas', 'surface', 'raised', 'sunken', 'hover', 'selected'];
const washes = ['neutral-surface', 'info-surface', 'ok-surface', 'warn-surface', 'bad-surface'];
const tones = ['neutral', 'info', 'ok', 'warn', 'bad'];
const text: [ink: string, on: string][] = [
  ...['ink', 'ink-muted'].flatMap((ink) => [...surfaces, ...washes].map((on): [string, string] => [ink, on])),
  ...['ink-faint', 'accent', ...tones].flatMap((ink) => surfaces.map((on): [string, string] => [ink, on])),
  ...tones.map((tone): [string, string] => [tone, `${tone}-surface`]),
  ['accent-ink', 'accent-fill'],
  ['accent-ink', 'accent-fill-hover'],
  ['bad-ink', 'bad-fill'],
  ['bad-ink', 'bad-fill-hover'],
  ['chart-axis', 'surface'],
  ['canvas', 'ink'],
];
const lines = ['stable', 'canary', 'other-1', 'other-2', 'other-3', 'other-4'].map((name) => `chart-${name}`);

describe.each(themes)('colours of the %s theme', (theme) => {
  test.each(text)('--%s is readable on --%s (4.5:1)', (ink, on) => {
    expect(contrast(colorOf(ink, theme), colorOf(on, theme))).toBeGreaterThanOrEqual(4.5);
  });

  test.each([...lines, 'line-control', 'focus'])('--%s stands out from the surface (3:1)', (name) => {
    expect(contrast(colorOf(name, theme), colorOf('surface', theme))).toBeGreaterThanOrEqual(3);
  });
});

test('the contrast formula gives the published 21:1 for black on white and 4.54:1 for #767676', () => {
  expect(contrast('#000000', '#ffffff')).toBeCloseTo(21, 5);
  expect(contrast('#767676', '#ffffff')).toBeCloseTo(4.54, 2);
});

test('the style sheet names no colour of its own', () => {
  expect(globals.match(/#[0-9a-f]{3,8}\b/gi) ?? []).toEqual([]);
});

test('every colour that the utilities refer to is a token', () => {
  const used = [...globals.matchAll(/--color-[\w-]+: var\(--([\w-]+)\)/g)].map((match) => match[1] ?? '');
  const withAlpha = new Set(['scrim']);
  expect(used.filter((name) => !tokens.has(name) && !withAlpha.has(name))).toEqual([]);
});

test.each(themes)(
  'pictures of charts are drawn in the %s theme with the colours of the style sheet',
  (theme) => {
    const names = [...tokens.keys()].filter((name) => name.startsWith('chart-'));
    expect(Object.keys(chartColors[theme])).toEqual(expect.arrayContaining(names));
    for (const [name, color] of Object.entries(chartColors[theme])) expect(color).toBe(colorOf(name, theme));
  },
);
