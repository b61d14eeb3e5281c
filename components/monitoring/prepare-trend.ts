import type { ChartMark, ChartSeries, ChartThreshold } from '../../domain/chart/chart-series.ts';
import type { DriftTest } from '../../domain/drift/drift-tests.ts';
import type { DriftVerdict } from '../../domain/drift/window-verdict.ts';
import { alertMarks, windowSteps } from './prepare-windows.ts';

type Window = {
  readonly start: Date;
  readonly end: Date;
  readonly revision: number;
  readonly verdicts: readonly DriftVerdict[];
};
type Alert = { readonly id: string; readonly openedAt: Date };

/** PSI from which a drifted distribution is called severe. */
const severePsi = 0.25;

/**
 * The effect of one test window by window over its noise floor, with the limit as a line, alerts and windows that late
 * rows have changed as marks. A window without enough data is a gap. Null without windows.
 */
export function prepareTrend(windows: readonly Window[], test: DriftTest, alerts: readonly Alert[]) {
  const steps = windowSteps(windows);
  if (steps === null) return null;
  const found = windows.map((window) => {
    const verdict = window.verdicts.find((one) => one.test === test);
    const judged = verdict === undefined || verdict.verdict === 'insufficientData' ? null : verdict;
    return { at: window.start.getTime(), judged, revision: window.revision };
  });
  const judged = found.flatMap((one) => (one.judged === null ? [] : [{ at: one.at, ...one.judged }]));
  const limit = judged.at(-1)?.limit ?? null;
  const series: ChartSeries[] = [
    {
      key: 'effect',
      label: test === 'distribution' ? 'PSI over its noise floor' : 'Change of the share',
      role: 'stable',
      points: found.map((one) => [one.at, one.judged?.effect ?? null]),
    },
    {
      key: 'noise',
      label: 'Noise floor',
      role: 'other',
      points: found.map((one) => [one.at, one.judged?.noiseFloor ?? null]),
      band: judged.map(({ at, noiseFloor }) => [at, 0, noiseFloor]),
    },
  ];
  const thresholds: ChartThreshold[] = [
    ...(limit === null ? [] : [{ value: limit, label: 'counts as drift', tone: 'warn' as const }]),
    ...(test === 'distribution' ? [{ value: severePsi, label: 'severe', tone: 'bad' as const }] : []),
  ];
  const revised: ChartMark[] = found
    .filter(({ revision }) => revision > 1)
    .map(({ at, revision }) => ({ at, label: `Revised ${revision - 1} times`, tone: 'neutral' }));
  return { ...steps, series, thresholds, marks: [...alertMarks(alerts, steps), ...revised] };
}
