import { eq } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { transaction } from '../db/client.ts';
import { channel, delivery, notice } from '../db/schema/notices.ts';
import { type TestDatabase, testDatabase } from '../db/test-database.ts';
import { everything } from '../domain/channel.ts';
import type { Notice } from '../domain/notice.ts';
import { newId } from './id.ts';
import { emitNotice } from './notice.ts';
import { acknowledgeNotice, tryAgain } from './notices/commands.ts';
import { countNotices, getNotice, listNotices } from './notices/queries.ts';
import { approvePromotion, rejectPromotion } from './promotions/decide.ts';
import { withdrawPromotion } from './promotions/withdraw-renew.ts';
import { abortRollout } from './rollouts/commands.ts';
import { ProjectFixture, refusalOf } from './test-fixture.ts';

let test: TestDatabase;
let fixture: ProjectFixture;
let other: ProjectFixture;
beforeAll(async () => {
  test = await testDatabase();
  fixture = await ProjectFixture.create(test.db);
  other = await ProjectFixture.create(test.db);
});
afterAll(() => test.drop());

const place = { service: 'scoring', environment: 'production', production: true };
const held: Notice = { kind: 'held', ...place, revision: 4, weightPercent: 25, lacks: '' };

async function emit(told: Notice = held): Promise<string> {
  const { projectId, serviceId } = fixture;
  const object = { kind: 'service', id: serviceId } as const;
  const draft = { projectId, notice: told, object, serviceId, dedupKey: newId() };
  return (
    (await transaction(test.db, (tx) => emitNotice(tx, draft, { now: new Date(), origin: 'live' }))) ?? ''
  );
}

describe('a notice', () => {
  it('is acknowledged once, by who may, with an audit entry, and then no longer counts at the bell', async () => {
    const { projectId } = fixture;
    const noticeId = await emit();
    const before = await countNotices(fixture.as('viewer'), { projectId });
    expect((await refusalOf(acknowledgeNotice(fixture.as('viewer'), { noticeId }))).code).toBe('forbidden');
    expect((await refusalOf(acknowledgeNotice(other.as('admin'), { noticeId }))).code).toBe('notFound');
    await acknowledgeNotice(fixture.as('operator'), { noticeId, comment: 'Looking into it.' });
    expect((await refusalOf(acknowledgeNotice(fixture.as('operator'), { noticeId }))).code).toBe(
      'wrongState',
    );
    expect(await getNotice(fixture.as('viewer'), { noticeId })).toMatchObject({
      acknowledgedBy: { name: 'Olga' },
      refusals: { acknowledge: { code: 'forbidden' } },
    });
    expect(await countNotices(fixture.as('viewer'), { projectId })).toEqual({
      unacknowledged: before.unacknowledged - 1,
    });
    expect(await fixture.auditOf(noticeId)).toMatchObject([{ action: 'notices.acknowledge' }]);
  });

  it('is listed newest first by filter and kind, in its project alone', async () => {
    const { projectId } = fixture;
    const noticeId = await emit();
    await emit({ kind: 'rolledBack', ...place, revision: 4, backTo: 3, tookMs: 1_000 });
    const page = await listNotices(fixture.as('viewer'), { projectId, pageSize: 1 });
    expect(page).toMatchObject({ rows: [{ kind: 'rolledBack' }], total: expect.any(Number) });
    const open = await listNotices(fixture.as('viewer'), { projectId, filter: 'open', kind: 'held' });
    expect(open.rows.map(({ id }) => id)).toContain(noticeId);
    expect(open.rows[0]).toMatchObject({ told: { sent: 0, waiting: 0, dead: 0 }, lasts: true });
    const none = await listNotices(fixture.as('viewer'), {
      projectId,
      filter: 'unacknowledged',
      kind: 'rolledBack',
    });
    expect(none.total).toBe(0);
    expect((await refusalOf(listNotices(other.as('viewer'), { projectId }))).code).toBe('notFound');
    expect((await refusalOf(getNotice(other.as('viewer'), { noticeId }))).code).toBe('notFound');
  });

  it('whose delivery was given up is sent once more by an operator, and only then', async () => {
    const { projectId } = fixture;
    const noticeId = await emit();
    const [channelId, deliveryId] = [newId(), newId()];
    await test.db.insert(channel).values({
      id: channelId,
      projectId,
      name: 'dead',
      kind: 'slack',
      target: { kind: 'slack', host: 'x' },
      rules: everything,
      createdAt: new Date(),
      createdBy: fixture.people.admin.id,
    });
    const common = { id: deliveryId, projectId, noticeId, channelId, part: 'begin' } as const;
    await test.db
      .insert(delivery)
      .values({ ...common, state: 'dead', attempts: 20, dueAt: new Date(), createdAt: new Date() });
    expect((await refusalOf(tryAgain(fixture.as('viewer'), { deliveryId }))).code).toBe('forbidden');
    expect((await refusalOf(tryAgain(other.as('operator'), { deliveryId }))).code).toBe('notFound');
    await tryAgain(fixture.as('operator'), { deliveryId });
    const [row] = await test.db.select().from(delivery).where(eq(delivery.id, deliveryId));
    expect(row).toMatchObject({ state: 'waiting', attempts: 0 });
    expect((await refusalOf(tryAgain(fixture.as('operator'), { deliveryId }))).code).toBe('wrongState');
    expect((await fixture.auditOf(noticeId)).map(({ action }) => action)).toEqual(['notices.tryAgain']);
  });
});

