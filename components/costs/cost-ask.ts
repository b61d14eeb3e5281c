import type { AnyChartSpec } from '../../domain/chart/chart-spec.ts';
import { type CostGrouping, costGroupings, groupingsOfInstance } from '../../domain/ledger/cost-group.ts';
import { oneParam, type SearchParams, withParams } from '../rollouts/list-params.ts';

const rateModes = ['loaded', 'openCost'] as const;
type RateMode = (typeof rateModes)[number];

/** Lengths of the range that the page offers, in days up to today. */
const rangeDays = ['7', '30', '90'] as const;

/** What an address of the cost pages asks for. */
export type CostAsk = {
  readonly from: Date;
  readonly to: Date;
  /** Null when the address names the first and the last day itself. */
  readonly days: (typeof rangeDays)[number] | null;
  readonly groupBy: CostGrouping;
  readonly rate: RateMode;
  readonly scope: 'project' | 'instance';
};

const dayMs = 86_400_000;
const ofInstance: ReadonlySet<CostGrouping> = new Set(groupingsOfInstance);

export const groupingsOf = (scope: CostAsk['scope']): readonly CostGrouping[] =>
  scope === 'instance' ? costGroupings : costGroupings.filter((each) => !ofInstance.has(each));

/** What cannot be read of an address is as if it were not there: thirty days up to today. */
export function costAsk(params: SearchParams, nowMs: number): CostAsk {
  const scope = oneParam(params, 'scope') === 'instance' ? 'instance' : 'project';
  const asked = oneParam(params, 'by');
  const usual = scope === 'instance' ? 'project' : 'model';
  const common = {
    groupBy: groupingsOf(scope).find((each) => each === asked) ?? usual,
    rate: rateModes.find((each) => each === oneParam(params, 'rate')) ?? 'loaded',
    scope,
  } as const;
  const from = dayOf(oneParam(params, 'from'));
  const to = dayOf(oneParam(params, 'to'));
  if (from !== null && to !== null && from <= to && to - from < 400 * dayMs)
    return { ...common, from: new Date(from), to: new Date(to + dayMs), days: null };
  const days = rangeDays.find((each) => each === oneParam(params, 'days')) ?? '30';
  const end = Math.floor(nowMs / dayMs) * dayMs + dayMs;
  return { ...common, from: new Date(end - Number(days) * dayMs), to: new Date(end), days };
}

function dayOf(text: string | undefined): number | null {
  if (text === undefined || !/^\d{4}-\d{2}-\d{2}$/.test(text)) return null;
  const at = Date.parse(`${text}T00:00:00Z`);
  return Number.isNaN(at) ? null : at;
}

const dayText = (at: Date): string => at.toISOString().slice(0, 10);

/** Params of an address that asks for the same. */
export function costParams({
  from,
  to,
  days,
  groupBy,
  rate,
  scope,
}: CostAsk): Record<string, string | undefined> {
  return {
    scope: scope === 'instance' ? scope : undefined,
    by: groupBy,
    rate: rate === 'loaded' ? undefined : rate,
    ...(days === null
      ? { from: dayText(from), to: dayText(new Date(to.getTime() - dayMs)) }
      : { days: days === '30' ? undefined : days }),
  };
}

/** Address of the pods behind an amount; the days stand in it, so that it shows the same tomorrow. */
export function podsHref(ask: CostAsk, group: string): string {
  return withParams('/costs/pods', { ...costParams({ ...ask, days: null }), group });
}

export function podHref(
  ask: CostAsk,
  group: string,
  pod: { podUid: string | null; nodeUid: string },
): string {
  const place = { group, node: pod.nodeUid, pod: pod.podUid ?? undefined };
  return withParams('/costs/pod', { ...costParams({ ...ask, days: null }), ...place });
}

/** First and last day of the range, for people. */
export function rangeText({ from, to }: Pick<CostAsk, 'from' | 'to'>): string {
  return `${dayText(from)} to ${dayText(new Date(to.getTime() - dayMs))}, UTC`;
}

/** What the server is asked for; page and component must ask the same. */
export function costInput({ from, to, groupBy }: CostAsk) {
  return { from, to, groupBy };
}

/** Grouping as a project may ask for it. */
export function projectInput(ask: CostAsk) {
  const { groupBy, ...range } = costInput(ask);
  return { ...range, groupBy: groupBy === 'node' || groupBy === 'project' ? ('model' as const) : groupBy };
}

/** The chart of the page as one that can be drawn again elsewhere. */
export function costSpec(ask: CostAsk): AnyChartSpec {
  const rate = ask.rate === 'openCost' ? { rate: ask.rate } : {};
  return ask.scope === 'instance'
    ? { kind: 'instanceCost', groupBy: ask.groupBy, ...rate }
    : { kind: 'cost', groupBy: projectInput(ask).groupBy, ...rate };
}
