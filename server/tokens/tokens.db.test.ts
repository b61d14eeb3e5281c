import { eq } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { account, apiToken, membership } from '../../db/schema/identity.ts';
import { type TestDatabase, testDatabase } from '../../db/test-database.ts';
import { rolesHolding } from '../../domain/permission.ts';
import { tokenPrincipal } from '../principals.ts';
import { ProjectFixture, refusalOf } from '../test-fixture.ts';
import { createToken, listTokens, revokeToken } from './commands.ts';

let test: TestDatabase;
let fixture: ProjectFixture;
let made = 0;

beforeAll(async () => {
  test = await testDatabase();
  fixture = await ProjectFixture.create(test.db);
});
afterAll(() => test.drop());

type Input = Parameters<typeof createToken>[1];
const make = (change: Partial<Input> = {}, by = fixture.as('admin')) => {
  made += 1;
  const { projectId } = fixture;
  return createToken(by, {
    projectId,
    name: `ci-${made}`,
    roles: ['engineer'],
    expiresInDays: 30,
    ...change,
  });
};
const rolesNow = async (secret: string) => {
  const found = await tokenPrincipal(test.db, secret);
  return found === null ? null : [...(found.memberships.get(fixture.projectId) ?? [])];
};

describe('a token', () => {
  it('is stored as a hash only, is scoped to its project and roles, and acts in the name of who made it', async () => {
    const { id, secret } = await make({ roles: ['viewer', 'engineer'] });
    const rows = await test.db.select().from(apiToken).where(eq(apiToken.principalId, id));
    expect(JSON.stringify(rows)).not.toContain(secret);
    expect(await tokenPrincipal(test.db, secret)).toMatchObject({
      id,
      kind: 'token',
      ownerUserId: fixture.people.admin.id,
      instanceRoles: [],
      memberships: new Map([[fixture.projectId, new Set(['viewer', 'engineer'])]]),
    });
    const listed = await listTokens(fixture.as('admin'), { projectId: fixture.projectId });
    expect(listed.find((one) => one.id === id)).toMatchObject({
      prefix: secret.slice(0, 10),
      revokedAt: null,
    });
    expect(JSON.stringify(listed)).not.toContain(secret);
    const trail = JSON.stringify(await fixture.auditOf(id));
    expect(trail).toContain('tokens.create');
    expect(trail).not.toContain(secret.slice(0, 12));
  });

  it('can hold no role that signs or that administers', async () => {
    expect(rolesHolding('promotions.approve')).toEqual(['approver']);
    for (const role of ['approver', 'admin'])
      expect((await refusalOf(make({ roles: [role as 'viewer'] }))).code).toBe('invalidInput');
    expect((await refusalOf(make({ roles: [] }))).code).toBe('invalidInput');
    expect((await refusalOf(make({ expiresInDays: 0 }))).code).toBe('invalidInput');
  });

  it('ends at once when it is revoked, when its time is over and when its owner is disabled or no member any more', async () => {
    const { id, secret } = await make();
    const own = { account: eq(account.userId, fixture.people.admin.id), token: eq(apiToken.principalId, id) };
    await test.db.update(account).set({ disabledAt: new Date() }).where(own.account);
    expect(await rolesNow(secret)).toBeNull();
    await test.db.update(account).set({ disabledAt: null }).where(own.account);
    await test.db
      .update(apiToken)
      .set({ expiresAt: new Date(0) })
      .where(own.token);
    expect(await rolesNow(secret)).toBeNull();
    await test.db.update(apiToken).set({ expiresAt: null }).where(own.token);
    expect(await rolesNow(secret)).toEqual(['engineer']);
    const { projectId } = fixture;
    await revokeToken(fixture.as('admin'), { projectId, tokenId: id });
    expect(await rolesNow(secret)).toBeNull();
    expect((await refusalOf(revokeToken(fixture.as('admin'), { projectId, tokenId: id }))).code).toBe(
      'notFound',
    );
    expect((await fixture.auditOf(id)).map(({ action }) => action)).toEqual([
      'tokens.create',
      'tokens.revoke',
    ]);
  });

  it('loses with its owner what its owner loses', async () => {
    const { secret } = await make({ roles: ['viewer', 'engineer', 'operator'] });
    const mine = eq(membership.userId, fixture.people.admin.id);
    await test.db
      .update(membership)
      .set({ roles: ['viewer'] })
      .where(mine);
    expect(await rolesNow(secret)).toEqual(['viewer']);
    await test.db.delete(membership).where(mine);
    expect(await rolesNow(secret)).toBeNull();
    const { projectId } = fixture;
    await test.db.insert(membership).values({ projectId, userId: fixture.people.admin.id, roles: ['admin'] });
  });

  it('has a name of its own, and is made and revoked by people who are admins only', async () => {
    const { id } = await make({ name: 'twice' });
    expect((await refusalOf(make({ name: 'twice' }))).code).toBe('nameTaken');
    const token = fixture.as(await fixture.tokenOf('admin'));
    expect(await refusalOf(make({}, token))).toMatchObject({ message: 'A token cannot make tokens.' });
    const { projectId } = fixture;
    const codesOf = async (by: ReturnType<ProjectFixture['as']>) => [
      (await refusalOf(make({}, by))).code,
      (await refusalOf(revokeToken(by, { projectId, tokenId: id }))).code,
      (await refusalOf(listTokens(by, { projectId }))).code,
    ];
    expect(await codesOf(fixture.as('operator'))).toEqual(['forbidden', 'forbidden', 'forbidden']);
    expect(await codesOf(fixture.as('stranger'))).toEqual(['notFound', 'notFound', 'notFound']);
  });
});
