import type { AlertState } from '../../domain/drift/alert-marks.ts';
import { effectText, testWords } from '../../domain/drift/drift-words.ts';
import type { FeatureRole } from '../../domain/drift/feature.ts';
import type { FeatureStanding } from '../../domain/drift/feature-standing.ts';
import type { DriftVerdict } from '../../domain/drift/window-verdict.ts';
import { countText } from '../../domain/figure-text.ts';
import type { Tone } from '../ui/tone.ts';

type Standing = { readonly tone: Tone; readonly label: string };

/** How a feature came out of its window. */
export function featureStanding({ state, worst }: Pick<FeatureStanding, 'state' | 'worst'>): Standing {
  switch (state) {
    case 'drifted':
      return judgedStanding({
        verdict: 'drifted',
        severe: worst !== null && 'severe' in worst && worst.severe,
      });
    case 'steady':
      return { tone: 'ok', label: 'Steady' };
    case 'insufficientData':
      return { tone: 'neutral', label: 'Not enough data' };
    case 'none':
      return { tone: 'neutral', label: 'No verdict' };
  }
}

/** The verdict of a test that had enough data. */
export function judgedStanding({
  verdict,
  severe,
}: {
  verdict: 'steady' | 'drifted';
  severe: boolean;
}): Standing {
  if (verdict === 'steady') return { tone: 'ok', label: 'Steady' };
  return severe ? { tone: 'bad', label: 'Severe drift' } : { tone: 'warn', label: 'Drift' };
}

/** Whether there are rows enough for a verdict, with the numbers where not. */
export function enoughText(verdict: DriftVerdict): Standing {
  if (verdict.verdict !== 'insufficientData') return { tone: 'ok', label: 'Enough data' };
  const side = verdict.side === 'reference' ? 'The reference has' : 'It has';
  return {
    tone: 'neutral',
    label: `${side} ${countText(verdict.rows)} of ${countText(verdict.rowsNeeded)} rows`,
  };
}

/** The verdict of one test in a few words: "distribution: PSI 0.31". */
export function verdictText(verdict: DriftVerdict): string {
  if (verdict.verdict === 'insufficientData')
    return `${testWords[verdict.test]}: ${enoughText(verdict).label}`;
  return `${testWords[verdict.test]}: ${effectText(verdict.test, verdict.effect)}`;
}

export const roleWords: Readonly<Record<FeatureRole, string>> = {
  input: 'input',
  score: 'score',
  class: 'predicted class',
  value: 'predicted value',
  latency: 'latency',
  quality: 'quality',
};

export const referenceWords = {
  sameHours: 'the same hours of the last four weeks',
  fixedWindow: 'a fixed window',
  training: 'the training data',
} as const;

export const kindWords = {
  drift: 'Drift',
  slowDrift: 'Slow drift',
  noRows: 'No rows',
  volume: 'Unusual number of rows',
  dataQuality: 'Data quality',
  queryPattern: 'Unusual queries',
  performance: 'Performance',
} as const;

const states: Readonly<Record<AlertState, Standing>> = {
  open: { tone: 'bad', label: 'Open' },
  acknowledged: { tone: 'info', label: 'Acknowledged' },
  expected: { tone: 'neutral', label: 'Expected' },
  dataFault: { tone: 'warn', label: 'Data fault' },
  real: { tone: 'bad', label: 'Real' },
  cleared: { tone: 'ok', label: 'Cleared' },
};

type Alert = {
  readonly state: AlertState;
  readonly clearedAt: Date | null;
  readonly snoozedUntil: Date | null;
};

/** What was said of an alert, and whether it lasts. */
export function alertStanding({ state, clearedAt, snoozedUntil }: Alert): Standing {
  const { tone, label } = states[state];
  if (clearedAt !== null && state !== 'cleared') return { tone: 'neutral', label: `${label}, over` };
  if (snoozedUntil !== null) return { tone: 'neutral', label: `${label}, snoozed` };
  return { tone, label };
}
