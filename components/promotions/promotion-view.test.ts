import { expect, test } from 'vitest';
import { promotionStates } from '../../domain/promotion.ts';
import { compareMetrics } from './compare-metrics.ts';
import { promotionFilter } from './promotion-filter.ts';
import { moveText, promotionStanding } from './promotion-words.ts';
import { refusalLink } from './refusal-link.ts';
import { requestInput } from './request-input.ts';
import { ruleText } from './signing-words.ts';
import { versionLabel } from './version-label.ts';

const revision = {
  revisionId: 'r',
  number: 1,
  modelVersionId: 'v6',
  modelName: 'fraud',
  versionNumber: 6,
  specDigest: '',
  imageDigest: '',
  adopted: false,
  byteCheck: 'imageDigest' as const,
};

test('what moves is told in the words of the models', () => {
  const to = { ...revision, number: 2, modelVersionId: 'v7', versionNumber: 7 };
  expect(moveText({ from: revision, to })).toBe('6 → 7');
  expect(moveText({ from: null, to })).toBe('first revision: fraud 7');
  expect(moveText({ from: to, to })).toBe('7, changed specification');
  expect(moveText({ from: { ...revision, modelName: 'old' }, to })).toBe('old 6 → fraud 7');
});

test('no two states of a request look the same', () => {
  const labels = promotionStates.map((state) => promotionStanding(state).label);
  expect(new Set(labels).size).toBe(promotionStates.length);
});

test('an unknown filter is that of open requests', () => {
  expect(promotionFilter({})).toBe('open');
  expect(promotionFilter({ filter: 'nonsense' })).toBe('open');
  expect(promotionFilter({ filter: 'waitsForMe' })).toBe('waitsForMe');
});

test('metrics of either version are shown and only common ones are subtracted', () => {
  expect(compareMetrics({ auc: 0.5, old: 1 }, { auc: 0.75, fresh: 2 })).toEqual([
    { name: 'auc', live: 0.5, candidate: 0.75, change: 0.25 },
    { name: 'fresh', live: null, candidate: 2, change: null },
    { name: 'old', live: 1, candidate: null, change: null },
  ]);
  expect(compareMetrics(null, { auc: 1 })).toEqual([{ name: 'auc', live: null, candidate: 1, change: null }]);
});

test('what is not chosen is left out of the request instead of sent empty', () => {
  expect(requestInput({ serviceId: 's', modelVersionId: null, spec: null }, null)).toEqual({
    serviceId: 's',
  });
});

test('a rule names people and roles', () => {
  expect(ruleText({ minimum: 1, roles: ['approver'] })).toBe('1 person with the role approver');
  expect(ruleText({ minimum: 2, roles: ['approver', 'admin'] })).toBe(
    '2 people with the role approver or admin',
  );
});

test('a version in a list says whether it can be promoted and where it is live', () => {
  expect(versionLabel({ number: 3, framework: null, artefactDigest: 'sha256:a', live: [] })).toBe('3');
  expect(
    versionLabel({
      number: 7,
      framework: 'xgboost',
      artefactDigest: null,
      live: [{ role: 'stable', environmentName: 'staging' }],
    }),
  ).toBe('7 (xgboost, no digest yet, stable in staging)');
});

test('what stands in the way leads to where it can be mended', () => {
  const to = { modelName: 'fraud', versionNumber: 7 };
  const href = (code: Parameters<typeof refusalLink>[0]['code'], params = {}) =>
    refusalLink({ code, params }, to)?.href;
  expect(href('digestMissing')).toBe('/models/fraud/versions/7');
  expect(href('conflict', { promotionId: 'p' })).toBe('/promotions/p');
  expect(href('rolloutActive', { rolloutId: 'r' })).toBe('/rollouts/r');
  expect(href('alreadyLive', { revisionNumber: 3 })).toBeUndefined();
});