describe('a request that waits for signatures', () => {
  const waiting = async (promotionId: string) =>
    (await test.db.select().from(notice).where(eq(notice.objectId, promotionId)))[0];
  async function asked() {
    const { modelVersionId } = await fixture.version();
    return await fixture.ask({ serviceId: fixture.serviceId, modelVersionId });
  }

  it('tells those who may sign, and is over with the last signature', async () => {
    const { promotionId, subjectDigest } = await asked();
    const row = await waiting(promotionId);
    expect(row).toMatchObject({ kind: 'approvalNeeded', endedAt: null });
    const { approver, secondApprover } = fixture.people;
    expect(new Set((row?.params as { signerIds: string[] } | undefined)?.signerIds)).toEqual(
      new Set([approver.id, secondApprover.id]),
    );
    await approvePromotion(fixture.as('approver'), { promotionId, subjectDigest });
    expect((await waiting(promotionId))?.endedAt).toBeNull();
    await approvePromotion(fixture.as('secondApprover'), { promotionId, subjectDigest });
    expect((await waiting(promotionId))?.endedAt).not.toBeNull();
    await withdrawPromotion(fixture.as('engineer'), { promotionId });
  });

  it('is over when it is rejected or withdrawn', async () => {
    const first = await asked();
    await rejectPromotion(fixture.as('approver'), { ...first, comment: 'No.' });
    expect((await waiting(first.promotionId))?.openKey).toBeNull();
    const second = await asked();
    await withdrawPromotion(fixture.as('engineer'), { promotionId: second.promotionId });
    expect((await waiting(second.promotionId))?.openKey).toBeNull();
  });
});

describe('a person who aborts', () => {
  it('is named with the reason in the notice, written in the same transaction', async () => {
    await fixture.live();
    const { promotionId } = await fixture.request(fixture.stagingServiceId);
    const rolloutId = await fixture.startRollout(promotionId);
    await abortRollout(fixture.as('operator'), { rolloutId, reason: 'Wrong model.' });
    const [row] = await test.db.select().from(notice).where(eq(notice.objectId, rolloutId));
    const seen = await getNotice(fixture.as('viewer'), { noticeId: row?.id ?? '' });
    expect(seen.sentence).toMatch(/^Olga stopped revision 2 of scoring in staging at 5 % \("Wrong model"\);/);
    expect((await refusalOf(abortRollout(fixture.as('operator'), { rolloutId }))).code).toBe('wrongState');
    expect(await test.db.select().from(notice).where(eq(notice.objectId, rolloutId))).toHaveLength(1);
  });
});
