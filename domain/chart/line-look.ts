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

const all = [stable, canary, ...others];
const lookCount = all.length;

/** The look of a revision wherever it is drawn, so that it keeps its colour when it becomes stable; neighbours differ. */
export const revisionLook = (revisionNumber: number): number => Math.max(0, revisionNumber - 1) % lookCount;

/**
 * Colour, dash and marker together tell lines apart. A line with a look of its own keeps it unless an earlier one has it; the
 * others go by role, and repeat when all looks are used.
 */
export function lineLooks(series: readonly Pick<ChartSeries, 'role' | 'look'>[]): LineLook[] {
  let next = 0;
  const has = (wanted: ChartSeries['role']) => series.some(({ role }) => role === wanted);
  const free = [...others, ...(has('stable') ? [] : [stable]), ...(has('canary') ? [] : [canary])];
  const taken = new Set<number>();
  return series.map(({ role, look: wanted }) => {
    if (wanted !== undefined) {
      const steps = all.map((_, step) => (wanted + step) % lookCount);
      const index = steps.find((each) => !taken.has(each)) ?? wanted % lookCount;
      taken.add(index);
      return all[index] ?? stable;
    }
    if (role === 'stable') return stable;
    if (role === 'canary') return canary;
    const look = free[next % free.length] ?? stable;
    next += 1;
    return look;
  });
}
