import { shiftsOf } from './false-alarms.ts';
import { atHour, historiesOf, hoursFrom, pastHours, replayed } from './monitor-run.ts';
import type { PowerScenario } from './scenarios.ts';
import { type Column, noShift } from './traffic.ts';

/** Windows within which an alert must open. */
const within = 3;

export type Power = { readonly tries: number; readonly found: number };

/**
 * One monitor whose columns shift one after the other, each for three hours: how many times an alert of that column's
 * distribution opens within them. All columns are judged together all the time.
 */
export function powerOf(scenario: PowerScenario, columns: readonly Column[], seed: number): Power {
  const shift = shiftsOf(columns, scenario.psi);
  const tries = columns.length;
  const turnOf = (hour: number) => Math.floor((hour - pastHours) / within);
  const histories = historiesOf({
    traffic: { ...scenario.traffic, seed },
    columns,
    hours: pastHours + tries * within,
    shiftAt: (column, hour) => (hour >= pastHours && turnOf(hour) === column.index ? shift(column) : noShift),
  });
  const { alerts } = replayed(histories, hoursFrom(pastHours, tries * within));
  const found = columns.filter(({ index }) =>
    alerts.some(({ featureId, test, span }) => {
      const begun = atHour(pastHours + index * within);
      const ended = atHour(pastHours + (index + 1) * within);
      return (
        featureId === `f${index}` &&
        test === 'distribution' &&
        span.openedMs > begun &&
        span.openedMs <= ended
      );
    }),
  );
  return { tries, found: found.length };
}
