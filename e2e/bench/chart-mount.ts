import { join } from 'node:path';
import type { Page } from '@playwright/test';
import { build } from 'esbuild';
import type { ChartAnswer } from '../../domain/chart/chart-answer.ts';
import { openBrowser } from './bench-browser.ts';
import type { ChartBench } from './chart-page.tsx';
import { type Finding, median } from './measure.ts';

declare global {
  var bench: ChartBench;
}

const points = 2_000;
const boardPoints = 300;
const charts = 12;
const rounds = 15;

/** Opens a page that holds the console's charts and uPlot, runs, and closes it. */
async function inChartPage<Value>(run: (page: Page) => Promise<Value>): Promise<Value> {
  const { outputFiles } = await build({
    entryPoints: [join(import.meta.dirname, 'chart-page.tsx')],
    bundle: true,
    write: false,
    minify: true,
    format: 'iife',
    jsx: 'automatic',
    // What Next defines when it bundles the same files.
    define: { 'process.env.NODE_ENV': '"production"', 'process.env': '{}' },
    logLevel: 'silent',
  });
  const browser = await openBrowser();
  try {
    const page = await browser.newPage({ viewport: { width: 1_440, height: 900 } });
    page.on('pageerror', (error) => console.error(`The page of charts: ${error.message}`));
    await page.setContent('<!doctype html><html lang="en"><title>Charts</title><body></body></html>');
    await page.addScriptTag({ content: outputFiles[0]?.text ?? '' });
    return await run(page);
  } finally {
    await browser.close();
  }
}

/** The console's chart against uPlot, its update against its mount, and a board against one chart, in one page by turns. */
export async function measureCharts(): Promise<Finding[]> {
  return await inChartPage(async (page) => {
    const taken = { uPlot: [], mount: [], update: [], one: [], board: [] } as Record<
      'uPlot' | 'mount' | 'update' | 'one' | 'board',
      number[]
    >;
    for (let round = 0; round <= rounds; round += 1) {
      const uPlotMs = await page.evaluate((count) => bench.uPlotMs(count), points);
      const own = await page.evaluate((count) => bench.mountAndUpdate(count), points);
      const oneMs = await page.evaluate((count) => bench.boardMs(1, count), points);
      const boardMs = await page.evaluate(([many, count]) => bench.boardMs(many, count), [
        charts,
        boardPoints,
      ] as const);
      // The first warms up.
      if (round === 0) continue;
      taken.uPlot.push(uPlotMs);
      taken.mount.push(own.mountMs);
      taken.update.push(own.updateMs);
      taken.one.push(oneMs);
      taken.board.push(boardMs);
    }
    const uPlot = { words: 'uPlot', ms: taken.uPlot };
    const mount = { words: 'its mount', ms: taken.mount };
    return [
      ratio(`Mount of a chart of 2 × ${points} points against uPlot`, taken.mount, { ...uPlot, limit: 5 }),
      ratio('Update of that chart against its own mount', taken.update, { ...mount, limit: 1 }),
      ratio(
        `A board of ${charts} charts of 2 × ${boardPoints} points against one of 2 × ${points}`,
        taken.board,
        {
          words: 'one chart',
          ms: taken.one,
          limit: 6,
        },
      ),
    ];
  });
}

/** Mounting what the server answers of a long source against the same of a short one. */
export async function measureMountOfSources(answers: {
  short: ChartAnswer;
  long: ChartAnswer;
}): Promise<Finding> {
  return await inChartPage(async (page) => {
    const taken: { short: number[]; long: number[] } = { short: [], long: [] };
    for (let round = 0; round <= rounds; round += 1)
      for (const kind of ['short', 'long'] as const) {
        const ms = await page.evaluate((answer) => bench.mountMs(answer), answers[kind]);
        if (round > 0) taken[kind].push(ms);
      }
    return ratio('Mount of a chart whose source has 100,000 points against 1,000', taken.long, {
      words: '1,000',
      ms: taken.short,
      limit: 1.1,
    });
  });
}

function ratio(
  name: string,
  own: readonly number[],
  reference: { words: string; ms: readonly number[]; limit: number },
): Finding {
  const [ownMs, referenceMs] = [median(own), median(reference.ms)];
  const detail = `${ownMs.toFixed(1)} ms to ${referenceMs.toFixed(1)} ms of ${reference.words}, median of ${rounds}`;
  return { name, value: ownMs / referenceMs, limit: reference.limit, unit: '×', detail };
}
