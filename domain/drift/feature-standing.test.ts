import { expect, it } from 'vitest';
import { featureStandings } from './feature-standing.ts';
import type { DriftVerdict } from './window-verdict.ts';

const judged = (featureId: string, verdict: 'steady' | 'drifted', effect: number): DriftVerdict => ({
  featureId,
  test: 'distribution',
  verdict,
  effect,
  noiseFloor: 0.01,
  limit: 0.1,
  severe: false,
  p: 0,
  adjustedP: 0,
  excess: null,
  restsOnIndependence: false,
});
const tooFew = (featureId: string, test: DriftVerdict['test'] = 'distribution'): DriftVerdict => ({
  featureId,
  test,
  verdict: 'insufficientData',
  side: 'current',
  rows: 10,
  rowsNeeded: 200,
});
const feature = (name: string) => ({ featureId: name, name, role: 'input' as const });

it('features stand worst first, those that could not be judged behind all that could', () => {
  const verdicts = [
    tooFew('few'),
    judged('calm', 'steady', 0.02),
    judged('far', 'drifted', 0.4),
    judged('near', 'drifted', 0.2),
  ];
  const names = ['silent', 'few', 'calm', 'near', 'far'].map(feature);
  expect(featureStandings(names, verdicts).map(({ name, state }) => [name, state])).toEqual([
    ['far', 'drifted'],
    ['near', 'drifted'],
    ['calm', 'steady'],
    ['few', 'insufficientData'],
    ['silent', 'none'],
  ]);
});

it('a feature has enough data when its distribution could be judged', () => {
  const [found] = featureStandings([feature('x')], [judged('x', 'steady', 0.05), tooFew('x', 'new')]);
  expect([found?.state, found?.worst?.test]).toEqual(['steady', 'distribution']);
});
