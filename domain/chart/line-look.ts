import type { ChartSeries } from './chart-series.ts';

export type Marker = 'circle' | 'diamond' | 'square' | 'triangle';
export type LineLook = { color: string; dash: string | undefined; marker: Marker };

const stable: LineLook = { color: 'var(--chart-stable)', dash: undefined, marker: 'circle' };
const canary: LineLook = { color: 'var(--chart-canary)', dash: '6 3', marker: 'diamond' };
const others: readonly LineLook[] = [
  { color: 'var(--chart-other-1)', dash: undefined, marker: 'square' },
  { color: 'var(--chart-other-2)', dash: '2 2', marker: 'triangle' },
  { color: 'var(--chart-other-3)', dash: '8 3 2 3', marker: 'circle' },
  { color: 'var(--chart-other-4)', dash: '10 4', marker: 'diamond' },
];

/** Colour, dash and marker together tell lines apart; beyond four the others repeat. */
export function lineLooks(series: readonly Pick<ChartSeries, 'role'>[]): LineLook[] {
  let next = 0;
  return series.map(({ role }) => {
    if (role === 'stable') return stable;
    if (role === 'canary') return canary;
    const look = others[next % others.length] ?? stable;
    next += 1;
    return look;
  });
}
