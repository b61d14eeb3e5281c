import { countOf } from '../../domain/figure-text.ts';
import { querySeries } from '../../domain/queries/query-series.ts';
import { queryHours } from '../rows/query-hours.ts';
import type { ChartAsk, ChartPart } from './chart-part.ts';
import { chartService, serviceNames } from './chart-service.ts';

const hourMs = 3_600_000;

/** Rows of the busiest client and repeated inputs by hour, of the 7 days that are kept; nothing tells who it was. */
export async function queriesPart(ask: ChartAsk, { serviceId }: { serviceId: string }): Promise<ChartPart> {
  const service = await chartService(ask, serviceId);
  const untilMs = Math.floor(Math.min(ask.range.to, ask.now.getTime()) / hourMs) * hourMs;
  const hours = (await queryHours(ask.db, serviceId, { untilMs })).filter(
    ({ startMs }) => startMs >= ask.range.from,
  );
  const busiest = Math.max(0, ...hours.map(({ busiestRows }) => busiestRows));
  return {
    title: 'Rows of the busiest client, and repeated inputs of all, by hour',
    unit: 'count',
    stepMs: hourMs,
    series: (querySeries(hours)?.series ?? []).map((each) => ({ ...each, subject: null })),
    thresholds: [],
    words: [
      hours.length === 0
        ? 'No hour of this time had clients that could be told apart.'
        : `At most ${countOf(busiest, 'row')} came from one client in an hour.`,
    ],
    names: serviceNames(service),
  };
}
