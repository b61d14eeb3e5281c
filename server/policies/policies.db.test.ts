import { eq, sql } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { policyRevision } from '../../db/schema/environments.ts';
import { type TestDatabase, testDatabase } from '../../db/test-database.ts';
import { ProjectFixture, refusalOf, twoApprovers } from '../test-fixture.ts';
import { createPolicy, revisePolicy } from './commands.ts';
import { getPolicy, listPolicies } from './queries.ts';

let test: TestDatabase;
let fixture: ProjectFixture;

beforeAll(async () => {
  test = await testDatabase();
  fixture = await ProjectFixture.create(test.db);
});
afterAll(() => test.drop());

const threeApprovers = { ...twoApprovers, minimumDistinctPeople: 3 };

describe('a policy', () => {
  it('that nobody could satisfy is refused, when created and when revised, and changes nothing', async () => {
    const admin = fixture.as('admin');
    const { projectId, policyId } = fixture;
    const create = createPolicy(admin, { projectId, name: 'Too strict', rules: threeApprovers });
    expect((await refusalOf(create)).code).toBe('policyUnsatisfiable');
    const revise = revisePolicy(admin, { policyId, rules: threeApprovers });
    expect((await refusalOf(revise)).code).toBe('policyUnsatisfiable');
    expect((await getPolicy(admin, { policyId })).number).toBe(1);
    const listed = await listPolicies(fixture.as('viewer'), { projectId });
    expect(listed.map((row) => row.name)).toEqual(['Nobody signs', 'Two approvers']);
  });

  it('asks no one who holds the rule’s role but may not sign', async () => {
    // Olga is an operator without the role approver: her signature could never be given.
    const rules = { ...twoApprovers, rules: [{ id: 'operators', roles: ['operator' as const], minimum: 1 }] };
    const create = createPolicy(fixture.as('admin'), {
      projectId: fixture.projectId,
      name: 'Operators',
      rules,
    });
    expect((await refusalOf(create)).message).toContain('only 0 could sign');
  });

  it('names only environments of the project, and none that wait for each other', async () => {
    const other = await ProjectFixture.create(test.db);
    const admin = other.as('admin');
    const proven = (environment: string) => ({
      ...twoApprovers,
      provenIn: [{ environment, healthyMs: 60_000 }],
    });
    const { projectId } = other;
    const unknown = await refusalOf(
      createPolicy(admin, { projectId, name: 'Typing error', rules: proven('stagign') }),
    );
    expect(unknown).toMatchObject({
      code: 'policyUnsatisfiable',
      message: expect.stringContaining('a time in stagign, but this project has no environment of that name'),
    });
    const itself = await refusalOf(other.revise(proven('production')));
    expect(itself.message).toContain('production waits for production');
    await other.revise(proven('staging'));
    const back = await createPolicy(admin, { projectId, name: 'Back', rules: proven('production') });
    const circle = await refusalOf(other.follow(other.stagingId, back.policyId));
    expect(circle.message).toContain('waits for staging, which waits for production');
    const names = (await listPolicies(admin, { projectId })).map((row) => row.name);
    expect(names).toEqual(['Back', 'Nobody signs', 'Two approvers']);
    const { rules, number } = await getPolicy(admin, { policyId: other.policyId });
    expect([rules.provenIn, number]).toEqual([[{ environment: 'staging', healthyMs: 60_000 }], 2]);
  });

  it('of an older form stays readable and means what it meant', async () => {
    const other = await ProjectFixture.create(test.db);
    const { provenIn: _provenIn, ...older } = twoApprovers;
    await test.db.execute(sql`alter table policy_revision disable trigger user`);
    await test.db
      .update(policyRevision)
      .set({ rules: { ...older, schema: 1 } })
      .where(eq(policyRevision.policyId, other.policyId));
    await test.db.execute(sql`alter table policy_revision enable trigger user`);
    expect((await getPolicy(other.as('viewer'), { policyId: other.policyId })).rules).toEqual(twoApprovers);
    const asked = await other.request(other.serviceId);
    expect(asked.state).toBe('open');
  });

  it('gets a new revision for every change, and old ones never change', async () => {
    const admin = fixture.as('admin');
    const { policyRevisionId, policyId } = await createPolicy(admin, {
      projectId: fixture.projectId,
      name: 'Growing',
      rules: twoApprovers,
    });
    const revised = await revisePolicy(admin, {
      policyId,
      rules: { ...twoApprovers, requiresPassingEvidence: true },
      seenRevisionId: policyRevisionId,
    });
    expect(revised.number).toBe(2);
    const policy = await getPolicy(fixture.as('viewer'), { policyId });
    expect(policy.revisions.map((revision) => revision.rules.requiresPassingEvidence)).toEqual([true, false]);
    expect(policy.refusals.revise?.code).toBe('forbidden');
    expect((await fixture.auditOf(policyId)).map((entry) => entry.action)).toEqual([
      'policies.create',
      'policies.revise',
    ]);
    const change = test.db
      .update(policyRevision)
      .set({ number: 9 })
      .where(eq(policyRevision.id, policyRevisionId));
    await expect(change).rejects.toThrow();
  });

  it('is not revised over the head of somebody who revised it meanwhile, nor to what it says already', async () => {
    const admin = fixture.as('admin');
    const { policyId, policyRevisionId } = await createPolicy(admin, {
      projectId: fixture.projectId,
      name: 'Contended',
      rules: twoApprovers,
    });
    const rules = { ...twoApprovers, distinctFromAuthor: false };
    const same = revisePolicy(admin, { policyId, rules: twoApprovers });
    expect((await refusalOf(same)).code).toBe('conflict');
    const outcomes = await Promise.allSettled([
      revisePolicy(admin, { policyId, rules, seenRevisionId: policyRevisionId }),
      revisePolicy(admin, { policyId, rules, seenRevisionId: policyRevisionId }),
    ]);
    expect(outcomes.map((outcome) => outcome.status).sort()).toEqual(['fulfilled', 'rejected']);
  });

  it('is changed by admins only, and not found in other projects', async () => {
    const { policyId } = fixture;
    const rules = { ...twoApprovers, distinctFromAuthor: false };
    for (const who of ['viewer', 'engineer', 'operator', 'approver'] as const)
      expect((await refusalOf(revisePolicy(fixture.as(who), { policyId, rules }))).code).toBe('forbidden');
    const other = await ProjectFixture.create(test.db);
    expect((await refusalOf(revisePolicy(other.as('admin'), { policyId, rules }))).code).toBe('notFound');
    expect((await refusalOf(getPolicy(other.as('admin'), { policyId }))).code).toBe('notFound');
  });

  it('of a taken name is refused', async () => {
    const { projectId } = fixture;
    const create = createPolicy(fixture.as('admin'), {
      projectId,
      name: 'Two approvers',
      rules: twoApprovers,
    });
    expect((await refusalOf(create)).code).toBe('nameTaken');
  });
});
