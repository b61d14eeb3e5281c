import { desc, eq } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { auditEntry } from '../../db/schema/audit.ts';
import { driftBinning, driftMonitor, driftReference, driftWindow } from '../../db/schema/drift.ts';
import { notice } from '../../db/schema/notices.ts';
import { type TestDatabase, testDatabase } from '../../db/test-database.ts';
import { DriftFixture, usualHour } from '../drift-fixture.ts';
import { storeBatches } from '../ingest/append-batch.ts';
import { foldAll } from '../ingest/folder.ts';
import { ServiceCatalogues } from '../ingest/service-catalogue.ts';
import { fromRows } from '../ingest/take-batch.ts';
import { judgeDrift } from '../jobs/drift/judge-due.ts';
import { learnDue } from '../jobs/features/learn-due.ts';
import { updateMonitor } from '../monitoring/update.ts';
import { getOverview } from '../overview/get.ts';
import { presentJudging, rebaseNoticeKey } from '../rows/rebase-facts.ts';
import { onlyRow } from '../rows/row-project.ts';
import { ProjectFixture, refusalOf, twoApprovers } from '../test-fixture.ts';
import { approveRebase, rejectRebase, withdrawRebase } from './decide-rebase.ts';
import { listReferences } from './list.ts';
import { rebaseReference } from './rebase.ts';

const hourMs = 3_600_000;
const begin = new Date('2026-11-02T00:00:00Z');
const at = (hours: number) => new Date(begin.getTime() + hours * hourMs);

let test: TestDatabase;
let fixture: ProjectFixture;
let drift: DriftFixture;

beforeAll(async () => {
  test = await testDatabase();
  fixture = await ProjectFixture.create(test.db);
  await fixture.revise({
    ...twoApprovers,
    rules: [{ id: 'approvers', roles: ['approver'], minimum: 1 }],
    minimumDistinctPeople: 1,
  });
  await fixture.follow(fixture.stagingId, fixture.policyId);
});
afterAll(() => test.drop());

/** A service that is judged by the hour, asked to be compared with a week of its past. */
async function asked(hours = 1.5) {
  drift = await DriftFixture.create(fixture, begin);
  // A fixed window is read by whole days.
  await drift.days({ from: at(-14 * 24), days: 14 }, { counts: usualHour.counts.map((rows) => rows * 24) });
  await judgeDrift(test.db, { now: begin });
  fixture.clock = async () => at(hours);
  return await ask();
}
type Who = Parameters<typeof fixture.as>[0];
const ask = (more: { from?: string; to?: string } = {}, who: Who = 'engineer') =>
  rebaseReference(fixture.as(who), {
    serviceId: drift.serviceId,
    name: 'After the campaign',
    from: at(-14 * 24).toISOString(),
    to: at(-7 * 24).toISOString(),
    reason: 'The campaign stays.',
    ...more,
  });
const list = (who: Who = 'viewer') => listReferences(fixture.as(who), { serviceId: drift.serviceId });
const told = (rebaseId: string) =>
  test.db
    .select()
    .from(notice)
    .where(eq(notice.dedupKey, rebaseNoticeKey(rebaseId)));
const monitor = async () => {
  const [row] = await test.db.select().from(driftMonitor).where(eq(driftMonitor.serviceId, drift.serviceId));
  return row;
};

