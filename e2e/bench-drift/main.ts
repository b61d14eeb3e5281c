import { apart, measureAgreement } from './agreement.ts';
import { measureCpu } from './cpu.ts';
import { type Evidently, startEvidently } from './evidently.ts';
import { type Alarms, added, alarmsOf, nothing } from './false-alarms.ts';
import { powerOf } from './power.ts';
import {
  falseAlarmScenarios,
  fewRows,
  type PowerScenario,
  powerScenarios,
  type Scenario,
} from './scenarios.ts';
import { type TheirRates, theirRates } from './their-rates.ts';
import { type Column, columnsOf } from './traffic.ts';

/** `npm run bench:drift`: what the monitor says beside Evidently's defaults on the same seeded rows; exit 1 for a missed limit. */
const columnCount = 200;
const monitors = Number(process.argv[2] ?? 5);
const columns = columnsOf(columnCount, 1);
const kept: boolean[] = [];

function tell(ok: boolean | null, line: string): void {
  if (ok !== null) kept.push(ok);
  console.log(`${ok === null ? '      ' : ok ? 'kept  ' : 'MISSED'}  ${line}`);
}

const percent = (share: number): string => `${(100 * share).toFixed(1)} %`;

/** 95 % interval of a share (Wilson 1927). */
function interval(found: number, tries: number): string {
  const [z, p] = [1.96, found / tries];
  const middle = (p + (z * z) / (2 * tries)) / (1 + (z * z) / tries);
  const half = (z / (1 + (z * z) / tries)) * Math.sqrt((p * (1 - p)) / tries + (z * z) / (4 * tries * tries));
  return `${percent(Math.max(0, middle - half))} to ${percent(middle + half)}`;
}

const seedOf = (scenario: Scenario, run: number): number => 1_000 * (run + 1) + scenario.name.length;

type Of<Kind extends Scenario> = { readonly scenario: Kind; readonly theirs: Promise<TheirRates> };

function withTheirs<Kind extends Scenario>(evidently: Evidently, scenario: Kind): Of<Kind> {
  const theirs = theirRates(evidently, { scenario, columns, seed: seedOf(scenario, 0) });
  // It is awaited later; until then it must not end the process.
  theirs.catch(() => undefined);
  return { scenario, theirs };
}

/** Lets files be written and answers be read between two long computations. */
const breathe = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

async function tellAlarms({ scenario, theirs }: Of<Scenario>): Promise<void> {
  let sum: Alarms = nothing;
  for (let run = 0; run < (scenario.limit === null ? 1 : monitors); run += 1) {
    await breathe();
    sum = added(sum, alarmsOf(scenario, columns, seedOf(scenario, run)));
  }
  const perMonitor = sum.alerts / sum.monitors;
  const told = `${scenario.name}: ${perMonitor.toFixed(2)} alerts per monitor in 28 days`;
  const limit = scenario.limit === null ? '' : ` (limit ${scenario.limit})`;
  const own = `${sum.alerts} in ${sum.monitors} monitors; ${sum.drifted} of ${sum.judged} window verdicts drifted, ${sum.insufficient} had too few rows`;
  tell(scenario.limit === null ? null : perMonitor <= scenario.limit, `${told}${limit} · ${own}`);
  const found = await theirs;
  tell(
    null,
    `  Evidently: ${found.drifted} of ${found.tested} columns drifted in a window, ${percent(found.drifted / found.tested)} (${interval(found.drifted, found.tested)}); ${found.lasting} of ${found.columns} in two of three`,
  );
}

async function tellPower({ scenario, theirs }: Of<PowerScenario>): Promise<void> {
  await breathe();
  const { tries, found } = powerOf(scenario, columns, seedOf(scenario, 0));
  const told = `${scenario.name}: alert within three windows in ${percent(found / tries)}`;
  tell(
    found / tries >= scenario.limit,
    `${told} (at least ${percent(scenario.limit)}) · ${found} of ${tries}, ${interval(found, tries)}`,
  );
  const { lasting, columns: all } = await theirs;
  tell(null, `  Evidently: two of three windows drifted in ${percent(lasting / all)} of ${all} columns`);
}

async function tellAgreement(evidently: Evidently): Promise<void> {
  for (const row of await measureAgreement(evidently)) {
    const told = `${row.of}: ${row.own.toPrecision(10)}, Evidently ${row.theirs.toPrecision(10)}`;
    const difference = row.relative ? percent(apart(row)) : apart(row).toExponential(1);
    tell(row.limit === null ? null : apart(row) <= row.limit, `${told} · apart by ${difference}`);
  }
}

async function tellCpu(evidently: Evidently, all: readonly Column[]): Promise<void> {
  const { rows, columns: count, ...seconds } = await measureCpu(evidently, all);
  const { evidentlySeconds, reevaluationSeconds, ingestSeconds } = seconds;
  const ratio = evidentlySeconds / reevaluationSeconds;
  const whole = evidentlySeconds / (reevaluationSeconds + ingestSeconds);
  tell(
    ratio >= 50,
    `${count} columns × ${rows} rows over a new range: ${ratio.toFixed(0)}× less CPU than Evidently (at least 50×) · ${reevaluationSeconds.toFixed(2)} s to ${evidentlySeconds.toFixed(1)} s; with the ingest of those rows, ${ingestSeconds.toFixed(1)} s, ${whole.toFixed(1)}×`,
  );
}

const evidently = await startEvidently();
try {
  console.log('Values of both on the same counts and numbers');
  await tellAgreement(evidently);
  const alarms = [...falseAlarmScenarios, fewRows].map((scenario) => withTheirs(evidently, scenario));
  const power = powerScenarios.map((scenario) => withTheirs(evidently, scenario));
  console.log(`False alarms: ${columnCount} features, hourly, 28 days, ${monitors} monitors of each`);
  for (const one of alarms) await tellAlarms(one);
  console.log('Power');
  for (const one of power) await tellPower(one);
  console.log('CPU');
  await tellCpu(evidently, columns);
} catch (error) {
  tell(false, error instanceof Error ? error.message : String(error));
} finally {
  await evidently.close();
}
process.exitCode = kept.every(Boolean) ? 0 : 1;
