import { expect, test } from 'vitest';
import { auditObjectKinds } from '../../domain/audit.ts';
import { withParams } from '../rollouts/list-params.ts';
import { auditAsk, auditFilter, auditParams } from './audit-filter.ts';
import { entryHref, kindWord, unspokenName } from './audit-links.ts';
import { jsonText } from './json-text.ts';

test('what cannot be read narrows nothing', () => {
  const params = {
    kind: 'nonsense',
    actor: 'me',
    from: '2026-13-45',
    to: 'today',
    seq: '-1',
    before: '1e9',
    chain: 'x',
  };
  expect(auditFilter(params)).toEqual(auditFilter({}));
});

test('a filter comes back from its own address', () => {
  const filter = auditFilter({
    q: 'Ben',
    kind: 'policy',
    id: 'p',
    from: '2026-11-01',
    to: '2026-11-24',
    chain: 'instance',
  });
  const address = new URL(withParams('/audit', auditParams(filter)), 'http://x');
  expect(auditFilter(Object.fromEntries(address.searchParams))).toEqual(filter);
});

test('the day at the end of a range is in it to its last millisecond', () => {
  const { from, to } = auditFilter({ from: '2026-11-24', to: '2026-11-24' });
  expect([from?.toISOString(), to?.toISOString()]).toEqual([
    '2026-11-24T00:00:00.000Z',
    '2026-11-24T23:59:59.999Z',
  ]);
});

test('an entry that a link points to is the newest of its page', () => {
  expect(auditAsk(auditFilter({ seq: '12' })).before).toBe(13);
  expect(auditAsk(auditFilter({ before: '40', seq: '12' })).before).toBe(40);
});

test('every kind has a word, and an unknown one is shown as it was written', () => {
  for (const kind of auditObjectKinds) expect(kindWord(kind)).toMatch(/^[a-z]+( [a-z]+)?$/);
  expect(kindWord('budget')).toBe('budget');
});

test('models and versions are reached by their names', () => {
  const entry = (objectKind: string, objectName: string | null) =>
    entryHref({ objectKind, objectId: 'x', objectName });
  expect(entry('modelVersion', 'my model 12')).toBe('/models/my%20model/versions/12');
  expect(entry('model', 'fraud')).toBe('/models/fraud');
  expect(entry('modelVersion', null)).toBeNull();
  expect(entry('rollout', null)).toBe('/rollouts/x');
  expect(entry('budget', 'b')).toBe('/budgets/x');
  expect(entry('ofALaterRelease', 'b')).toBeNull();
});

test('two values that differ only in the order of keys read the same', () => {
  expect(jsonText({ b: 1, a: [{ d: 1, c: 2 }] })).toBe(jsonText({ a: [{ c: 2, d: 1 }], b: 1 }));
  expect(jsonText(null)).toBe('');
});

test('a move of a rollout says which one when its sentence does not', () => {
  const moved = { objectKind: 'rollout', objectName: 'churn 1 → r2' };
  expect(unspokenName({ ...moved, sentence: 'Revision 2 is ready.' })).toBe('churn 1 → r2');
  expect(unspokenName({ ...moved, sentence: 'paused the rollout of churn' })).toBeNull();
  expect(unspokenName({ ...moved, objectKind: 'model', sentence: 'x' })).toBeNull();
});
