import { describe, expect, it, test } from 'vitest';
import { missingPart, providerDraft, providerInput } from './provider-draft.ts';
import { rulesDraft, rulesOf, unfinishedRule, wholeInstance } from './rules-draft.ts';

const project = '01890000-0000-7000-8000-000000000001';
const filled = {
  ...providerDraft(null),
  name: 'Keycloak',
  issuer: 'https://login.example.com',
  clientId: 'fairlead',
  clientSecret: 's',
};

describe('the form of a provider', () => {
  test('sends a new secret, leaves a kept one out, and says that a public client has none', () => {
    expect(providerInput(filled)).toMatchObject({ clientSecret: 's', caPem: null, contact: null });
    expect(providerInput({ ...filled, clientSecret: '' })).not.toHaveProperty('clientSecret');
    expect(providerInput({ ...filled, isPublicClient: true })).toMatchObject({ clientSecret: null });
  });

  test('splits scopes as people write them and leaves openid to us', () => {
    expect(providerInput({ ...filled, scopes: ' openid, profile  groups' }).scopes).toEqual([
      'profile',
      'groups',
    ]);
  });

  test.each([
    [{ name: ' ' }, false, /name/],
    [{ issuer: '' }, false, /issuer/],
    [{ clientId: '' }, false, /client id/],
    [{ clientSecret: '' }, false, /client secret/],
    [{ sessionHours: '0' }, false, /1 to 168/],
    [{ sessionHours: '1.5' }, false, /1 to 168/],
  ])('with %j (a secret kept: %s) cannot be saved yet', (change, hasSecret, reason) => {
    expect(missingPart({ ...filled, ...change }, hasSecret)).toMatch(reason);
  });

  it('can be saved without a secret when one is kept or none is needed', () => {
    expect(missingPart({ ...filled, clientSecret: '' }, true)).toBeUndefined();
    expect(missingPart({ ...filled, clientSecret: '', isPublicClient: true }, false)).toBeUndefined();
  });
});

describe('the rules as they are typed', () => {
  test('come back as they were stored', () => {
    const rules = [
      { kind: 'project' as const, group: 'ml', projectId: project, roles: ['engineer' as const] },
      { kind: 'instance' as const, group: 'platform', roles: ['auditor' as const] },
    ];
    expect(rulesOf(rulesDraft(rules))).toEqual(rules);
  });

  test('drop roles that the instance does not know, and say what is missing', () => {
    const draft = { key: 0, group: 'ml', where: wholeInstance, roles: ['engineer'] };
    expect(rulesOf([draft])).toEqual([{ kind: 'instance', group: 'ml', roles: [] }]);
    expect(unfinishedRule([draft])).toBe('Choose a role in rule 1.');
    expect(unfinishedRule([{ ...draft, group: ' ' }])).toBe('Name the group of rule 1.');
    expect(unfinishedRule([{ ...draft, roles: ['admin'] }])).toBeUndefined();
  });
});
