import type { ChartSpec } from '../../domain/chart/chart-spec.ts';
import type { ShareRange } from '../../domain/share/share-content.ts';

/** What a chart of the console is made of, so that it can be drawn again elsewhere. */
export type SharedChart = { readonly title: string; readonly spec: ChartSpec; readonly range: ShareRange };
