import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type GroupRule,
  grantsOf,
  groupsInClaim,
  hasGroupOverage,
  issuerRefusal,
} from './identity-provider.ts';
import { roles } from './permission.ts';

const fraud = '01890000-0000-7000-8000-000000000001';
const credit = '01890000-0000-7000-8000-000000000002';
const rules: GroupRule[] = [
  { kind: 'project', group: 'ml', projectId: fraud, roles: ['engineer'] },
  { kind: 'project', group: 'leads', projectId: fraud, roles: ['approver', 'engineer'] },
  { kind: 'project', group: 'leads', projectId: credit, roles: ['viewer'] },
  { kind: 'instance', group: 'platform', roles: ['admin'] },
];

describe('what groups give', () => {
  it('adds up over groups and says which groups gave it', () => {
    const { projects, instance } = grantsOf(['ml', 'leads', 'else'], rules);
    expect(projects.get(fraud)).toEqual({ roles: ['engineer', 'approver'], groups: ['ml', 'leads'] });
    expect(projects.get(credit)).toEqual({ roles: ['viewer'], groups: ['leads'] });
    expect(instance).toEqual({ roles: [], groups: [] });
    expect(grantsOf(['platform'], rules).instance).toEqual({ roles: ['admin'], groups: ['platform'] });
  });

  it('compares names exactly: no other case, no beginning, no blanks', () => {
    for (const group of ['ML', 'ml-interns', ' ml', 'm'])
      expect(grantsOf([group], rules).projects.size).toBe(0);
  });

  it('never gives a role that no rule of a held group names', () => {
    const group = fc.constantFrom('a', 'b', 'c', 'd');
    const rule = fc.record({
      kind: fc.constant('project' as const),
      group,
      projectId: fc.constantFrom(fraud, credit),
      roles: fc.uniqueArray(fc.constantFrom(...roles), { minLength: 1 }),
    });
    fc.assert(
      fc.property(fc.uniqueArray(group), fc.array(rule), (groups, some) => {
        const { projects } = grantsOf(groups, some);
        for (const [projectId, grant] of projects)
          for (const role of roles) {
            const isNamed = some.some(
              (each) =>
                each.projectId === projectId && groups.includes(each.group) && each.roles.includes(role),
            );
            expect(grant.roles.includes(role)).toBe(isNamed);
          }
      }),
    );
  });
});

describe('groups in a claim', () => {
  it.each([
    [{ groups: ['a', 'b', 'a'] }, 'groups', ['a', 'b']],
    [{ groups: 'only' }, 'groups', ['only']],
    [{ groups: ['a', 7, null, ''] }, 'groups', ['a']],
    [{ groups: [] }, 'groups', []],
    [{}, 'groups', null],
    [{ groups: null }, 'groups', null],
    [{ realm_access: { roles: ['a'] } }, 'realm_access.roles', ['a']],
    [{ 'https://example.com/groups': ['a'] }, 'https://example.com/groups', ['a']],
    [{}, 'constructor.name', null],
    [{ groups: { length: 1 } }, 'groups', []],
  ])('%j under %s are %j', (claims, name, found) => {
    expect(groupsInClaim(claims, name)).toEqual(found);
  });

  it('are known to be left out by Entra ID', () => {
    expect(hasGroupOverage({ _claim_names: { groups: 'src1' } }, 'groups')).toBe(true);
    expect(hasGroupOverage({ hasgroups: true }, 'groups')).toBe(true);
    expect(hasGroupOverage({ groups: [] }, 'groups')).toBe(false);
  });
});

describe('an issuer', () => {
  it.each([
    ['https://login.example.com/realms/main', []],
    ['http://127.0.0.1:8080/realms/main', []],
    ['http://localhost:5556/dex', []],
    ['http://[::1]:5556', []],
    ['http://keycloak.identity:8080', ['keycloak.identity']],
    ['https://login.microsoftonline.com/8eaef023/v2.0', []],
  ])('%s is taken when %j are allowed', (issuer, allowed) => {
    expect(issuerRefusal(issuer, allowed)).toBeNull();
  });

  it.each([
    ['http://keycloak.identity:8080', /must be https/],
    ['http://127.0.0.1.evil.example', /must be https/],
    ['http://localhost.evil.example', /must be https/],
    ['login.example.com', /is a URL/],
    ['file:///etc/passwd', /begins with https/],
    ['https://login.example.com/#x', /no query/],
    ['https://login.microsoftonline.com/organizations/v2.0', /every tenant/],
  ])('%s is refused with its own sentence', (issuer, sentence) => {
    expect(issuerRefusal(issuer, [])).toMatch(sentence);
  });
});
