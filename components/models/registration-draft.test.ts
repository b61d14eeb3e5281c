import { expect, test } from 'vitest';
import { numbersOf, pairsOf } from './name-values.ts';
import { emptyRegistration, readRegistration } from './registration-draft.ts';

const digest = `sha256:${'a'.repeat(64)}`;
const filled = {
  ...emptyRegistration('fraud-detector'),
  sourceUri: ' s3://models/fraud/7 ',
  artefactDigest: digest,
  metrics: [
    { name: 'auc', value: '0.95' },
    { name: '', value: '1' },
  ],
  tags: [{ name: 'team', value: 'risk' }],
  datasets: 'payments-2026-10 sha256:abc s3://data/x\n\nchargebacks',
};

test('a filled form becomes what the server takes, without its empty rows', () => {
  const outcome = readRegistration(filled);
  expect(outcome).toEqual({
    registration: {
      modelName: 'fraud-detector',
      sourceUri: 's3://models/fraud/7',
      artefactDigest: digest,
      servingImage: null,
      framework: null,
      metrics: { auc: 0.95 },
      tags: { team: 'risk' },
      lineage: {
        datasets: [
          { name: 'payments-2026-10', digest: 'sha256:abc', uri: 's3://data/x' },
          { name: 'chargebacks' },
        ],
      },
      modelCard: '',
    },
  });
});

test.each([
  ['sourceUri', { sourceUri: '' }, 'Say where the artefact is.'],
  [
    'artefactDigest',
    { artefactDigest: 'sha256:zz' },
    'A digest is "sha256:" followed by 64 lowercase hex digits.',
  ],
  ['servingImage', { servingImage: 'registry/fraud:latest' }, 'Name the image by digest'],
  ['modelName', { modelName: 'a/b' }, 'A model name has no'],
  ['gitCommit', { gitCommit: 'main' }, 'A git commit is 7 to 64 hex digits.'],
  ['metrics', { metrics: [{ name: 'auc', value: '0,95' }] }, 'auc is not a number.'],
])('a wrong %s gets its own sentence at its own field', (field, part, sentence) => {
  const outcome = readRegistration({ ...filled, ...part });
  if (!('errors' in outcome)) throw new Error('It was taken.');
  expect(Object.keys(outcome.errors)).toEqual([field]);
  expect(outcome.errors[field]).toContain(sentence);
});

test('a metric without a value is never read as zero', () => {
  expect(numbersOf([{ name: 'auc', value: ' ' }])['auc']).toBeNaN();
  expect('errors' in readRegistration({ ...filled, metrics: [{ name: 'auc', value: '' }] })).toBe(true);
});

test('of two tags with one name the later wins', () => {
  expect(
    pairsOf([
      { name: 'a', value: '1' },
      { name: ' a ', value: '2' },
    ]),
  ).toEqual({ a: '2' });
});
