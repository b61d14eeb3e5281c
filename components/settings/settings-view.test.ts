import { expect, test } from 'vitest';
import type { ClusterCheck } from '../../domain/cluster-check.ts';
import { checksSummary, namespaceDraft, namespacesOf, workerStanding } from '../clusters/cluster-words.ts';
import { changeableOf, emptyEnvironment, missingPart } from '../environments/environment-draft.ts';
import { permissionReason } from '../project/permission-reason.ts';
import { tokenStanding } from '../tokens/token-standing.ts';
import { isInSection, settingsGroups } from './settings-sections.ts';

const dayMs = 86_400_000;

test('users are a section of instance admins only', () => {
  const hrefs = (isAdmin: boolean) =>
    settingsGroups(isAdmin).flatMap((group) => group.sections.map((section) => section.href));
  expect(hrefs(true)).toContain('/settings/users');
  expect(hrefs(false)).not.toContain('/settings/users');
});

test('a section is not taken for one whose name it begins', () => {
  expect(isInSection('/settings/policies/1', '/settings/policies')).toBe(true);
  expect(isInSection('/settings/policies-old', '/settings/policies')).toBe(false);
});

test('a button names the role that it needs', () => {
  expect(permissionReason('members.set', { roles: ['admin'], instanceRoles: [] })).toBeUndefined();
  expect(permissionReason('members.set', { roles: ['viewer'], instanceRoles: ['admin'] })).toContain(
    'role admin in the project',
  );
  expect(permissionReason('clusters.create', { roles: ['admin'], instanceRoles: [] })).toContain(
    'instance role admin',
  );
  expect(permissionReason('users.changePassword', { roles: [], instanceRoles: [] })).toBeUndefined();
});

test.each([
  [{ revokedAt: new Date(0), expiresAt: null }, 'Revoked', false],
  [{ revokedAt: null, expiresAt: null }, 'In use', true],
  [{ revokedAt: null, expiresAt: new Date(8 * dayMs) }, 'In use', true],
  [{ revokedAt: null, expiresAt: new Date(2 * dayMs) }, 'Expires soon', true],
  [{ revokedAt: null, expiresAt: new Date(1) }, 'Expired', false],
])('a token %j is %s', (token, label, isUsable) => {
  expect(tokenStanding(token, 1)).toMatchObject({ label, isUsable });
});

test('a worker whose lease ran out is silent', () => {
  expect(workerStanding({ leaseHolder: null, leaseUntil: null }, 0).label).toBe('None yet');
  expect(workerStanding({ leaseHolder: 'w', leaseUntil: new Date(10) }, 5).label).toBe('At work');
  expect(workerStanding({ leaseHolder: 'w', leaseUntil: new Date(10) }, 10).label).toBe('Silent');
});

const check = (state: ClusterCheck['state']): ClusterCheck => ({
  id: state,
  group: 'cluster',
  title: state,
  state,
  detail: '',
  fix: null,
});

test.each([
  [['met', 'met'], 'All 2 met'],
  [['met', 'absent'], 'Usable, 1 not there'],
  [['met', 'absent', 'missing'], '1 of 3 missing'],
] as const)('a check list of %j is summed up as "%s"', (states, label) => {
  expect(checksSummary(states.map(check)).label).toBe(label);
});

test('a namespace that is managed is not named as only watched, however it is typed', () => {
  const namespaces = namespacesOf({ watched: ' a, b\nc,', managed: 'b b' });
  expect(namespaces).toEqual([
    { name: 'a', access: 'watch' },
    { name: 'c', access: 'watch' },
    { name: 'b', access: 'manage' },
  ]);
  expect(namespaceDraft(namespaces)).toEqual({ watched: 'a, c', managed: 'b' });
});

test('an environment is sent without its empty parts', () => {
  const draft = {
    ...emptyEnvironment,
    name: ' qa ',
    hostnames: 'a.example, b.example\n',
    gatewayName: 'public',
    gatewayNamespace: 'gateways',
  };
  expect(changeableOf(draft)).toMatchObject({
    name: 'qa',
    groupName: null,
    gateway: { name: 'public', namespace: 'gateways' },
    hostnames: ['a.example', 'b.example'],
    metricsSource: { kind: 'none' },
  });
  expect(missingPart(draft)).toBe('Choose a cluster.');
});
