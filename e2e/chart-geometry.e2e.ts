import type { Page } from '@playwright/test';
import { metricInterval } from '../db/schema/services.ts';
import type { ChartAnswer } from '../domain/chart/chart-answer.ts';
import { annotate, createBoard } from '../server/boards/commands.ts';
import { chartAnswer } from '../server/charts/chart-answer.ts';
import { chartSvg } from '../server/pictures/chart-svg.ts';
import type { ProjectFixture } from '../server/test-fixture.ts';
import { expect, test } from './fixtures.ts';

type Point = readonly [x: number, y: number];
/** A drawn chart in shares of its plot, so that pictures of two sizes can be compared. */
type Geometry = {
  readonly lines: readonly {
    readonly color: string;
    readonly dash: string;
    readonly points: readonly Point[];
  }[];
  readonly timeTicks: readonly { readonly text: string; readonly at: number }[];
  readonly valueTicks: readonly string[];
  readonly marks: readonly number[];
};

const end = new Date('2026-03-10T12:00:00Z');
const range = { from: end.getTime() - 3_600_000, to: end.getTime() };

test('a chart in the browser has the points, colours, ticks and marks of the picture that the server draws of the same answer', async ({
  db,
  project: { fixture },
  people,
}) => {
  const serviceId = fixture.stagingServiceId;
  await fixture.live();
  await measured(fixture, 1, { count: 360, everyErrors: 9, gap: [120, 150] });
  await measured(fixture, 2, { count: 90, everyErrors: 5, gap: [0, 0] });
  const { projectId } = fixture;
  const operator = fixture.as('operator');
  // Three that lie together and one apart.
  for (const minutes of [10, 10.2, 10.4, 40])
    await annotate(operator, {
      projectId,
      serviceId: null,
      at: new Date(range.from + minutes * 60_000),
      text: 'Campaign',
    });
  const spec = { kind: 'errorShare', serviceId } as const;
  const { boardId } = await createBoard(operator, {
    projectId,
    name: 'Drawn twice',
    description: '',
    from: { kind: 'charts', spec: { schema: 1, range: '1h', charts: [{ spec, title: null, size: 'full' }] } },
  });
  const page = await (await people.context('viewer')).newPage();
  const [from, to] = [range.from, range.to].map((at) => encodeURIComponent(new Date(at).toISOString()));
  await page.goto(`/boards/${boardId}?from=${from}&to=${to}`);
  await expect(page.locator('path[data-line]')).toHaveCount(2);
  const answer = await chartAnswer(db, { projectId, spec, range, now: end, maxPoints: 600 });
  for (const theme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme: theme });
    const { width, ...browser } = await drawnInBrowser(page);
    const server = drawnByServer(answer, { width, theme });
    expect(server.lines.map(({ points }) => points.length)).toEqual([330, 90]);
    expect(browser.marks).toHaveLength(2);
    expectSame(browser, server);
  }
});

/** Intervals of ten seconds that end at `end`, with a stretch that nobody measured. */
async function measured(
  { db, projectId, stagingServiceId: serviceId }: ProjectFixture,
  revisionNumber: number,
  { count, everyErrors, gap }: { count: number; everyErrors: number; gap: [number, number] },
): Promise<void> {
  const all = Array.from({ length: count }, (_, index) => index);
  await db.insert(metricInterval).values(
    all
      .filter((index) => index < gap[0] || index >= gap[1])
      .map((index) => ({
        projectId,
        serviceId,
        revisionNumber,
        intervalEnd: new Date(end.getTime() - index * 10_000),
        intervalMs: 10_000,
        requests: 100,
        errors: index % everyErrors,
        buckets: {},
        podCount: 1,
      })),
  );
}

function expectSame(browser: Geometry, server: Geometry): void {
  expect(browser.valueTicks).toEqual(server.valueTicks);
  expect(browser.timeTicks.map(({ text }) => text)).toEqual(server.timeTicks.map(({ text }) => text));
  browser.timeTicks.forEach(({ at }, index) => expect(at).toBeCloseTo(server.timeTicks[index]?.at ?? -1, 2));
  expect(browser.marks).toHaveLength(server.marks.length);
  browser.marks.forEach((at, index) => expect(at).toBeCloseTo(server.marks[index] ?? -1, 2));
  expect(browser.lines.map(({ color, dash }) => [color, dash])).toEqual(
    server.lines.map(({ color, dash }) => [color, dash]),
  );
  for (const [index, { points }] of browser.lines.entries()) {
    const wanted = server.lines[index]?.points ?? [];
    expect(points).toHaveLength(wanted.length);
    const farthest = points.map(([x, y], place) =>
      Math.max(Math.abs(x - (wanted[place]?.[0] ?? 9)), Math.abs(y - (wanted[place]?.[1] ?? 9))),
    );
    // A thousandth of the plot is less than a pixel.
    expect(Math.max(...farthest)).toBeLessThan(0.001);
  }
}

