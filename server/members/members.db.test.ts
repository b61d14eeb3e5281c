import { and, eq } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { account, membership } from '../../db/schema/identity.ts';
import { type TestDatabase, testDatabase } from '../../db/test-database.ts';
import type { Role } from '../../domain/permission.ts';
import { ProjectFixture, refusalOf } from '../test-fixture.ts';
import { listMembers, removeMember, setMember } from './commands.ts';

let test: TestDatabase;
let fixture: ProjectFixture;

beforeAll(async () => {
  test = await testDatabase();
  fixture = await ProjectFixture.create(test.db);
});
afterAll(() => test.drop());

const person = (who: keyof ProjectFixture['people']) => fixture.people[who].id;
const give = (who: keyof ProjectFixture['people'], roles: Role[], by = fixture.as('admin')) =>
  setMember(by, { projectId: fixture.projectId, email: `${person(who).toUpperCase()}@Example.com`, roles });
const remove = (who: keyof ProjectFixture['people'], by = fixture.as('admin')) =>
  removeMember(by, { projectId: fixture.projectId, userId: person(who) });
const rolesOf = async (who: keyof ProjectFixture['people']) =>
  (
    await test.db
      .select({ roles: membership.roles })
      .from(membership)
      .where(and(eq(membership.projectId, fixture.projectId), eq(membership.userId, person(who))))
  )[0]?.roles ?? null;

describe('the members of a project', () => {
  it('get exactly the roles that an admin gives, by their address however it is written, with before and after on record', async () => {
    await give('stranger', ['viewer', 'engineer']);
    await give('stranger', ['operator']);
    expect(await rolesOf('stranger')).toEqual(['operator']);
    const listed = await listMembers(fixture.as('viewer'), { projectId: fixture.projectId });
    expect(listed).toContainEqual(expect.objectContaining({ name: 'Sven', roles: ['operator'] }));
    await remove('stranger');
    expect(await rolesOf('stranger')).toBeNull();
    const acts = await fixture.auditOf(person('stranger'));
    expect(acts.map(({ action, sentence }) => [action, sentence])).toEqual([
      ['members.set', 'gave Sven the roles viewer, engineer'],
      ['members.set', 'gave Sven the roles operator'],
      ['members.remove', 'removed Sven from the project'],
    ]);
  });

  it('always have an admin: the last one neither leaves nor gives the role up, also when two step down at once', async () => {
    const last = { code: 'wrongState', message: 'This is the last admin of the project.' };
    expect(await refusalOf(remove('admin'))).toMatchObject(last);
    expect(await refusalOf(give('admin', ['viewer']))).toMatchObject(last);
    await give('operator', ['operator', 'admin']);
    const outcomes = await Promise.allSettled([give('admin', ['viewer']), give('operator', ['operator'])]);
    expect(outcomes.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected']);
    await test.db
      .update(membership)
      .set({ roles: ['admin'] })
      .where(eq(membership.userId, person('admin')));
    await test.db
      .update(membership)
      .set({ roles: ['operator'] })
      .where(eq(membership.userId, person('operator')));
  });

  it('are not led by somebody who is disabled: such an admin does not count', async () => {
    await give('operator', ['operator', 'admin']);
    const disabled = eq(account.userId, person('operator'));
    await test.db.update(account).set({ disabledAt: new Date() }).where(disabled);
    expect(await refusalOf(remove('admin'))).toMatchObject({ code: 'wrongState' });
    await test.db.update(account).set({ disabledAt: null }).where(disabled);
    await give('operator', ['operator']);
  });

  it('need an account, at least one role, and roles that exist', async () => {
    const { projectId } = fixture;
    const nobody = setMember(fixture.as('admin'), {
      projectId,
      email: 'nobody@example.com',
      roles: ['viewer'],
    });
    expect(await refusalOf(nobody)).toMatchObject({
      code: 'notFound',
      message: 'Nobody with the address nobody@example.com has an account.',
      fix: 'Ask an admin of the instance to create one.',
    });
    expect(await refusalOf(give('stranger', []))).toMatchObject({ code: 'invalidInput' });
    expect(await refusalOf(give('stranger', ['root' as Role]))).toMatchObject({ code: 'invalidInput' });
    expect(await refusalOf(remove('stranger'))).toMatchObject({ code: 'notFound' });
    expect(await rolesOf('stranger')).toBeNull();
  });

  it('are changed by its admins only, never by their tokens of another role, and not found elsewhere', async () => {
    for (const who of ['viewer', 'engineer', 'operator', 'approver'] as const) {
      expect((await refusalOf(give('viewer', ['admin'], fixture.as(who)))).code).toBe('forbidden');
      expect((await refusalOf(remove('viewer', fixture.as(who)))).code).toBe('forbidden');
    }
    expect((await refusalOf(give('viewer', ['admin'], fixture.as('stranger')))).code).toBe('notFound');
    expect((await refusalOf(remove('viewer', fixture.as('stranger')))).code).toBe('notFound');
    expect(await rolesOf('viewer')).toEqual(['viewer']);
  });
});
