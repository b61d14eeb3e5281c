import { usualPersistence } from '../../domain/drift/alert-spans.ts';
import type { Counters } from '../../domain/drift/counters.ts';
import { type FeatureHistory, type Replay, replayMonitor } from '../../domain/drift/replay-monitor.ts';
import type { Span } from '../../domain/drift/window-clock.ts';
import { type BinDraw, binDraw, type Column, countedRows, type Shift, type Traffic } from './traffic.ts';

const hourMs = 3_600_000;
const startMs = Date.parse('2026-09-07T00:00:00Z');
/** Four weeks that a reference is made of. */
export const pastHours = 4 * 7 * 24;

/** Draws hours of one traffic; the bins of a column depend only on the hour of the day and the shift. */
export function drawer(traffic: Traffic): (at: { column: Column; hour: number; shift: Shift }) => Counters {
  const known = new Map<string, BinDraw>();
  return (at) => {
    const key = `${at.column.index} ${at.hour % 24} ${at.shift}`;
    const draw = known.get(key) ?? binDraw(traffic, at);
    known.set(key, draw);
    return countedRows(traffic, at, draw);
  };
}

export type Course = {
  readonly traffic: Traffic;
  readonly columns: readonly Column[];
  readonly hours: number;
  /** Of a column in an hour. */
  readonly shiftAt: (column: Column, hour: number) => Shift;
};

/** All hours of all columns, counted. */
export function historiesOf({ traffic, columns, hours, shiftAt }: Course): FeatureHistory[] {
  const draw = drawer(traffic);
  return columns.map((column) => ({
    featureId: `f${column.index}`,
    binning: column.binning,
    windows: new Map(
      Array.from({ length: hours }, (_, hour) => [
        startMs + hour * hourMs,
        draw({ column, hour, shift: shiftAt(column, hour) }),
      ]),
    ),
    leftOut: [],
    reference: null,
  }));
}

export const atHour = (hour: number): number => startMs + hour * hourMs;
export const hoursFrom = (hour: number, hours: number): Span => ({
  fromMs: atHour(hour),
  toMs: atHour(hour + hours),
});

/** What the product's monitor would have done over a span: the code that a replay shows and the worker judges by. */
export const replayed = (histories: readonly FeatureHistory[], span: Span): Replay =>
  replayMonitor(histories, span, {
    clock: { length: 'hour', timeZone: 'UTC' },
    persistence: usualPersistence,
  });
