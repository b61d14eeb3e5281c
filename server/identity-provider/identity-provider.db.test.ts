import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { identityProvider } from '../../db/schema/identity-providers.ts';
import { type TestDatabase, testDatabase } from '../../db/test-database.ts';
import { listInstanceAudit } from '../audit/queries.ts';
import type { Context } from '../context.ts';
import { newId } from '../id.ts';
import { insertPerson, insertProject } from '../identity-fixture.ts';
import { instanceKey } from '../instance-key.ts';
import { clientSecretOf } from '../oidc/client-secret.ts';
import { storedProvider } from '../rows/identity-provider.ts';
import { refusalOf } from '../test-fixture.ts';
import { setGroupRules, setIdentityProvider } from './commands.ts';
import { getIdentityProvider, tryDiscovery } from './queries.ts';

let test: TestDatabase;
let admin: Context;
let projectAdmin: Context;
let projectId: string;
const key = instanceKey(Buffer.alloc(32, 1).toString('base64'));
const newKey = instanceKey(Buffer.alloc(32, 2).toString('base64'));
const settings = {
  name: 'Okta',
  issuer: 'https://login.example.com',
  clientId: 'fairlead',
  clientSecret: 'very secret',
};

beforeAll(async () => {
  test = await testDatabase();
  projectId = await insertProject(test.db, 'fraud');
  const ada = await insertPerson(test.db, { name: 'Ada', instanceRoles: ['admin'] });
  const paul = await insertPerson(test.db, { name: 'Paul', projectId, roles: ['admin'] });
  admin = { ...ada.ctx, instanceKeys: [key] };
  projectAdmin = { ...paul.ctx, instanceKeys: [key] };
});
afterAll(() => test.drop());

describe('the identity provider', () => {
  it('is kept once, with its secret sealed, never given back, and every change in the audit without it', async () => {
    const { id } = await setIdentityProvider(admin, settings);
    expect((await setIdentityProvider(admin, { ...settings, name: 'Okta 2' })).id).toBe(id);
    expect(await test.db.select().from(identityProvider)).toHaveLength(1);
    const answer = await getIdentityProvider(admin, undefined);
    expect(answer).toMatchObject({
      provider: { name: 'Okta 2', hasSecret: true },
      redirectUri: 'http://127.0.0.1:3000/api/session/callback',
      keepsSecrets: true,
    });
    expect(JSON.stringify(answer)).not.toContain('very secret');
    const { items } = await listInstanceAudit(admin, { objectKind: 'identityProvider', objectId: id });
    expect(items.map(({ sentence }) => sentence)).toEqual([
      'changed sign-in through Okta 2 and its client secret',
      'let people sign in through Okta (https://login.example.com)',
    ]);
    expect(JSON.stringify(items)).not.toContain('very secret');
  });

  it('keeps its secret when none is sent, opens it with a rotated key, and not without the old one', async () => {
    const { clientSecret: _secret, ...rest } = settings;
    await setIdentityProvider(admin, rest);
    const stored = await storedProvider(test.db);
    if (stored === null) throw new Error('There is no provider.');
    expect(clientSecretOf([newKey, key], stored)).toBe('very secret');
    expect(() => clientSecretOf([newKey], stored)).toThrow('sealed under another INSTANCE_KEY');
    expect(() => clientSecretOf([key], { ...stored, issuer: 'https://evil.example' })).toThrow();
    expect(() => clientSecretOf([key], { ...stored, id: newId() })).toThrow();
  });

  it.each([{ issuer: 'https://other.example.com' }, { clientId: 'grafana' }])(
    'asks for the secret again with %j',
    async (change) => {
      const { clientSecret: _secret, ...rest } = settings;
      const refused = await refusalOf(setIdentityProvider(admin, { ...rest, ...change }));
      expect(refused).toMatchObject({ code: 'invalidInput', params: { field: 'clientSecret' } });
    },
  );

  it('takes no secret without a key to keep it under, and says which variable is missing', async () => {
    const refused = await refusalOf(setIdentityProvider({ ...admin, instanceKeys: [] }, settings));
    expect(refused.fix).toContain('INSTANCE_KEY');
    await setIdentityProvider({ ...admin, instanceKeys: [] }, { ...settings, clientSecret: null });
    expect((await storedProvider(test.db))?.sealedSecret).toBeNull();
    await setIdentityProvider(admin, settings);
  });

  it.each([
    'http://login.example.com',
    'ftp://login.example.com',
    'login.example.com',
    'https://login.example.com?x=1',
    'https://a:b@login.example.com',
    'https://login.example.com/.well-known/openid-configuration',
    'https://login.microsoftonline.com/common/v2.0',
  ])('refuses the issuer %s', async (issuer) => {
    const refused = await refusalOf(setIdentityProvider(admin, { ...settings, issuer }));
    expect(refused).toMatchObject({ code: 'invalidInput', params: { field: 'issuer' } });
  });

  it('does not trust rules for projects that do not exist', async () => {
    const rules = [{ kind: 'project' as const, group: 'ml', projectId: newId(), roles: ['viewer' as const] }];
    expect((await refusalOf(setGroupRules(admin, { schema: 1, rules }))).params).toEqual({ field: 'rules' });
  });

  it('is closed to admins of a project', async () => {
    const { clientSecret: _secret, ...trial } = settings;
    const calls = [
      () => getIdentityProvider(projectAdmin, undefined),
      () => setIdentityProvider(projectAdmin, settings),
      () => setGroupRules(projectAdmin, { schema: 1, rules: [] }),
      () => tryDiscovery(projectAdmin, trial),
    ];
    for (const call of calls) expect((await refusalOf(call())).code).toBe('forbidden');
  });
});
