import { expect, it } from 'vitest';
import { prepareBurnDown } from './burn-down.ts';
import type { BudgetStatus } from './status.ts';

const gpuHour = 3_600_000n;
const at = (hour: number) => new Date(Date.UTC(2026, 10, 1, hour));
const status: BudgetStatus = {
  schema: 1,
  fromAt: at(0).toISOString(),
  toAt: at(10).toISOString(),
  amount: 100n * gpuHour,
  actual: 20n * gpuHour,
  held: 0n,
  unpriced: 0n,
  lastHour: 0n,
  lastSixHours: 0n,
  forecasts: {
    linear: 50n * gpuHour,
    runRate: 50n * gpuHour,
    seasonal: { value: 60n * gpuHour, low: 50n * gpuHour, high: 90n * gpuHour },
    chosen: 'seasonal',
    reason: 'weeksOfHistory',
  },
  rolling: null,
  expected: 60n * gpuHour,
  exhaustedAt: null,
  backtest: null,
  backtestDay: '2026-11-01',
};
const input = {
  unit: 'gpuHours' as const,
  movements: [
    { kind: 'base' as const, amount: 100n * gpuHour, fromAt: at(0), toAt: null },
    { kind: 'exceed' as const, amount: 10n * gpuHour, fromAt: at(1), toAt: at(3) },
  ],
  status,
  series: {
    now: at(4),
    fromAt: at(0),
    toAt: at(10),
    hours: [
      { hourAt: at(0), amount: 5n * gpuHour },
      { hourAt: at(2), amount: 15n * gpuHour },
    ],
    rollouts: [{ id: 'r', startedAt: at(2), service: 'scoring' }],
  },
  spentPercents: [50, 90, 100],
};

it('draws what is left of the amount in force, and from now on where it heads with its band', () => {
  const { series, range, stepMs, thresholds, marks } = prepareBurnDown(input);
  const [left, forecast] = series;
  expect(left?.points.map(([, value]) => value)).toEqual([100, 105, 105, 80, 80]);
  expect(forecast?.points.map(([, value]) => Math.round(value ?? 0))).toEqual([80, 73, 67, 60, 53, 47, 40]);
  expect(forecast?.band?.at(-1)).toEqual([at(10).getTime(), 10, 50]);
  expect([range.to - range.from, stepMs]).toEqual([36_000_000, 3_600_000]);
  expect(thresholds.map(({ value }) => value)).toEqual([50, 10]);
  expect(marks).toMatchObject([{ label: 'Rollout of scoring', href: '/rollouts/r' }]);
});

it('draws no forecast of a rolling budget, whose past rolls off', () => {
  const rolling = { ...input, series: { ...input.series, toAt: null } };
  expect(prepareBurnDown({ ...rolling, status: { ...status, forecasts: null } }).series).toHaveLength(1);
});
