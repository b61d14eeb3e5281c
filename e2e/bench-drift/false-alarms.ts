import { historiesOf, hoursFrom, pastHours, replayed } from './monitor-run.ts';
import type { Scenario } from './scenarios.ts';
import { type Column, noShift, type Shift, shiftOf } from './traffic.ts';

const weekHours = 7 * 24;

export type Alarms = {
  readonly monitors: number;
  readonly alerts: number;
  readonly judged: number;
  readonly drifted: number;
  readonly insufficient: number;
};

export const nothing: Alarms = { monitors: 0, alerts: 0, judged: 0, drifted: 0, insufficient: 0 };

/** A shift for every column, worked out once. */
export function shiftsOf(columns: readonly Column[], psi: number): (column: Column) => Shift {
  const shifts = new Map(columns.map((column) => [column.index, psi === 0 ? noShift : shiftOf(column, psi)]));
  return ({ index }) => shifts.get(index) ?? noShift;
}

/**
 * 28 days of one monitor. Without a shift they follow four weeks of past; a shift that lasts is judged as four first weeks,
 * each against an unshifted past, since a later one would meet a reference that holds the shift already.
 */
export function alarmsOf(scenario: Scenario, columns: readonly Column[], seed: number): Alarms {
  const shift = shiftsOf(columns, scenario.psi);
  const stretch = scenario.psi === 0 ? pastHours : weekHours;
  let sum: Alarms = { ...nothing, monitors: 1 };
  for (let part = 0; part * stretch < pastHours; part += 1) {
    const traffic = { ...scenario.traffic, seed: seed + part };
    const histories = historiesOf({
      traffic,
      columns,
      hours: pastHours + stretch,
      shiftAt: (column, hour) => (hour < pastHours ? noShift : shift(column)),
    });
    const { windows, alerts } = replayed(histories, hoursFrom(pastHours, stretch));
    let [judged, drifted, insufficient] = [0, 0, 0];
    for (const { verdicts } of windows)
      for (const { verdict } of verdicts) {
        judged += 1;
        if (verdict === 'drifted') drifted += 1;
        if (verdict === 'insufficientData') insufficient += 1;
      }
    sum = added(sum, { monitors: 0, alerts: alerts.length, judged, drifted, insufficient });
  }
  return sum;
}

export const added = (left: Alarms, right: Alarms): Alarms => ({
  monitors: left.monitors + right.monitors,
  alerts: left.alerts + right.alerts,
  judged: left.judged + right.judged,
  drifted: left.drifted + right.drifted,
  insufficient: left.insufficient + right.insufficient,
});