describe('another reference', () => {
  it('is in force at the end of the window that ran when the last signature came, and is what later windows are compared with', async () => {
    const { rebaseId, subjectDigest, state } = await asked();
    expect(state).toBe('open');
    const inbox = await getOverview(fixture.as('approver'), { projectId: fixture.projectId });
    expect(inbox.rebasesForMe).toMatchObject([
      { rebaseId, name: 'After the campaign', signaturesMissing: 1 },
    ]);
    expect(await told(rebaseId)).toMatchObject([
      {
        params: {
          kind: 'rebaseRequest',
          name: 'After the campaign',
          signatures: 1,
          signerIds: [fixture.people.approver.id, fixture.people.secondApprover.id].toSorted(),
        },
        objectId: drift.serviceId,
        endedAt: null,
      },
    ]);
    const decision = { rebaseId, subjectDigest, comment: '' };
    expect((await refusalOf(approveRebase(fixture.as('engineer'), decision))).code).toBe('forbidden');
    expect((await refusalOf(approveRebase(fixture.as('stranger'), decision))).code).toBe('notFound');
    const other = { ...decision, subjectDigest: `sha256:${'0'.repeat(64)}` };
    expect((await refusalOf(approveRebase(fixture.as('approver'), other))).code).toBe('subjectChanged');
    expect(await approveRebase(fixture.as('approver'), decision)).toEqual({ rebaseId, state: 'approved' });
    expect((await told(rebaseId))[0]?.endedAt).not.toBeNull();

    await drift.count({ from: begin, hours: 1 }, usualHour);
    await judgeDrift(test.db, { now: at(1.9) });
    expect(await monitor()).toMatchObject({ referenceKind: 'sameHours', windowLength: 'hour' });
    await drift.count({ from: at(1), hours: 2 }, usualHour);
    await judgeDrift(test.db, { now: at(3.5) });
    expect(await test.db.$count(driftWindow, eq(driftWindow.monitorId, (await monitor())?.id ?? ''))).toBe(2);
    await judgeDrift(test.db, { now: at(3.6) });
    expect(await monitor()).toMatchObject({ referenceKind: 'fixedWindow', windowLength: 'day' });
    const answer = await list();
    expect(answer.rebases).toMatchObject([{ state: 'active', activatesAt: at(2) }]);
    expect(answer.references).toMatchObject([
      { kind: 'fixedWindow', name: 'After the campaign', isUsed: true, replacedAt: null },
    ]);
    const audit = await test.db.select().from(auditEntry).orderBy(desc(auditEntry.seq)).limit(1);
    expect(audit).toMatchObject([{ action: 'references.activate' }]);

    await drift.days({ from: begin, days: 1 }, { counts: usualHour.counts.map((rows) => rows * 24) });
    await judgeDrift(test.db, { now: at(25) });
    const [window] = await test.db.select().from(driftWindow).orderBy(desc(driftWindow.windowEnd));
    expect(window).toMatchObject({ referenceId: answer.references[0]?.id, whyNone: null });
  });

  it('takes the place of the one before, which is kept', async () => {
    fixture.clock = async () => at(30);
    const { rebaseId, subjectDigest } = await ask({
      from: at(-7 * 24).toISOString(),
      to: begin.toISOString(),
    });
    await approveRebase(fixture.as('approver'), { rebaseId, subjectDigest, comment: '' });
    await drift.days({ from: at(24), days: 1 }, { counts: usualHour.counts.map((rows) => rows * 24) });
    await judgeDrift(test.db, { now: at(49) });
    await judgeDrift(test.db, { now: at(49.1) });
    const { references } = await list();
    expect(references.map(({ isUsed, replacedAt }) => [isUsed, replacedAt === null])).toEqual([
      [true, true],
      [false, false],
    ]);
    expect(await test.db.$count(driftReference, eq(driftReference.serviceId, drift.serviceId))).toBe(2);
  });
});

