import { eq } from 'drizzle-orm';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { environment } from '../../db/schema/environments.ts';
import { attributionRule, ledgerEntry } from '../../db/schema/ledger.ts';
import { type TestDatabase, testDatabase } from '../../db/test-database.ts';
import type { Principal } from '../../domain/principal.ts';
import type { Context } from '../context.ts';
import { after, LedgerFixture } from '../ledger-fixture.ts';
import { ProjectFixture, refusalOf } from '../test-fixture.ts';
import { createRule, endRule } from './commands.ts';
import { listRules, listUnallocated, previewRule } from './queries.ts';

const milliGpuHour = 3_600_000n;
/** Yesterday and today of these tests. */
const begin = new Date('2026-03-10T00:00:00Z');
const now = after(30 * 60, begin);
let test: TestDatabase;
let fixture: ProjectFixture;
let ledger: LedgerFixture;
let admin: Context;

/** Ten sealed hours of a research pod with two GPUs, of a training owner with one and of a pod in an Environment. */
beforeEach(async () => {
  fixture = await ProjectFixture.create(test.db);
  fixture.clock = async () => now;
  const person: Principal = { ...fixture.people.admin, instanceRoles: ['admin'] };
  admin = fixture.as(person);
  ledger = new LedgerFixture(test.db, fixture.clusterId);
  await test.db.delete(attributionRule);
  await ledger.node('gpu-1', { fromAt: begin, toAt: after(600, begin) });
  const [row] = await test.db.select().from(environment).where(eq(environment.id, fixture.productionId));
  const times = { fromAt: begin, toAt: after(600, begin) };
  const research = { ...times, namespace: 'research', gpu: { n: 2, d: 1 } };
  await ledger.pod(`research-${fixture.projectId}`, research);
  const owners = [{ kind: 'Job', name: 'sweep', uid: 'u' }];
  await ledger.pod(`sweep-${fixture.projectId}`, { ...times, namespace: 'research', owners });
  await ledger.pod(`early-${fixture.projectId}`, { ...times, namespace: row?.namespace ?? '' });
  await ledger.watched(begin, after(660, begin));
  await ledger.seal(now);
});
beforeAll(async () => {
  test = await testDatabase();
});
afterAll(() => test.drop());

const rule = (change: object = {}) => ({
  clusterId: fixture.clusterId,
  namespace: 'research',
  ownerKind: '*',
  ownerName: '*',
  projectId: fixture.projectId,
  role: null,
  validFrom: begin,
  ...change,
});
const ofCluster = <Row extends { clusterId: string }>(rows: readonly Row[]) =>
  rows.filter(({ clusterId }) => clusterId === fixture.clusterId);
const live = async () =>
  (await test.db.select().from(ledgerEntry).where(eq(ledgerEntry.clusterId, fixture.clusterId))).reduce<
    Record<string, bigint>
  >((sums, { line, projectId, bucket, quantity }) => {
    if (line !== 'gpu' || bucket !== 'serving') return sums;
    const key = projectId ?? 'nobody';
    return { ...sums, [key]: (sums[key] ?? 0n) + quantity };
  }, {});

describe('what nobody pays for', () => {
  it('is listed by owner, the largest first, and says where an Environment decides', async () => {
    const { owners } = await listUnallocated(admin);
    const own = ofCluster(owners);
    expect(own[0]).toMatchObject({ namespace: 'research', owner: null, hasEnvironment: false });
    expect(own.map(({ milliGpuSeconds }) => milliGpuSeconds / milliGpuHour)).toEqual([20n, 10n, 10n]);
    expect(own.filter(({ hasEnvironment }) => hasEnvironment)).toHaveLength(1);
    expect(own.filter(({ owner }) => owner?.kind === 'Job' && owner.name === 'sweep')).toHaveLength(1);
  });

  it('is moved by a rule as its preview said, in the ledger too, and given back by the rule’s end', async () => {
    const before = await previewRule(admin, rule({ validFrom: after(300, begin) }));
    expect(before).toMatchObject({ pods: 2, moved: { milliGpuSeconds: 15n * milliGpuHour } });
    const { ruleId } = await createRule(admin, rule({ validFrom: after(300, begin) }));
    await ledger.seal(now);
    expect(await live()).toEqual({
      nobody: 25n * milliGpuHour,
      [fixture.projectId]: before.project.after.milliGpuSeconds,
    });
    expect((await ledger.totals()).hours).toEqual((await ledger.totals()).entries);
    await endRule(admin, { ruleId, validTo: after(360, begin) });
    await ledger.seal(now);
    expect((await live())[fixture.projectId]).toBe(3n * milliGpuHour);
    expect((await fixture.auditOf(ruleId)).map(({ action }) => action)).toEqual([
      'attribution.create',
      'attribution.end',
    ]);
  });

  it('is moved for one owner alone when the rule names it, and not where an Environment decides', async () => {
    await createRule(admin, rule({ namespace: '*', ownerKind: 'Job', ownerName: 'sweep' }));
    await ledger.seal(now);
    expect((await live())[fixture.projectId]).toBe(10n * milliGpuHour);
    const [row] = await test.db.select().from(environment).where(eq(environment.id, fixture.productionId));
    const refused = await refusalOf(createRule(admin, rule({ namespace: row?.namespace ?? '' })));
    expect(refused.message).toContain('belongs to an Environment');
  });

  it('keeps the rule that was there: a later one takes its place from a moment on', async () => {
    const { ruleId } = await createRule(admin, rule());
    await createRule(admin, rule({ validFrom: after(60, begin), replacesId: ruleId, role: 'training' }));
    expect(
      (await listRules(admin)).map(({ number, validTo, replacesId }) => [number, validTo, replacesId]),
    ).toEqual([
      [1, after(60, begin), null],
      [2, null, ruleId],
    ]);
    expect((await refusalOf(endRule(admin, { ruleId }))).code).toBe('wrongState');
  });

  it('is for instance admins, and a rule that would take everything is refused', async () => {
    expect((await refusalOf(createRule(fixture.as('admin'), rule()))).code).toBe('forbidden');
    expect((await refusalOf(listUnallocated(fixture.as('viewer')))).code).toBe('forbidden');
    const refused = await refusalOf(createRule(admin, rule({ namespace: '*' })));
    expect(refused).toMatchObject({ code: 'invalidInput', params: { field: 'namespace' } });
  });
});
