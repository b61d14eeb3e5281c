import { eq } from 'drizzle-orm';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { policy } from '../../db/schema/environments.ts';
import { membership, project } from '../../db/schema/identity.ts';
import { type TestDatabase, testDatabase } from '../../db/test-database.ts';
import type { Principal } from '../../domain/principal.ts';
import type { Context } from '../context.ts';
import { ProjectFixture, refusalOf } from '../test-fixture.ts';
import { createProject, listProjects } from './commands.ts';
import { setCostCentre } from './set-cost-centre.ts';

let test: TestDatabase;
let fixture: ProjectFixture;
let ada: Context;

beforeAll(async () => {
  test = await testDatabase();
  fixture = await ProjectFixture.create(test.db);
  const principal: Principal = { ...fixture.people.admin, instanceRoles: ['admin'] };
  ada = fixture.as(principal);
});
afterAll(() => test.drop());

it('a project comes with a policy and with its maker as admin, each on record', async () => {
  const { id, policyId } = await createProject(ada, { name: 'Search', slug: 'search' });
  const mine = await test.db.select().from(membership).where(eq(membership.projectId, id));
  expect(mine).toMatchObject([{ userId: fixture.people.admin.id, roles: ['admin', 'operator', 'engineer'] }]);
  expect(await test.db.select().from(policy).where(eq(policy.projectId, id))).toMatchObject([
    { id: policyId },
  ]);
  expect((await fixture.auditOf(id)).map(({ action }) => action)).toEqual(['projects.create']);
  expect((await fixture.auditOf(policyId)).map(({ action }) => action)).toEqual(['policies.create']);
});

it('people see the projects that they are members of and no other', async () => {
  await createProject(ada, { name: 'Hidden', slug: 'hidden' });
  const seen = await listProjects(fixture.as('viewer'), undefined);
  expect(seen.map(({ id }) => id)).toEqual([fixture.projectId]);
  expect(await listProjects(fixture.as('stranger'), undefined)).toEqual([]);
});

it('a taken or impossible name is refused, and so is everybody who is no admin of the instance', async () => {
  await createProject(ada, { name: 'Ranking', slug: 'ranking' });
  expect((await refusalOf(createProject(ada, { name: 'Other', slug: 'ranking' }))).code).toBe('nameTaken');
  expect((await refusalOf(createProject(ada, { name: 'Other', slug: 'Not A Label' }))).code).toBe(
    'invalidInput',
  );
  const mine = createProject(fixture.as('admin'), { name: 'Mine', slug: 'mine' });
  expect((await refusalOf(mine)).code).toBe('forbidden');
});

it('an admin of the project sets the cost centre of its statements, and nobody else', async () => {
  const { projectId } = fixture;
  await setCostCentre(fixture.as('admin'), { projectId, costCentre: 'CC-42' });
  expect((await test.db.select().from(project).where(eq(project.id, projectId)))[0]?.costCentre).toBe(
    'CC-42',
  );
  expect((await fixture.auditOf(projectId)).map(({ action }) => action)).toEqual(['projects.setCostCentre']);
  expect((await refusalOf(setCostCentre(fixture.as('viewer'), { projectId, costCentre: null }))).code).toBe(
    'forbidden',
  );
  const other = await ProjectFixture.create(test.db);
  expect((await refusalOf(setCostCentre(other.as('admin'), { projectId, costCentre: null }))).code).toBe(
    'notFound',
  );
});
