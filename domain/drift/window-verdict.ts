import type { Binning } from './binning.ts';
import { binnedRows, type Counters } from './counters.ts';
import { cusumStep } from './cusum.ts';
import { type Dispersion, independentRows, restsOnIndependence } from './dispersion.ts';
import { distributionEvidence } from './distribution-evidence.ts';
import { type DriftTest, shareOf, testsOf } from './drift-tests.ts';
import { adjustPValues } from './false-discovery.ts';
import { harmlessShare, shareEvidence } from './share-evidence.ts';

/** False alarms among the alarms of one monitor and window. */
const falseShare = 0.05;
/** PSI over its noise floor that counts as drift, and as severe drift. */
const driftPsi = 0.1;
const severePsi = 0.25;
/** Independent rows that either side must be worth. */
const leastRows = 100;
const leastRowsPerBin = 10;

/** A feature's rows on both sides, counted by the same binning. */
export type FeatureWindow = {
  readonly featureId: string;
  readonly binning: Binning;
  readonly reference: Counters;
  readonly current: Counters;
  /** Of earlier windows of this length; a test without one takes its rows as independent. */
  readonly dispersions: Partial<Record<DriftTest, Dispersion>>;
};

type Named = { readonly featureId: string; readonly test: DriftTest };

/** Not enough independent rows for any verdict: `rowsNeeded` rows would be, on the side that has too few. */
type InsufficientData = Named & {
  readonly verdict: 'insufficientData';
  readonly side: 'reference' | 'current';
  readonly rows: number;
  readonly rowsNeeded: number;
};

type Judged = Named & {
  readonly verdict: 'steady' | 'drifted';
  /** Of a distribution PSI over its noise floor, of a share its change without sign. */
  readonly effect: number;
  readonly noiseFloor: number;
  /** Effect from which it counts. */
  readonly limit: number;
  readonly severe: boolean;
  /** Against the harmless shift; adjusted over all tests of the monitor and window. */
  readonly p: number;
  readonly adjustedP: number;
  /** Of a distribution, what CUSUM adds up: deviations above what a harmless shift would give; null of a share. */
  readonly excess: number | null;
  /** Too few earlier windows to know how rows hang together. */
  readonly restsOnIndependence: boolean;
};
export type DriftVerdict = InsufficientData | Judged;

type Evidence = Pick<Judged, 'effect' | 'noiseFloor' | 'limit' | 'p' | 'excess'>;

function rowsFor(test: DriftTest, counters: Counters): number {
  return test === 'distribution' ? binnedRows(counters) : shareOf(test, counters).whole;
}

/** Rows that either side needs for a verdict: 100 independent ones, and 10 for each bin of a distribution. */
export function rowsNeeded(test: DriftTest, bins: number, phi: number): number {
  return Math.ceil(phi * Math.max(leastRows, test === 'distribution' ? leastRowsPerBin * bins : 0));
}

function insufficient(window: FeatureWindow, test: DriftTest, phi: number): InsufficientData | null {
  const { featureId } = window;
  const needed = rowsNeeded(test, window.current.counts.length, phi);
  for (const side of ['reference', 'current'] as const) {
    const rows = rowsFor(test, window[side]);
    if (rows < needed)
      return { featureId, test, verdict: 'insufficientData', side, rows, rowsNeeded: needed };
  }
  return null;
}

function evidenceOf(window: FeatureWindow, test: DriftTest, dispersion: Dispersion): Evidence | null {
  const { reference, current } = window;
  if (test === 'distribution') {
    const pair = { reference: reference.counts, current: current.counts };
    const found = distributionEvidence(pair, dispersion.phi);
    return found === null ? null : { ...found, limit: driftPsi, excess: cusumStep(found) };
  }
  const found = shareEvidence(shareOf(test, reference), shareOf(test, current), dispersion);
  return found === null
    ? null
    : { ...found, effect: Math.abs(found.change), limit: harmlessShare, excess: null };
}

type Pending = Named & { readonly evidence: Evidence; readonly restsOnIndependence: boolean };

function pendingOf(window: FeatureWindow, test: DriftTest): InsufficientData | Pending | null {
  const dispersion = window.dispersions[test] ?? independentRows;
  const tooFew = insufficient(window, test, dispersion.phi);
  if (tooFew !== null) return tooFew;
  const evidence = evidenceOf(window, test, dispersion);
  if (evidence === null) return null;
  const named = { featureId: window.featureId, test };
  return { ...named, evidence, restsOnIndependence: restsOnIndependence(dispersion) };
}

function judged({ evidence, ...pending }: Pending, adjustedP: number): Judged {
  const { effect, noiseFloor, limit, p, excess } = evidence;
  const drifted = adjustedP <= falseShare && effect >= limit;
  const severe = drifted && pending.test === 'distribution' && effect >= severePsi;
  return {
    ...pending,
    verdict: drifted ? 'drifted' : 'steady',
    effect,
    noiseFloor,
    limit,
    severe,
    p,
    adjustedP,
    excess,
  };
}

/**
 * The verdicts of one monitor and window, per feature and test in the order given. Drift is an effect at or above its
 * limit and evidence against the harmless shift that stands after Benjamini–Hochberg over all tests with enough data;
 * those without do not weigh on the others. Empty case: no features give none. Source: drift.md §3.5, §9.7.
 */
export function judgeWindow(features: readonly FeatureWindow[]): DriftVerdict[] {
  const found = features
    .flatMap((window) => testsOf(window.binning).map((test) => pendingOf(window, test)))
    .filter((one) => one !== null);
  const tested = found.filter((one) => 'evidence' in one);
  const adjusted = adjustPValues(tested.map(({ evidence }) => evidence.p));
  const adjustedOf = new Map(tested.map((one, index) => [one, adjusted[index] ?? 1]));
  return found.map((one) => ('evidence' in one ? judged(one, adjustedOf.get(one) ?? 1) : one));
}
