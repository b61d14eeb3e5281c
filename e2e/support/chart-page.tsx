import { flushSync } from 'react-dom';
import { createRoot, type Root } from 'react-dom/client';
import { TimeSeriesChart } from '../../components/charts/time-series-chart.tsx';
import type { ChartAnswer } from '../../domain/chart/chart-answer.ts';
import { prepareChart } from '../../domain/chart/prepare-chart.ts';

// Runs in a page of its own; `chart-drawing.e2e.ts` bundles it and calls what stands on `window`.

let drawn: { readonly root: Root; readonly host: HTMLElement } | undefined;

/** What is seen of each shape, in the order in which they lie over each other. */
const seen = [
  'fill',
  'stroke',
  'stroke-width',
  'stroke-dasharray',
  'fill-opacity',
  'stroke-opacity',
  'font-size',
  'text-anchor',
];
const placed = ['d', 'transform', 'x', 'y'];

function shapesOf(host: Element): string[] {
  return [...host.querySelectorAll('path, text')].map((shape) => {
    const style = getComputedStyle(shape);
    return [
      shape.tagName,
      ...placed.map((name) => shape.getAttribute(name) ?? ''),
      ...seen.map((name) => style.getPropertyValue(name)),
      shape.textContent,
    ].join(' | ');
  });
}

/** The shapes that the console draws of an answer. */
function drawInConsole(answer: ChartAnswer, size: { width: number; height: number }): string[] {
  drawn?.root.unmount();
  drawn?.host.remove();
  const host = document.createElement('div');
  document.body.append(host);
  const root = createRoot(host);
  drawn = { root, host };
  const chart = prepareChart({ ...answer, widthPx: size.width, zone: 'utc' });
  flushSync(() =>
    root.render(<TimeSeriesChart chart={chart} unit={answer.unit} {...size} label={answer.title} />),
  );
  return shapesOf(host);
}

/** The shapes of a plot that the server drew. */
function shapesOfPicture(shapes: string): string[] {
  const host = document.createElement('div');
  host.innerHTML = `<svg>${shapes}</svg>`;
  document.body.append(host);
  const found = shapesOf(host);
  host.remove();
  return found;
}

const drawing = { drawInConsole, shapesOfPicture };
export type ChartDrawing = typeof drawing;

Object.assign(window, { drawing });
