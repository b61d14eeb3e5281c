import { describe, expect, it } from 'vitest';
import { seededRandom } from '../analysis/simulated-counts.ts';
import { alertSpans, type WindowVerdict } from './alert-spans.ts';
import type { CategoricalBinning } from './binning.ts';
import { addCounters, type Counters, noRows } from './counters.ts';
import { dispersionOf, independentRows } from './dispersion.ts';
import { type FeatureWindow, judgeWindow } from './window-verdict.ts';

const hourMs = 3_600_000;
const pairs = 10;
const binning: CategoricalBinning = {
  kind: 'categorical',
  categories: Array.from({ length: 2 * pairs }, (_, index) => `c${index}`),
  tail: [],
};

type Setting = {
  readonly features: number;
  readonly windows: number;
  /** Independent rows of a window, and how often each comes. */
  readonly rows: number;
  readonly alike: number;
  /** PSI of a feature's current rows against its reference. */
  readonly psiOf: (feature: number) => number;
};

/** How much half of the bins gain and the others lose, so that it comes to this PSI. */
function tiltOf(psi: number): number {
  let [low, high] = [0, 1];
  for (let turn = 0; turn < 60; turn += 1) {
    const tilt = (low + high) / 2;
    if ((tilt / 2) * Math.log((1 + tilt) / (1 - tilt)) > psi) high = tilt;
    else low = tilt;
  }
  return low;
}

function drawn(random: () => number, tilt: number, { rows, alike }: Setting): Counters {
  const counts = Array.from({ length: 2 * pairs }, () => 0);
  for (let row = 0; row < rows; row += 1) {
    const at = random() * pairs;
    const pair = Math.floor(at);
    const bin = 2 * pair + (at - pair < (1 + tilt) / 2 ? 0 : 1);
    counts[bin] = (counts[bin] ?? 0) + alike;
  }
  return { ...noRows(binning), counts };
}

/** The replay of a monitor whose reference is 28 earlier windows, from which phi comes too. */
function replay(setting: Setting, seed: number): number[][] {
  const random = seededRandom(seed);
  const features = Array.from({ length: setting.features }, (_, index) => {
    const earlier = Array.from({ length: 28 }, () => drawn(random, 0, setting));
    const phi = setting.alike > 1 ? dispersionOf([earlier.map(({ counts }) => counts)]) : independentRows;
    const reference = earlier.reduce(addCounters);
    return { index, reference, tilt: tiltOf(setting.psiOf(index)), phi, windows: [] as WindowVerdict[] };
  });
  for (let hour = 1; hour <= setting.windows; hour += 1) {
    const current = features.map(
      ({ index, reference, tilt, phi }): FeatureWindow => ({
        featureId: `f${index}`,
        binning,
        reference,
        current: drawn(random, tilt, setting),
        dispersions: { distribution: phi, null: phi, unreadable: phi, new: phi },
      }),
    );
    const verdicts = judgeWindow(current).filter(({ test }) => test === 'distribution');
    for (const [index, verdict] of verdicts.entries())
      features[index]?.windows.push({ endMs: hour * hourMs, verdict });
  }
  return features.map(({ windows }) => alertSpans(windows).map(({ openedMs }) => openedMs / hourMs));
}

const alerts = (setting: Setting, seed: number) => replay(setting, seed).flat().length;
const fortnight = { features: 100, windows: 336, rows: 1_000, alike: 1 };

describe('alerts of a monitor of 100 features over a fortnight of hours', () => {
  it('are none without a shift', () => {
    expect(alerts({ ...fortnight, psiOf: () => 0 }, 1)).toBe(0);
  });

  it('are none when every row comes three times, by the phi of its 28 reference windows', () => {
    expect(alerts({ ...fortnight, rows: 300, alike: 3, psiOf: () => 0 }, 2)).toBe(0);
  });

  it('are at most one when every feature has shifted to the harmless limit', () => {
    expect(alerts({ ...fortnight, psiOf: () => 0.05 }, 3)).toBeLessThanOrEqual(1);
  });
});

describe('an alert of the one feature that shifted', () => {
  const opened = (setting: Setting, runs: number) => {
    let found = 0;
    for (let run = 0; run < runs; run += 1) if ((replay(setting, 100 + run)[0] ?? []).length > 0) found += 1;
    return found / runs;
  };
  const one = (psi: number) => (feature: number) => (feature === 0 ? psi : 0);

  it('by PSI .18 in 1,000 independent rows opens within three windows at least 95 times in 100', () => {
    const setting = { features: 20, windows: 3, rows: 1_000, alike: 1, psiOf: one(0.18) };
    expect(opened(setting, 60)).toBeGreaterThanOrEqual(0.95);
  });

  it('by PSI .25 in 1,000 rows that come three times each opens within three windows at least 70 times in 100', () => {
    const setting = { features: 20, windows: 3, rows: 333, alike: 3, psiOf: one(0.25) };
    expect(opened(setting, 60)).toBeGreaterThanOrEqual(0.7);
  });
});
