import type { Traffic } from './traffic.ts';

/** What a monitor of hours is put to; `limit` is of alerts per monitor in 28 days, null where it is only told. */
export type Scenario = {
  readonly name: string;
  readonly traffic: Omit<Traffic, 'seed'>;
  /** Of every column against its past. */
  readonly psi: number;
  readonly limit: number | null;
};

/** One column shifts for three hours; `limit` is the share of times that it must be found. */
export type PowerScenario = Scenario & { readonly limit: number };

const independent = { count: 1_000, sessions: false };
/** Over-dispersion 3: 1 + r²·(E[s²]/E[s] - 1) of sessions of geometric size s, mean 5, repeating with r = .5. */
const sessions = { count: 1_000, sessions: true };

export const falseAlarmScenarios: readonly Scenario[] = [
  { name: 'No shift, independent rows', traffic: { rows: independent, cycle: 0 }, psi: 0, limit: 0.1 },
  { name: 'No shift, sessions (phi 3)', traffic: { rows: sessions, cycle: 0 }, psi: 0, limit: 0.1 },
  {
    name: 'No shift, daily cycle of ±.5 deviations',
    traffic: { rows: independent, cycle: 0.5 },
    psi: 0,
    limit: 0.1,
  },
  { name: 'All columns at PSI .05', traffic: { rows: independent, cycle: 0 }, psi: 0.05, limit: 1 },
];

/** Few rows: told, without a limit of its own. */
export const fewRows: Scenario = {
  name: 'No shift, 300 independent rows',
  traffic: { rows: { count: 300, sessions: false }, cycle: 0 },
  psi: 0,
  limit: null,
};

export const powerScenarios: readonly PowerScenario[] = [
  {
    name: 'One column at PSI .18, independent rows',
    traffic: { rows: independent, cycle: 0 },
    psi: 0.18,
    limit: 0.95,
  },
  {
    name: 'One column at PSI .25, sessions (phi 3)',
    traffic: { rows: sessions, cycle: 0 },
    psi: 0.25,
    limit: 0.7,
  },
];