describe('a reference on bins that are learned anew', () => {
  const days = 7;
  const anew = (more: object = {}) =>
    rebaseReference(fixture.as('engineer'), {
      serviceId: drift.serviceId,
      name: 'New bins',
      newBinsDays: days,
      reason: 'Amounts are in cents now.',
      ...more,
    });
  const states = async () =>
    (
      await test.db
        .select()
        .from(driftBinning)
        .where(eq(driftBinning.serviceId, drift.serviceId))
        .orderBy(driftBinning.number)
    ).map(({ state }) => state);

  /** Rows of an hour as pods send them, values of which the present bins know none. */
  async function send(hour: number, count: number): Promise<void> {
    const catalogues = new ServiceCatalogues(test.db);
    const { catalogue } = await catalogues.of(drift.serviceId);
    const counting = { catalogue, nowMs: at(hour + 1).getTime() };
    const rows = Array.from({ length: count }, (_, index) => ({
      ts: at(hour).toISOString(),
      f: { amount: `new ${index % 4}`, country: `c${index % 10}` },
    }));
    const revisionId = catalogue.revisions[0]?.id ?? '';
    const key = { source: 'pod', batchId: `hour ${hour}` };
    await storeBatches(test.db, [fromRows(key, rows, { counting, revisionId, sha256: key.batchId }).batch]);
    await foldAll(test.db);
  }

  async function approved() {
    await asked();
    for (const { id } of (await list()).rebases)
      await withdrawRebase(fixture.as('engineer'), { rebaseId: id });
    // Days are fewer windows to judge than hours.
    await updateMonitor(fixture.as('operator'), {
      monitorId: (await monitor())?.id ?? '',
      windowLength: 'day',
    });
    const { rebaseId, subjectDigest, rows } = await anew();
    expect(rows).toBeNull();
    await approveRebase(fixture.as('approver'), { rebaseId, subjectDigest, comment: '' });
    return rebaseId;
  }

  it('names either a window or how many days are counted on new bins', async () => {
    await asked();
    expect(
      (await refusalOf(anew({ from: at(-48).toISOString(), to: at(-24).toISOString() }))).message,
    ).toMatch(/either a window/);
    expect((await refusalOf(anew({ newBinsDays: 1 }))).message).toMatch(/weekly/);
  });

  it('has them learned from rows that come, counts on both for whole days, and then uses them alone', async () => {
    await approved();
    expect((await list()).rebases[0]).toMatchObject({ state: 'approved', fromAt: null, activatesAt: null });
    await send(2, 1_000);
    expect(await learnDue(test.db, { now: at(3) })).toEqual([drift.serviceId]);
    expect(await states()).toEqual(['active', 'next']);
    const day = (number: number) => at(24 * number);
    expect((await list()).rebases[0]).toMatchObject({
      fromAt: day(1),
      toAt: day(1 + days),
      activatesAt: day(1 + days),
    });
    for (let number = 0; number <= days; number += 1) await send(24 * number + 5, 400);
    await judgeUntil(24 * (1 + days));
    expect(await states()).toEqual(['former', 'active']);
    const { binning, references } = await list();
    const amount = binning?.features.find(({ name }) => name === 'amount');
    expect(amount?.binning).toMatchObject({
      categories: expect.arrayContaining(['new 0', 'new 3']) as string[],
    });
    expect(references).toMatchObject([
      { name: 'New bins', kind: 'fixedWindow', isUsed: true, fromAt: day(1) },
    ]);
    expect(await monitor()).toMatchObject({
      referenceKind: 'fixedWindow',
      windowLength: 'day',
      dispersions: null,
    });
    await send(24 * (1 + days) + 5, 400);
    await judgeUntil(24 * (2 + days) + 1);
    const [window] = await test.db
      .select()
      .from(driftWindow)
      .where(eq(driftWindow.monitorId, (await monitor())?.id ?? ''))
      .orderBy(desc(driftWindow.windowEnd));
    expect(window).toMatchObject({ referenceId: references[0]?.id, rows: 400, whyNone: null });
  });

  it('whose service gets no rows on them comes to nothing, and the bins before stay', async () => {
    const rebaseId = await approved();
    await send(2, 1_000);
    await learnDue(test.db, { now: at(3) });
    await judgeUntil(24 * (1 + days));
    expect((await list()).rebases[0]).toMatchObject({ id: rebaseId, state: 'voided' });
    expect(await states()).toEqual(['active', 'former']);
  });

  it('may be withdrawn while its bins are not in use, which count no more then', async () => {
    const rebaseId = await approved();
    await send(2, 1_000);
    await learnDue(test.db, { now: at(3) });
    await withdrawRebase(fixture.as('engineer'), { rebaseId });
    expect(await states()).toEqual(['active', 'former']);
    expect((await anew()).state).toBe('open');
  });

  /** A look judges at most 50 windows. */
  async function judgeUntil(hours: number): Promise<void> {
    const last = at(hours).getTime();
    for (let look = 0; look < 20; look += 1) {
      await judgeDrift(test.db, { now: new Date(last + (look + 1) * 60_000 + 600_000) });
      if (((await monitor())?.judgedUntil?.getTime() ?? 0) >= last) break;
    }
    await judgeDrift(test.db, { now: new Date(last + 3_000_000) });
  }
});

