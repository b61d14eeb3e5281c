import { type Evidently, type Said } from './evidently.ts';
import { shiftsOf } from './false-alarms.ts';
import { pastHours } from './monitor-run.ts';
import { asEvidently, rowFile, writeRows } from './raw-side.ts';
import type { Scenario } from './scenarios.ts';
import { type Column, noShift } from './traffic.ts';

const weekHours = 7 * 24;
/** Consecutive hours, as many as an alert may take; at noon, where the daily cycle turns fastest. */
const hours = [12, 13, 14].map((hour) => pastHours + hour);

export type TheirRates = {
  /** Columns that were tested, over the windows. */
  readonly tested: number;
  readonly drifted: number;
  /** Of the columns, how many drifted in two of the three windows. */
  readonly columns: number;
  readonly lasting: number;
};

/**
 * What Evidently's defaults say of the rows that the monitor counted: all columns in three hours, each against the same
 * hour of the four weeks before, as the product compares them. Rows are those of the first monitor of the scenario.
 */
export async function theirRates(
  evidently: Evidently,
  { scenario, columns, seed }: { scenario: Scenario; columns: readonly Column[]; seed: number },
): Promise<TheirRates> {
  const traffic = { ...scenario.traffic, seed };
  const windows = [];
  for (const hour of hours) {
    const past = [1, 2, 3, 4].map((weeks) => hour - weeks * weekHours);
    const file = (side: string) => rowFile(evidently.folder, `${scenario.name} ${hour} ${side}`);
    windows.push({
      reference: await writeRows(file('past'), columns, { traffic, hours: past, shiftOf: () => noShift }),
      current: await writeRows(file('now'), columns, {
        traffic,
        hours: [hour],
        shiftOf: shiftsOf(columns, scenario.psi),
      }),
    });
  }
  const [answer] = (await evidently.ask([{ kind: 'rates', columns: asEvidently(columns), windows }])) as [
    Said[][],
  ];
  const times = columns.map((_, index) => answer.filter((window) => window[index]?.drifted === true).length);
  return {
    tested: columns.length * windows.length,
    drifted: times.reduce((sum, count) => sum + count, 0),
    columns: columns.length,
    lasting: times.filter((count) => count >= 2).length,
  };
}
