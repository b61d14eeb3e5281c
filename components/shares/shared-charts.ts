import type { BoardChart } from '../../domain/board.ts';
import type { ChartRange } from '../../domain/chart/chart-series.ts';
import type { AnyChartSpec } from '../../domain/chart/chart-spec.ts';
import { chartKindWords } from '../../domain/chart/chart-words.ts';
import { isOfInstance } from '../../domain/chart/of-instance.ts';
import type { ShareRange } from '../../domain/share/share-content.ts';
import { mostShared } from '../../domain/share/share-limits.ts';
import { templateSubject } from '../../domain/template-chart-name.ts';

/** What charts of the console are made of, so that they can be drawn again elsewhere. `title` is for members only. */
export type SharedCharts = {
  readonly title: string;
  /** All of the shown project, or all of the instance. */
  readonly specs: readonly AnyChartSpec[];
  readonly range: ShareRange;
};

export type ShareOwner = 'project' | 'instance';

/** Who shares the charts, by whose roles. */
export const ownerOf = ({ specs }: Pick<SharedCharts, 'specs'>): ShareOwner =>
  specs.some(isOfInstance) ? 'instance' : 'project';

/** A range that reaches about now goes on with the time; one that ended stays as it is. */
const nowWithinMs = 5 * 60_000;

/** The range of a screen as a share keeps it. */
export function sharedRange({ from, to }: ChartRange, nowMs: number): ShareRange {
  return to >= nowMs - nowWithinMs
    ? { kind: 'relative', ms: Math.max(60_000, Math.round(to - from)) }
    : { kind: 'fixed', from: Math.round(from), to: Math.round(to) };
}

/** Why a board cannot be shared as one; undefined when it can. */
export function boardProblem(charts: readonly BoardChart[]): string | undefined {
  if (charts.length === 0) return 'There is no chart to share yet.';
  if (charts.length <= mostShared) return undefined;
  return `At most ${mostShared} charts are shared as one, and this board has ${charts.length}: share its charts one by one.`;
}

const subjectOf = (spec: AnyChartSpec): string => {
  if (spec.kind === 'template') return templateSubject(spec);
  return 'serviceId' in spec ? `service ${spec.serviceId ?? ''}` : '';
};

/** What a chart shows, without any name. */
export function kindTitle({ kind }: AnyChartSpec): string {
  switch (kind) {
    case 'template':
      return 'Metric';
    case 'instanceCost':
      return chartKindWords.cost;
    case 'instanceBudget':
      return chartKindWords.budget;
    default:
      return chartKindWords[kind];
  }
}

/**
 * Titles that strangers read. One chart has the title that was typed; of several each has its kind and the label of its
 * service, because titles that members gave may hold names.
 */
export function outsideTitles(
  specs: readonly AnyChartSpec[],
  { title, labels }: { readonly title: string; readonly labels: Readonly<Record<string, string>> },
): string[] {
  if (specs.length === 1) return [title];
  return specs.map((spec) => {
    const label = labels[subjectOf(spec)];
    if (label === undefined) return kindTitle(spec);
    return spec.kind === 'template' ? label : `${kindTitle(spec)}: ${label}`;
  });
}
