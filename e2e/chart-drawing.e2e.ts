import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { expect, type Page, test } from '@playwright/test';
import { build } from 'esbuild';
import type { ChartAnswer } from '../domain/chart/chart-answer.ts';
import { chartColor } from '../domain/chart/chart-colors.ts';
import { prepareChart } from '../domain/chart/prepare-chart.ts';
import { spreadBars } from '../domain/chart/spread-bars.ts';
import { madeAnswer } from '../server/pictures/picture-fixture.ts';
import { plotSvg } from '../server/pictures/plot-svg.ts';
import type { ChartDrawing } from './support/chart-page.tsx';

declare global {
  var drawing: ChartDrawing;
}

const size = { width: 720, height: 220 };
const hour = 3_600_000;
const made = madeAnswer();
const { from, to } = made.range;

const series = (
  key: string,
  points: ChartAnswer['series'][number]['points'],
): ChartAnswer['series'][number] => ({
  key,
  label: key,
  role: 'other',
  subject: null,
  points,
});

/** Two hours that are known only as a whole, and ten minutes by the minute. */
const spread = spreadBars(
  [
    { endMs: from + hour, intervalMs: hour, requests: 3_600, errors: 36, buckets: {} },
    { endMs: from + 2 * hour, intervalMs: hour, requests: 3_600, errors: 72, buckets: {} },
    ...Array.from({ length: 10 }, (_, minute) => ({
      endMs: from + 2 * hour + (minute + 1) * 60_000,
      intervalMs: 60_000,
      requests: 60,
      errors: minute % 3,
      buckets: {},
    })),
  ],
  60_000,
);

const steps = Array.from({ length: 12 }, (_, index) => from + (index * (to - from)) / 11);
const tones = ['neutral', 'ok', 'warn', 'bad'] as const;

const kinds: Record<string, ChartAnswer> = {
  'lines, one with a gap and a band, a limit and marks': made,
  'six lines': madeAnswer(2, {
    series: steps.slice(0, 6).map((_, line) =>
      series(
        `line ${line}`,
        steps.map((at, index) => [at, line + (index % 3)]),
      ),
    ),
    stepMs: steps[1] === undefined ? undefined : steps[1] - from,
    thresholds: [{ value: 4, label: 'warned above 4', tone: 'warn' }],
  }),
  'bars of hours spread over their minutes': madeAnswer(2, {
    unit: 'share',
    stepMs: 60_000,
    series: [
      series(
        'errors',
        spread.map(({ endMs, requests, errors }) => [endMs, errors / requests]),
      ),
    ],
  }),
  'sums of which the last are not over': madeAnswer(2, {
    unit: 'money EUR',
    stepMs: (to - from) / 11,
    openFromMs: steps[10],
    series: [
      series(
        'cost',
        steps.map((at, index) => [at, 12 + index]),
      ),
    ],
    thresholds: [{ value: 20, label: 'budget' }],
  }),
  'marks of every kind, some as one': madeAnswer(2, {
    marks: [0.1, 0.101, 0.102, 0.4, 0.6, 0.8].map((share, index) => ({
      at: from + share * (to - from),
      label: `mark ${index}`,
      kind: 'deploy',
      tone: tones[index % tones.length],
    })),
  }),
  'points that stand alone between gaps, and a band that does': madeAnswer(2, {
    stepMs: (to - from) / 11,
    series: [
      {
        ...series(
          'alone',
          steps.map((at, index) => [at, index % 3 === 0 ? 0.01 : null]),
        ),
        band: [[steps[3] ?? from, 0.005, 0.02]],
      },
    ],
  }),
  'values below zero': madeAnswer(2, {
    unit: 'count',
    stepMs: (to - from) / 11,
    series: [
      series(
        'left',
        steps.map((at, index) => [at, 40 - 9 * index]),
      ),
    ],
  }),
};

let page: Page;

test.beforeAll(async ({ browser }) => {
  const { outputFiles } = await build({
    entryPoints: [resolve(import.meta.dirname, 'support/chart-page.tsx')],
    bundle: true,
    write: false,
    format: 'iife',
    jsx: 'automatic',
    define: { 'process.env.NODE_ENV': '"production"' },
    logLevel: 'silent',
  });
  page = await browser.newPage();
  await page.setContent('<!doctype html><html lang="en"><title>Charts</title><body></body></html>');
  await page.addStyleTag({
    content: await readFile(resolve(import.meta.dirname, '../app/tokens.css'), 'utf8'),
  });
  await page.addScriptTag({ content: outputFiles[0]?.text ?? '' });
});

test.afterAll(async () => await page.close());

for (const [kind, answer] of Object.entries(kinds))
  test(`the console and the picture of the server draw the same shapes in both themes: ${kind}`, async () => {
    for (const theme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme: theme });
      const chart = prepareChart({ ...answer, widthPx: size.width, zone: 'utc' });
      const picture = plotSvg(chart, { x: 0, y: 0, ...size }, (variable) => chartColor(variable, theme));
      const [console, server] = await page.evaluate(
        ([asked, box, shapes]) =>
          [drawing.drawInConsole(asked, box), drawing.shapesOfPicture(shapes)] as const,
        [answer, size, picture] as const,
      );
      expect(console.length).toBeGreaterThan(8);
      expect(console).toEqual(server);
    }
  });

test('a chart that is focused keeps the focus while it begins to follow the keys, and tells of its steps until Escape', async () => {
  await page.evaluate(([answer, box]) => drawing.drawInConsole(answer, box), [made, size] as const);
  await page.getByRole('application').focus();
  await expect(page.locator('.recharts-surface[role="application"]')).toBeFocused();
  await page.keyboard.press('ArrowRight');
  const step = page.getByText(/^2026-11-24 \d\d:\d\d/);
  await expect(step).toBeVisible();
  const first = await step.textContent();
  await page.keyboard.press('ArrowRight');
  await expect(step).not.toHaveText(first ?? '');
  await page.keyboard.press('Escape');
  await expect(step).toBeHidden();
});

test('a chart tells of the step under the pointer, with a dot on each line that has one', async () => {
  await page.evaluate(([answer, box]) => drawing.drawInConsole(answer, box), [made, size] as const);
  const { x = 0, y = 0 } = (await page.getByRole('application').boundingBox()) ?? {};
  await page.mouse.move(x + 0.8 * size.width, y + 100);
  await expect(page.locator('.recharts-surface[role="application"]')).toBeVisible();
  await page.mouse.move(x + 0.85 * size.width, y + 110);
  await expect(page.getByText(/^2026-11-24 \d\d:\d\d/)).toBeVisible();
  await expect(page.locator('circle')).toHaveCount(2);
});
