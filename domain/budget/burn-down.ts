import type { ChartMark, ChartRange, ChartSeries, ChartThreshold } from '../chart/chart-series.ts';
import { amountAt, type Movement } from './amount.ts';
import type { BudgetUnit } from './budget-schema.ts';
import { gpuHour } from './budget-words.ts';
import type { BudgetStatus } from './status.ts';

const hourMs = 3_600_000;
const mostSteps = 800;

type Input = {
  readonly unit: BudgetUnit;
  readonly movements: readonly Movement[];
  readonly status: Pick<BudgetStatus, 'amount' | 'actual' | 'expected' | 'forecasts'>;
  readonly series: {
    readonly now: Date;
    readonly fromAt: Date;
    readonly toAt: Date | null;
    readonly hours: readonly { readonly hourAt: Date; readonly amount: bigint }[];
    readonly rollouts: readonly { readonly id: string; readonly startedAt: Date; readonly service: string }[];
  };
  /** Percent of the amount at which something is told. */
  readonly spentPercents: readonly number[];
};

export type BurnDown = {
  readonly range: ChartRange;
  readonly stepMs: number;
  readonly series: readonly ChartSeries[];
  readonly thresholds: readonly ChartThreshold[];
  readonly marks: readonly ChartMark[];
};

/** An amount as a number of whole units, for drawing. */
function drawn(amount: bigint, unit: BudgetUnit): number {
  const one = unit === 'gpuHours' ? gpuHour : 1_000_000_000n;
  return Number((amount * 1_000n) / one) / 1_000;
}

/** What is left of the amount hour by hour, where it heads, and at which lines something is told. */
export function prepareBurnDown({ unit, movements, status, series, spentPercents }: Input): BurnDown {
  const from = series.fromAt.getTime();
  const to = series.toAt?.getTime() ?? series.now.getTime();
  const stepMs = Math.max(1, Math.ceil((to - from) / hourMs / mostSteps)) * hourMs;
  const now = series.now.getTime();
  const lines: ChartSeries[] = [
    { key: 'left', label: 'Left', role: 'stable', points: leftPoints({ movements, series, unit }, stepMs) },
  ];
  const { forecasts } = status;
  if (forecasts !== null && series.toAt !== null) {
    const expectedLeft = drawn(status.amount - status.expected, unit);
    const nowLeft = drawn(status.amount - status.actual, unit);
    const steps = stepsBetween(from, to, stepMs).filter((at) => at >= now);
    const share = (at: number) => (at - now) / (to - now);
    const between = (end: number, at: number) => nowLeft + (end - nowLeft) * share(at);
    const { seasonal } = forecasts;
    const band =
      forecasts.chosen !== 'seasonal' || seasonal === null
        ? undefined
        : steps.map((at) => {
            const [low, high] = [seasonal.high, seasonal.low].map((end) =>
              between(drawn(status.amount - end, unit), at),
            );
            return [at, low ?? 0, high ?? 0] as const;
          });
    lines.push({
      key: 'forecast',
      label: 'Forecast',
      role: 'canary',
      points: steps.map((at) => [at, between(expectedLeft, at)] as const),
      ...(band === undefined ? {} : { band }),
    });
  }
  return {
    range: { from, to },
    stepMs,
    series: lines,
    thresholds: spentPercents
      .filter((percent) => percent < 100)
      .map((percent) => ({
        value: (drawn(status.amount, unit) * (100 - percent)) / 100,
        label: `${percent} % spent`,
        tone: 'warn' as const,
      })),
    marks: series.rollouts.map(({ id, startedAt, service }) => ({
      at: startedAt.getTime(),
      label: `Rollout of ${service}`,
      href: `/rollouts/${id}`,
    })),
  };
}

function stepsBetween(from: number, to: number, stepMs: number): number[] {
  return Array.from({ length: Math.floor((to - from) / stepMs) + 1 }, (_, index) => from + index * stepMs);
}

/** At each step the amount in force then, less what was spent before it. */
function leftPoints(
  { movements, series, unit }: Pick<Input, 'movements' | 'series' | 'unit'>,
  stepMs: number,
): (readonly [number, number])[] {
  const [from, now] = [series.fromAt.getTime(), series.now.getTime()];
  const points: (readonly [number, number])[] = [];
  let [spent, next] = [0n, 0];
  for (const at of stepsBetween(from, now, stepMs)) {
    for (;;) {
      const hour = series.hours[next];
      if (hour === undefined || hour.hourAt.getTime() >= at) break;
      spent += hour.amount;
      next += 1;
    }
    points.push([at, drawn(amountAt(movements, new Date(at)) - spent, unit)]);
  }
  return points;
}
