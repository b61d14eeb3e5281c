import type { ChartSeries } from '../../domain/chart/chart-series.ts';
import { groupWord } from '../../domain/ledger/group-words.ts';
import { decimalOf } from '../../domain/price/money.ts';
import type { CostAnswer } from './cost-answers.ts';
import type { CostAsk } from './cost-ask.ts';
import { gpuHours } from './cost-words.ts';
import { csvText } from './csv-cell.ts';

const dayMs = 86_400_000;

type Amounts = Pick<CostAnswer['total'], 'loadedNano' | 'openCostNano'>;

/** The amount in the chosen rate mode. */
export function costOf(row: Amounts, { rate }: Pick<CostAsk, 'rate'>): bigint {
  return rate === 'loaded' ? row.loadedNano : row.openCostNano;
}

/** One line per group of the chart, a value per day; a day without a row of its group cost it nothing. */
export function costSeries(answer: CostAnswer, ask: CostAsk): ChartSeries[] {
  const byGroup = Map.groupBy(answer.days, ({ group }) => group);
  const until = Math.max(...answer.days.map(({ dayAt }) => dayAt.getTime()));
  const order = new Map(answer.groups.map(({ group }, index) => [group, index]));
  const rank = (group: string) => order.get(group) ?? order.size;
  return [...byGroup]
    .sort(([left], [right]) => rank(left) - rank(right))
    .map(([group, days]) => {
      const first = days[0];
      const values = new Map(days.map((day) => [day.dayAt.getTime(), day]));
      const at: number[] = [];
      for (let day = ask.from.getTime(); day <= until; day += dayMs) at.push(day);
      return {
        key: group,
        label: first === undefined ? group : groupWord(ask.groupBy, first),
        role: 'other' as const,
        points: at.map((day) => [day, valueOf(values.get(day), answer, ask)] as const),
      };
    });
}

function valueOf(
  day: CostAnswer['days'][number] | undefined,
  { currency }: CostAnswer,
  ask: CostAsk,
): number {
  if (day === undefined) return 0;
  return currency === null ? gpuHours(day.milliGpuSeconds) : Number(costOf(day, ask)) / 1e9;
}

/** Every group with exact amounts, for a spreadsheet. */
export function costCsv(answer: CostAnswer, ask: CostAsk): string {
  const head = [
    ask.groupBy,
    'id',
    'gpuHours',
    'loaded',
    'openCost',
    'unpricedGpuHours',
    'estimatedGpuHours',
    'currency',
  ];
  const rows = answer.groups.map((row) => [
    groupWord(ask.groupBy, row),
    row.group,
    gpuHours(row.milliGpuSeconds),
    decimalOf(row.loadedNano),
    decimalOf(row.openCostNano),
    gpuHours(row.unpriced),
    gpuHours(row.estimated),
    answer.currency ?? '',
  ]);
  return csvText([head, ...rows]);
}
