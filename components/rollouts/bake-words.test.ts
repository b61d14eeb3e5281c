import { describe, expect, test } from 'vitest';
import { refusal } from '../../domain/refusal.ts';
import { bakeWords } from './bake-words.ts';
import type { RolloutDetail } from './rollout-answers.ts';
import { after, rolloutDetail } from './rollout-fixture.test-support.ts';

const clock = (at: Date) => at.toISOString().slice(11, 16);
const holds: RolloutDetail['bake']['rails'][number] = {
  checkId: 'error-rail',
  verdict: 'pass',
  sentence: 'The rail holds: 0.4 % of 1,210 requests in 5 min had errors; it is at 5 %.',
  value: 0.004,
  limit: 0.05,
  requests: 1_210,
  bad: 5,
  spanMs: 300_000,
};
const words = (bake: Partial<RolloutDetail['bake']>, change: Partial<RolloutDetail> = {}) =>
  bakeWords(
    rolloutDetail({
      phase: 'succeeded',
      bake: { state: 'baking', until: after(62), outcome: null, rails: [holds], ...bake },
      ...change,
    }),
    clock,
  );

describe('after 100 % the page', () => {
  test('says until when it bakes, that the rails hold, and on which figures', () => {
    const found = words({});
    expect(found?.title).toBe('Baking until 15:02: the rail holds.');
    expect(found?.rails[0]).toContain('1,210 requests');
    expect(found?.detail).toContain('Revision 6 was scaled away already');
  });

  test('does not claim that rails hold when nothing was measured', () => {
    const silent = { ...holds, verdict: 'noEvidence' as const };
    expect(words({ rails: [silent] })?.title).toContain('nothing is decided yet');
  });

  test('says what broke and where the rollout is that leads back', () => {
    const failure = refusal({ code: 'analysisFailed', message: 'Rail broken: 8 % of 1,200 requests.' });
    const outcome = { schema: 1 as const, failure, rolloutId: 'back', at: after(20).toISOString() };
    const found = words({ state: 'rolledBack', outcome });
    expect(found).toMatchObject({ tone: 'bad', title: failure.message, back: { rolloutId: 'back' } });
  });

  test('says of a broken rail after the bake time that it only alerts', () => {
    const found = words({ state: 'over', rails: [{ ...holds, verdict: 'fail' }] });
    expect(found).toMatchObject({ tone: 'bad', title: 'After the bake time: a rail is broken.' });
    expect(found?.detail).toContain('alerts and does not roll back');
  });

  test('says nothing before 100 % or when something else serves', () => {
    expect(words({}, { phase: 'stepping' })).toBeNull();
    expect(words({ state: 'over', rails: [] })).toBeNull();
  });
});
