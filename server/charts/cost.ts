import type { SubjectKey, SubjectKind } from '../../domain/chart/chart-answer.ts';
import type { ChartRange, ChartSeries } from '../../domain/chart/chart-series.ts';
import type { CostGrouping } from '../../domain/ledger/cost-group.ts';
import { groupWord } from '../../domain/ledger/group-words.ts';
import { formatNumber } from '../../domain/number-format.ts';
import { moneyText } from '../../domain/price/money.ts';
import { groupLabels } from '../rows/cost-group-labels.ts';
import { costSums } from '../rows/cost-sums.ts';
import { currencyOf } from '../rows/price-entries.ts';
import type { CostAmounts } from '../rows/sealed-costs.ts';
import type { ChartPart, OwnedChartAsk } from './chart-part.ts';
import { openStep, openWords } from './open-step.ts';

const dayMs = 86_400_000;
const milliGpuHour = 3_600_000;

type CostSpec = { readonly groupBy: CostGrouping; readonly rate?: 'openCost' | undefined };

/** Cost of the project or the instance by UTC day and group; GPU-hours while no currency is set. A day without a row of its group cost it nothing. */
export async function costPart(ask: OwnedChartAsk, { groupBy, rate }: CostSpec): Promise<ChartPart> {
  const { db, projectId, now } = ask;
  const range = wholeDays(ask.range);
  const currency = await currencyOf(db);
  const { groups, days } = await costSums(db, {
    projectId,
    groupBy,
    from: new Date(range.from),
    to: new Date(range.to),
  });
  const label = await groupLabels(
    db,
    groupBy,
    [...groups, ...days].map(({ group }) => group),
  );
  const valueOf = (amounts: CostAmounts) =>
    currency === null
      ? Number(amounts.milliGpuSeconds) / milliGpuHour
      : Number(nanoOf(amounts, rate)) / 1_000_000_000;
  const until = Math.min(range.to, now.getTime());
  const at = Array.from(
    { length: Math.ceil((until - range.from) / dayMs) },
    (_, index) => range.from + index * dayMs,
  );
  const order = new Map(groups.map(({ group }, index) => [group, index]));
  const rank = (group: string) => order.get(group) ?? order.size;
  const series = [...Map.groupBy(days, ({ group }) => group)]
    .sort(([left], [right]) => rank(left) - rank(right))
    .map(([group, own]) => {
      const values = new Map(own.map((day) => [day.dayAt.getTime(), valueOf(day)]));
      return {
        key: group,
        label: groupWord(groupBy, { group, label: label(group) }),
        subject: subjectOf(groupBy, group),
        role: 'other' as const,
        points: at.map((day) => [day, values.get(day) ?? 0] as const) satisfies ChartSeries['points'],
      };
    });
  const open = openStep({ range, stepMs: dayMs }, now);
  return {
    title: currency === null ? 'GPU-hours by day' : `Cost by day in ${currency}`,
    unit: currency === null ? 'gpuHours' : `money ${currency}`,
    range,
    stepMs: dayMs,
    ...open,
    series,
    thresholds: [],
    words: [wordsOf(groups, { currency, rate }), ...openWords(open, 'day')],
    names: Object.fromEntries(
      series.flatMap((each) => (each.subject === null ? [] : [[each.subject, each.label]])),
    ),
  };
}

/** Days that the range touches. */
function wholeDays({ from, to }: ChartRange): ChartRange {
  return { from: Math.floor(from / dayMs) * dayMs, to: Math.ceil(to / dayMs) * dayMs };
}

/** Of these the name is somebody's own; roles, buckets, products and kinds of capacity are words that everybody may read. */
const named = new Set<string>([
  'project',
  'environment',
  'service',
  'model',
  'modelVersion',
  'node',
] satisfies SubjectKind[]);

function subjectOf(groupBy: CostGrouping, group: string): SubjectKey | null {
  if (group.startsWith('~')) return null;
  return named.has(groupBy) ? (`${groupBy} ${group}` as SubjectKey) : null;
}

const nanoOf = ({ loadedNano, openCostNano }: CostAmounts, rate: CostSpec['rate']): bigint =>
  rate === 'openCost' ? openCostNano : loadedNano;

type Counted = Pick<CostSpec, 'rate'> & { readonly currency: string | null };

function wordsOf(groups: readonly CostAmounts[], { currency, rate }: Counted): string {
  if (groups.length === 0) return 'Nothing was held in these days.';
  if (currency !== null)
    return `${moneyText(
      groups.reduce((sum, amounts) => sum + nanoOf(amounts, rate), 0n),
      currency,
    )} in these days.`;
  const total = groups.reduce((sum, { milliGpuSeconds }) => sum + milliGpuSeconds, 0n);
  return `${formatNumber(Number(total) / milliGpuHour, 1)} GPU-hours in these days.`;
}
