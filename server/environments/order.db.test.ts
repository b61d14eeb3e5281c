import { eq } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { environment } from '../../db/schema/environments.ts';
import { type TestDatabase, testDatabase } from '../../db/test-database.ts';
import { ProjectFixture, refusalOf } from '../test-fixture.ts';
import { updateEnvironment } from './commands.ts';
import { moveEnvironment } from './order.ts';
import { listEnvironments } from './queries.ts';

let test: TestDatabase;
let fixture: ProjectFixture;

beforeAll(async () => {
  test = await testDatabase();
  fixture = await ProjectFixture.create(test.db);
});
afterAll(() => test.drop());

const order = async (of = fixture) =>
  (await listEnvironments(of.as('viewer'), { projectId: of.projectId })).map((row) => row.name);
const positions = async () =>
  (
    await test.db
      .select({ position: environment.position })
      .from(environment)
      .where(eq(environment.projectId, fixture.projectId))
  )
    .map((row) => row.position)
    .toSorted((left, right) => left - right);

describe('the order of environments', () => {
  it('is that of their creation, and is changed by an admin with an audit entry', async () => {
    expect(await order()).toEqual(['production', 'staging']);
    const { stagingId: environmentId } = fixture;
    await moveEnvironment(fixture.as('admin'), { environmentId, direction: 'earlier' });
    expect(await order()).toEqual(['staging', 'production']);
    expect(await fixture.auditOf(environmentId)).toMatchObject([
      { action: 'environments.create' },
      {
        action: 'environments.move',
        sentence: 'moved the environment staging earlier: staging, production',
      },
    ]);
  });

  it('has a place of its own for each, also when several move at the same time', async () => {
    const perfId = await fixture.environment('perf', fixture.openPolicyId);
    expect(await order()).toEqual(['staging', 'production', 'perf']);
    const earlier = { environmentId: perfId, direction: 'earlier' as const };
    await Promise.all([1, 2].map(() => moveEnvironment(fixture.as('admin'), earlier)));
    expect(await order()).toEqual(['perf', 'staging', 'production']);
    expect(await positions()).toEqual([0, 1, 2]);
    const refused = await refusalOf(moveEnvironment(fixture.as('admin'), earlier));
    expect(refused).toMatchObject({ code: 'wrongState', message: 'It is the first in the order already.' });
  });

  it('keeps a group side by side and moves it as one', async () => {
    const admin = fixture.as('admin');
    const eu = await fixture.environment('eu', fixture.openPolicyId);
    const us = await fixture.environment('us', fixture.openPolicyId);
    await updateEnvironment(admin, { environmentId: us, groupName: 'live' });
    await updateEnvironment(admin, { environmentId: fixture.stagingId, groupName: 'live' });
    expect(await order()).toEqual(['perf', 'staging', 'us', 'production', 'eu']);
    await moveEnvironment(admin, { environmentId: us, direction: 'earlier', part: 'group' });
    expect(await order()).toEqual(['staging', 'us', 'perf', 'production', 'eu']);
    await moveEnvironment(admin, { environmentId: us, direction: 'earlier' });
    expect(await order()).toEqual(['us', 'staging', 'perf', 'production', 'eu']);
    expect(await positions()).toEqual([0, 1, 2, 3, 4]);
    const last = await fixture.auditOf(us);
    expect(last.map((entry) => entry.sentence)).toContain(
      'moved the group live earlier: staging, us, perf, production, eu',
    );
    expect(eu).not.toBe(us);
  });

  it('is not changed by operators, and not found in other projects', async () => {
    const move = { environmentId: fixture.stagingId, direction: 'later' as const };
    const before = await order();
    expect((await refusalOf(moveEnvironment(fixture.as('operator'), move))).code).toBe('forbidden');
    const other = await ProjectFixture.create(test.db);
    expect((await refusalOf(moveEnvironment(other.as('admin'), move))).code).toBe('notFound');
    expect(await order()).toEqual(before);
    expect(await order(other)).toEqual(['production', 'staging']);
  });
});
