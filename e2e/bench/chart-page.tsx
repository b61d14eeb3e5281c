import { Tooltip } from 'radix-ui';
import { createRoot, type Root } from 'react-dom/client';
import uPlot from 'uplot';
import { LineChart } from '../../components/charts/line-chart.tsx';
import { TimeSeriesChart } from '../../components/charts/time-series-chart.tsx';
import type { ChartAnswer } from '../../domain/chart/chart-answer.ts';
import { prepareChart } from '../../domain/chart/prepare-chart.ts';

// Runs in the browser of the bench; `chart-mount.ts` bundles it and calls what stands on `window.bench`.

const size = { width: 900, height: 300 } as const;
const stepMs = 10_000;
const withinMs = 10_000;
const from = Date.UTC(2026, 10, 24, 8);

type Values = readonly (readonly number[])[];

const valuesOf = (points: number, shift: number): Values =>
  [0, 1].map((line) =>
    Array.from({ length: points }, (_, index) => 2 + line + Math.sin((index + shift) / 40) + Math.sin(index)),
  );

function answerOf(points: number, shift: number): ChartAnswer {
  const roles = ['stable', 'canary'] as const;
  return {
    title: `Requests ${points}`,
    unit: 'perSecond',
    range: { from, to: from + (points - 1) * stepMs },
    stepMs,
    series: valuesOf(points, shift).map((values, line) => ({
      key: `r${line}`,
      label: `Revision ${line}`,
      role: roles[line] ?? 'other',
      subject: null,
      points: values.map((value, index) => [from + index * stepMs, value] as const),
    })),
    thresholds: [],
    marks: [],
    words: [],
    names: {},
    asOfMs: from,
  };
}

/** The next turn of the event loop, sooner than a timer or a frame. */
const turn = () =>
  new Promise<void>((done) => {
    const channel = new MessageChannel();
    channel.port1.onmessage = () => done();
    channel.port2.postMessage(0);
  });

async function timed(host: HTMLElement, run: () => void, isDrawn: () => boolean): Promise<number> {
  const began = performance.now();
  run();
  while (!isDrawn()) {
    if (performance.now() - began > withinMs) throw new Error('Nothing was drawn.');
    await turn();
  }
  host.getBoundingClientRect();
  return performance.now() - began;
}

function makeHost(): HTMLElement {
  const host = document.createElement('div');
  document.body.append(host);
  return host;
}

const curvesOf = (host: HTMLElement): string[] =>
  [...host.querySelectorAll('path[data-line]')]
    .map((path) => path.getAttribute('d') ?? '')
    .filter((shape) => shape !== '');

/** Both axes of each chart have their labels. */
const hasAxes = (host: HTMLElement, charts: number): boolean =>
  host.querySelectorAll('[data-axis="value"]').length === charts &&
  host.querySelectorAll('[data-axis="time"]').length === charts;

/** All of our own work from an answer to lines: it is prepared, then drawn. */
function Drawn({ answer }: { answer: ChartAnswer }) {
  const chart = prepareChart({ ...answer, widthPx: size.width, zone: 'utc' });
  return <TimeSeriesChart chart={chart} unit={answer.unit} {...size} label={answer.title} />;
}

const draw = (root: Root, answer: ChartAnswer) => root.render(<Drawn answer={answer} />);

async function mounted(answer: ChartAnswer) {
  const host = makeHost();
  const root = createRoot(host);
  const ms = await timed(
    host,
    () => draw(root, answer),
    () => curvesOf(host).length === answer.series.length && hasAxes(host, 1),
  );
  const remove = () => {
    root.unmount();
    host.remove();
  };
  return { host, root, ms, remove };
}

async function mountMs(answer: ChartAnswer): Promise<number> {
  const { ms, remove } = await mounted(answer);
  remove();
  return ms;
}

/** Milliseconds to mount so many points, and to show as many others in their place. */
async function mountAndUpdate(points: number) {
  const { host, root, ms, remove } = await mounted(answerOf(points, 0));
  const before = curvesOf(host).join();
  // Made before, as the first was, whose painting is not the update's either.
  const next = answerOf(points, 1);
  for (let frame = 0; frame < 6; frame += 1) await new Promise(requestAnimationFrame);
  await turn();
  const updateMs = await timed(
    host,
    () => draw(root, next),
    () => curvesOf(host).join() !== before,
  );
  remove();
  return { mountMs: ms, updateMs };
}

async function uPlotMs(points: number): Promise<number> {
  const host = makeHost();
  const [first = [], second = []] = valuesOf(points, 0);
  const at = first.map((_, index) => (from + index * stepMs) / 1_000);
  let isDrawn = false;
  const ms = await timed(
    host,
    () =>
      new uPlot(
        {
          ...size,
          series: [{}, { stroke: '#0072b2' }, { stroke: '#c98500' }],
          hooks: {
            draw: [
              () => {
                isDrawn = true;
              },
            ],
          },
        },
        [at, [...first], [...second]],
        host,
      ),
    () => isDrawn,
  );
  host.remove();
  return ms;
}

/** So many charts of a board with all that stands around them, until each has its lines. */
async function boardMs(charts: number, points: number): Promise<number> {
  const host = makeHost();
  const root = createRoot(host);
  const answers = Array.from({ length: charts }, (_, index) => answerOf(points, index * 7));
  const ms = await timed(
    host,
    () =>
      root.render(
        <Tooltip.Provider>
          <div style={{ display: 'grid', gridTemplateColumns: 'repeat(3, 400px)' }}>
            {answers.map((answer, index) => (
              <LineChart
                // oxlint-disable-next-line no-array-index-key
                key={index}
                title={`${answer.title}, ${index}`}
                unit={answer.unit}
                series={answer.series}
                rangeMs={answer.range}
                stepMs={answer.stepMs}
              />
            ))}
          </div>
        </Tooltip.Provider>,
      ),
    () => curvesOf(host).length === 2 * charts && hasAxes(host, charts),
  );
  root.unmount();
  host.remove();
  return ms;
}

const bench = { uPlotMs, boardMs, mountMs, mountAndUpdate };
export type ChartBench = typeof bench;

Object.assign(window, { bench });