describe('a request for another reference', () => {
  it('lives once, is rejected with a word or withdrawn, and then another may be asked for', async () => {
    const { rebaseId, subjectDigest } = await asked();
    expect((await refusalOf(ask())).code).toBe('conflict');
    expect((await refusalOf(ask({}, 'viewer'))).code).toBe('forbidden');
    await rejectRebase(fixture.as('approver'), { rebaseId, subjectDigest, comment: 'Not yet.' });
    expect((await refusalOf(withdrawRebase(fixture.as('engineer'), { rebaseId }))).code).toBe('wrongState');
    const second = await ask();
    expect((await told(second.rebaseId))[0]?.endedAt).toBeNull();
    await withdrawRebase(fixture.as('engineer'), { rebaseId: second.rebaseId });
    expect((await list()).rebases.map(({ state }) => state)).toEqual(['withdrawn', 'rejected']);
    for (const { id } of (await list()).rebases) expect((await told(id))[0]?.endedAt).not.toBeNull();
  });

  it('that nobody decided in time waits for nobody any more', async () => {
    const { rebaseId } = await asked();
    const { rules } = onlyRow([await presentJudging(test.db, drift.serviceId)].filter((one) => one !== null));
    const late = new Date(at(1.5).getTime() + rules.expiresAfterMs + 1);
    await test.db.update(driftMonitor).set({ judgedUntil: late });
    await judgeDrift(test.db, { now: late });
    expect((await list()).rebases).toMatchObject([{ state: 'expired' }]);
    expect((await told(rebaseId))[0]?.endedAt).not.toBeNull();
  });

  it('of a window without rows, or that is not over, says so', async () => {
    await asked();
    expect(
      (await refusalOf(ask({ from: at(-90 * 24).toISOString(), to: at(-80 * 24).toISOString() }))).message,
    ).toContain('No rows');
    expect((await refusalOf(ask({ from: at(0).toISOString(), to: at(9).toISOString() }))).message).toContain(
      'is over',
    );
  });

  it('is void once the service is judged in another way, and makes room', async () => {
    const { rebaseId, subjectDigest } = await asked();
    await updateMonitor(fixture.as('operator'), {
      monitorId: (await monitor())?.id ?? '',
      windowLength: 'day',
    });
    const refused = await refusalOf(
      approveRebase(fixture.as('approver'), { rebaseId, subjectDigest, comment: '' }),
    );
    expect(refused.message).toContain('is void');
    expect((await ask()).state).toBe('open');
  });

  it('that was approved is not put in force when what it was to replace is gone', async () => {
    const { rebaseId, subjectDigest } = await asked();
    await approveRebase(fixture.as('approver'), { rebaseId, subjectDigest, comment: '' });
    await updateMonitor(fixture.as('operator'), {
      monitorId: (await monitor())?.id ?? '',
      windowLength: 'day',
    });
    await drift.days({ from: begin, days: 1 }, { counts: usualHour.counts.map((rows) => rows * 24) });
    await judgeDrift(test.db, { now: at(30) });
    await judgeDrift(test.db, { now: at(30.1) });
    expect((await list()).rebases).toMatchObject([{ state: 'voided' }]);
    expect(await monitor()).toMatchObject({ referenceKind: 'sameHours' });
  });
});
