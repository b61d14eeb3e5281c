import { expect, test } from 'vitest';
import { openPolicy, type PolicyRules } from '../../domain/policy.ts';
import { conditionSentences, rulesText } from './policy-words.ts';
import { draftOfRules, newRule, rulesOfDraft } from './rules-draft.ts';
import { signingMembers } from './signing-members.ts';

const two: PolicyRules = {
  ...openPolicy,
  rules: [{ id: 'approvers', roles: ['approver'], minimum: 2 }],
  minimumDistinctPeople: 2,
};

const proven: PolicyRules = { ...two, provenIn: [{ environment: 'staging', healthyMs: 5_400_000 }] };

test('rules that nobody edited come back as they were', () => {
  expect(rulesOfDraft(draftOfRules(proven))).toEqual({ rules: proven });
  expect(rulesOfDraft(draftOfRules(two))).toEqual({ rules: two });
  expect(rulesOfDraft(draftOfRules(openPolicy))).toEqual({ rules: openPolicy });
});

test('a new rule never takes the id of one that is there', () => {
  const draft = draftOfRules({ ...two, rules: [{ id: 'approver-1', roles: ['approver'], minimum: 1 }] });
  const read = rulesOfDraft({ ...draft, rules: [...draft.rules, newRule(draft.rules)] });
  const ids = 'rules' in read ? read.rules.rules.map((rule) => rule.id) : [];
  expect(new Set(ids).size).toBe(2);
});

test.each([
  [{ rules: [{ key: 0, id: null, roles: [], minimum: '1' }] }, 'Rule 1: name at least one role.'],
  [
    { rules: [{ key: 0, id: null, roles: ['approver' as const], minimum: '0' }] },
    'Rule 1: ask for 1 to 20 people.',
  ],
  [
    { rules: [{ key: 0, id: null, roles: ['approver' as const], minimum: '1.5' }] },
    'Rule 1: ask for 1 to 20 people.',
  ],
  [{ people: 'x' }, 'The number of different people is 0 to 20.'],
  [{ expiresAfterDays: '91' }, 'A request expires after at most 90 days.'],
  [{ expiresAfterDays: '' }, 'A request expires after at most 90 days.'],
  [
    { provenIn: [{ key: 0, environment: '', time: '2 h' }] },
    'Choose the environment in which a version proves itself.',
  ],
  [
    { provenIn: [{ key: 0, environment: 'staging', time: 'long' }] },
    'staging: give a time such as "2 h" or "30 min".',
  ],
  [{ provenIn: [{ key: 0, environment: 'staging', time: '60 d' }] }, 'Ask for at most 30 days.'],
  [
    {
      provenIn: [
        { key: 0, environment: 'staging', time: '1 h' },
        { key: 1, environment: 'staging', time: '2 h' },
      ],
    },
    'Name each environment once.',
  ],
])('a wrong part of the form is named', (part, sentence) => {
  expect(rulesOfDraft({ ...draftOfRules(two), ...part })).toEqual({ problem: sentence });
});

test('different people are told only where no rule implies them', () => {
  expect(rulesText(openPolicy)).toBe('nobody');
  expect(rulesText(two)).toBe('2 people with the role approver');
  expect(rulesText({ ...two, minimumDistinctPeople: 3 })).toBe(
    '2 people with the role approver, 3 different people',
  );
  expect(rulesText({ ...openPolicy, minimumDistinctPeople: 1 })).toBe('anybody who may sign');
});

test('only members in use who may sign are counted', () => {
  const listed = [
    { userId: 'a', name: 'Anna', roles: ['approver', 'unknown'], disabledAt: null },
    { userId: 'b', name: 'Ben', roles: ['approver'], disabledAt: new Date(0) },
    { userId: 'c', name: 'Cem', roles: ['admin'], disabledAt: null },
  ];
  expect(signingMembers(listed, ['approver'])).toEqual([
    { userId: 'a', name: 'Anna', roles: new Set(['approver']) },
  ]);
});

test('what has to be proven first is told as a sentence', () => {
  expect(conditionSentences(proven)).toContain(
    'A version has to be healthy at 100 % in staging for 1 h 30 min first.',
  );
});
