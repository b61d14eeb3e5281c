import { describe, expect, it } from 'vitest';
import type { ReplayedAlert, ReplayedWindow } from './replay-monitor.ts';
import { summarizeReplay } from './replay-summary.ts';

const hourMs = 3_600_000;
const alert = (featureId: string, opened: number, cleared: number | null): ReplayedAlert => ({
  featureId,
  test: 'distribution',
  span: { driftedMs: opened - 1, openedMs: opened, clearedMs: cleared },
});
const window = (hour: number, verdict: 'steady' | 'insufficientData'): ReplayedWindow => ({
  span: { fromMs: hour * hourMs, toMs: (hour + 1) * hourMs },
  verdicts: [
    verdict === 'steady'
      ? {
          featureId: 'x',
          test: 'distribution',
          verdict,
          effect: 0,
          noiseFloor: 0,
          limit: 0.1,
          severe: false,
          p: 1,
          adjustedP: 1,
          excess: null,
          restsOnIndependence: false,
        }
      : { featureId: 'x', test: 'distribution', verdict, side: 'reference', rows: 0, rowsNeeded: 200 },
  ],
});
const span = { fromMs: 0, toMs: 48 * hourMs };

describe('a replay in short', () => {
  it('is one alert of the service for features whose alerts overlap, and another one after it', () => {
    const alerts = [alert('b', 20, 40), alert('a', 10, 30), alert('c', 50, null)];
    expect(
      summarizeReplay({ windows: [], alerts }, span).alerts.map((one) => [
        one.openedMs,
        one.clearedMs,
        one.features.map(({ featureId }) => featureId).join(),
      ]),
    ).toEqual([
      [10, 40, 'a,b'],
      [50, null, 'c'],
    ]);
  });

  it('says of each day how many windows could be judged', () => {
    const windows = [window(0, 'steady'), window(1, 'insufficientData'), window(30, 'insufficientData')];
    expect(
      summarizeReplay({ windows, alerts: [] }, span).days.map((day) => [day.windows, day.judged]),
    ).toEqual([
      [2, 1],
      [1, 0],
    ]);
    expect(summarizeReplay({ windows: [], alerts: [] }, span)).toEqual({ alerts: [], days: [] });
  });
});