type Edges = { readonly left: number; readonly right: number; readonly top: number; readonly bottom: number };

const pointsOf = (path: string, { left, right, top, bottom }: Edges): Point[] =>
  [...path.matchAll(/[ML]([-\d.]+),([-\d.]+)/g)].map(([, x, y]) => [
    (Number(x) - left) / (right - left),
    (bottom - Number(y)) / (bottom - top),
  ]);

async function drawnInBrowser(page: Page): Promise<Geometry & { readonly width: number }> {
  const found = await page.locator('figure svg[role="application"]').evaluate((svg) => {
    const all = (selector: string) => [...svg.querySelectorAll(selector)];
    const number = (element: Element | undefined, name: string) => Number(element?.getAttribute(name));
    const rule = (path: Element | undefined) =>
      [...(path?.getAttribute('d') ?? '').matchAll(/M([-\d.]+),([-\d.]+)(?:H([-\d.]+))?/g)].map(
        ([, x, y, right]) => ({ x: Number(x), y: Number(y), right: Number(right) }),
      );
    const grid = rule(all('[data-axis="grid"]')[0]);
    const heights = grid.map(({ y }) => y);
    const text = (element: Element) => element.textContent ?? '';
    return {
      width: number(svg, 'width'),
      edges: {
        left: grid[0]?.x ?? 0,
        right: grid[0]?.right ?? 1,
        top: Math.min(...heights),
        bottom: Math.max(...heights),
      },
      lines: all('path[data-line]').map((path) => ({
        shape: path.getAttribute('d') ?? '',
        dash: path.getAttribute('stroke-dasharray') ?? '',
        color: getComputedStyle(path).stroke,
      })),
      timeTicks: all('[data-axis="time"] text').map((each) => ({
        text: text(each),
        x: number(each, 'x'),
      })),
      valueTicks: all('[data-axis="value"] text').map(text),
      marks: all('[data-mark]').map((path) => rule(path)[0]?.x ?? 0),
    };
  });
  const { left, right } = found.edges;
  const share = (x: number) => (x - left) / (right - left);
  return {
    width: found.width,
    lines: found.lines.map(({ shape, dash, color }) => ({
      color: hexOf(color),
      dash,
      points: pointsOf(shape, found.edges),
    })),
    timeTicks: found.timeTicks.map(({ text, x }) => ({ text, at: share(x) })),
    valueTicks: found.valueTicks,
    marks: found.marks.map(share),
  };
}

const hexOf = (color: string): string =>
  `#${[...color.matchAll(/\d+/g)].map(([part]) => Number(part).toString(16).padStart(2, '0')).join('')}`;

/** The picture at the width at which its inner part is as wide as the chart of the browser. */
function drawnByServer(
  answer: ChartAnswer,
  { width, theme }: { width: number; theme: 'light' | 'dark' },
): Geometry {
  const svg = chartSvg(answer, { width: width + 24, height: 360, theme, zone: 'utc' });
  const [grid = '', axis = ''] = [...svg.matchAll(/<path d="((?:M[-\d.]+,[-\d.]+H[-\d.]+)+)"/g)].map(
    ([, path]) => path ?? '',
  );
  const [, left = 0, bottom = 0, right = 1] = /M([-\d.]+),([-\d.]+)H([-\d.]+)/.exec(axis)?.map(Number) ?? [];
  const heights = [...grid.matchAll(/,([-\d.]+)H/g)].map(([, y]) => Number(y));
  const edges = { left, right, top: Math.min(...heights), bottom };
  const share = (x: string | undefined) => (Number(x) - left) / (right - left);
  const texts = (anchor: string) =>
    [
      ...(new RegExp(`<g text-anchor="${anchor}"[^>]*>(.*?)</g>`).exec(svg)?.[1] ?? '').matchAll(
        /<text x="([-\d.]+)"[^>]*>([^<]*)</g,
      ),
    ].map(([, x, text = '']) => ({ text, at: share(x) }));
  return {
    lines: [
      ...svg.matchAll(
        /<path d="(M[^"]*)" stroke="(#\w+)" stroke-width="1.75"(?: stroke-dasharray="([\d ]+)")? fill="none"/g,
      ),
    ].map(([, path = '', color = '', dash = '']) => ({ color, dash, points: pointsOf(path, edges) })),
    timeTicks: texts('middle'),
    valueTicks: texts('end').map(({ text }) => text),
    marks: [...svg.matchAll(/<path d="M([-\d.]+),[-\d.]+V/g)].map(([, x]) => share(x)),
  };
}
