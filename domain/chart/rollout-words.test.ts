import { expect, test } from 'vitest';
import { rolloutWords, type ToldRollout } from './rollout-words.ts';

const figures: ToldRollout['results'][number]['figures'] = {
  nCanary: 400,
  nStable: 1_200,
  xCanary: 2,
  xStable: 6,
  logE: 0,
  logLimit: 4,
  value: null,
  limit: null,
  missingSamples: 0,
  detectableFactor: 1.9,
  canaryPodCount: 2,
};
const relative = (change: Partial<ToldRollout['results'][number]> = {}) =>
  ({ kind: 'eProcess', verdict: 'pass', figures, ...change }) as const;
const told: ToldRollout = {
  to: 'modelVersion 7',
  phase: 'stepping',
  share: 0.25,
  failed: false,
  results: [relative()],
};

test.each([
  [{}, 'Version 7 answers 25 % of requests; no harm seen so far, a doubling of errors would have shown.'],
  [
    { results: [relative({ figures: { ...figures, detectableFactor: 3.2 } })] },
    'Version 7 answers 25 % of requests; no harm seen so far, 3.2 times as many errors would have shown.',
  ],
  [
    { results: [relative(), relative({ verdict: 'noEvidence' })] },
    'Version 7 answers 25 % of requests; too little traffic to say.',
  ],
  [{ results: [] }, 'Version 7 answers 25 % of requests; too little traffic to say.'],
  [
    { results: [relative(), relative({ kind: 'threshold', verdict: 'fail' })] },
    'Version 7 answers 25 % of requests; harm was seen.',
  ],
  [{ phase: 'rolledBack', failed: true }, 'Version 7 did harm and was taken back.'],
  [{ phase: 'aborted' }, 'Version 7 was taken back by a person.'],
  [{ phase: 'succeeded' }, 'Version 7 answers all requests.'],
] as const)('a rollout of %o is told as "%s"', (change, sentence) => {
  const words = rolloutWords({ ...told, ...change });
  expect(words.map((word) => (typeof word === 'string' ? word : 'Version 7')).join('')).toBe(sentence);
});
