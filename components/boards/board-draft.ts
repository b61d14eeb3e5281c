import type { BoardChart, BoardSpec } from '../../domain/board.ts';
import { chartSizes } from '../../domain/board-layout.ts';

/** A chart of a board under edit; its key stays with it when it moves. */
export type DraftChart = BoardChart & { readonly key: number };

export const draftOf = (spec: BoardSpec): DraftChart[] =>
  spec.charts.map((chart, key) => ({ ...chart, key }));

export const chartsOf = (draft: readonly DraftChart[]): BoardChart[] =>
  draft.map(({ spec, title, size }) => ({ spec, title, size }));

/** With the chart a place earlier (-1) or later (1); as it was at either end. */
export function moved(draft: readonly DraftChart[], key: number, by: -1 | 1): DraftChart[] {
  const from = draft.findIndex((each) => each.key === key);
  const chart = draft[from];
  const to = from + by;
  if (chart === undefined || to < 0 || to >= draft.length) return [...draft];
  return draft.toSpliced(from, 1).toSpliced(to, 0, chart);
}

/** With the chart a size narrower (-1) or wider (1); as it was at either end. */
export function resized(draft: readonly DraftChart[], key: number, by: -1 | 1): DraftChart[] {
  return draft.map((each) =>
    each.key === key ? { ...each, size: chartSizes[chartSizes.indexOf(each.size) + by] ?? each.size } : each,
  );
}

/** With another chart at the end. */
export function added(draft: readonly DraftChart[], chart: BoardChart): DraftChart[] {
  return [...draft, { ...chart, key: Math.max(-1, ...draft.map(({ key }) => key)) + 1 }];
}
