import { eq } from 'drizzle-orm';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { membership } from '../../db/schema/identity.ts';
import { guardedAction, promotion } from '../../db/schema/promotions.ts';
import { service } from '../../db/schema/services.ts';
import { type TestDatabase, testDatabase } from '../../db/test-database.ts';
import { settlePromotions } from '../promotion-settle.ts';
import { exampleDigest, exampleSpec, ProjectFixture, refusalOf, twoApprovers } from '../test-fixture.ts';
import { approvePromotion, rejectPromotion } from './decide.ts';
import { getPromotion } from './get.ts';
import { listPromotions } from './list.ts';
import { previewPromotion } from './preview.ts';
import { requestPromotion } from './request.ts';
import { renewPromotion, withdrawPromotion } from './withdraw-renew.ts';

let test: TestDatabase;
let fixture: ProjectFixture;

beforeAll(async () => {
  test = await testDatabase();
});
beforeEach(async () => {
  fixture = await ProjectFixture.create(test.db);
});
afterAll(() => test.drop());

const stored = async (promotionId: string) =>
  (await test.db.select().from(promotion).where(eq(promotion.id, promotionId)))[0];

describe('asking for a promotion', () => {
  it('makes the next revision, stays open until it is signed, and is in the audit', async () => {
    const asked = await fixture.request();
    expect(asked).toMatchObject({ state: 'open', revisionNumber: 1 });
    const page = await getPromotion(fixture.as('viewer'), { promotionId: asked.promotionId });
    expect(page.blockers.map((entry) => entry.code)).toEqual(['approvalsMissing']);
    expect(page.progress.canStillSign.map((member) => member.name)).toEqual(['Anna', 'Ben']);
    expect(page.subjectDigest).toBe(asked.subjectDigest);
    expect(page.change.fields.every((field) => field.change === 'NEW')).toBe(true);
    expect((await fixture.auditOf(asked.promotionId)).map((entry) => entry.action)).toEqual([
      'promotions.request',
    ]);
  });

  it('is approved at once where the policy asks nobody, and wakes the service', async () => {
    const before = await test.db.select().from(service).where(eq(service.id, fixture.stagingServiceId));
    const asked = await fixture.request(fixture.stagingServiceId);
    const after = await test.db.select().from(service).where(eq(service.id, fixture.stagingServiceId));
    expect(asked.state).toBe('approved');
    expect(after[0]?.generation).toBe((before[0]?.generation ?? 0) + 1);
  });

  it('is refused without an artefact digest, and leaves no revision behind', async () => {
    const { modelVersionId } = await fixture.version({ digest: null });
    const refused = await refusalOf(
      requestPromotion(fixture.as('engineer'), { serviceId: fixture.serviceId, modelVersionId }),
    );
    expect(refused.code).toBe('digestMissing');
    const rows = await test.db.select().from(service).where(eq(service.id, fixture.serviceId));
    expect(rows[0]?.nextRevisionNumber).toBe(1);
  });

  it('is refused when no image is pinned by digest', async () => {
    const { modelVersionId } = await fixture.version({ image: null });
    const spec = structuredClone(exampleSpec);
    for (const container of spec.podTemplate.spec.containers)
      container.image = 'registry.example/server:latest';
    const asked = { serviceId: fixture.serviceId, modelVersionId, spec };
    expect((await refusalOf(requestPromotion(fixture.as('engineer'), asked))).code).toBe('digestMissing');
  });

  it('is refused for what is live already, and for what is asked for already', async () => {
    const { modelVersionId } = await fixture.live();
    const live = { serviceId: fixture.stagingServiceId, modelVersionId };
    expect((await refusalOf(requestPromotion(fixture.as('engineer'), live))).code).toBe('alreadyLive');
    const open = await fixture.request();
    const same = { serviceId: fixture.serviceId, modelVersionId: open.modelVersionId };
    expect(await refusalOf(requestPromotion(fixture.as('engineer'), same))).toMatchObject({
      code: 'conflict',
      params: { promotionId: open.promotionId },
    });
  });

  it('sends one request for a double click', async () => {
    const { modelVersionId } = await fixture.version();
    const send = () =>
      requestPromotion(fixture.as('engineer', 'once'), { serviceId: fixture.serviceId, modelVersionId });
    const [left, right] = await Promise.all([send(), send()]);
    expect(left).toEqual(right);
  });

  it('gives requests that are sent at the same time different revisions', async () => {
    const versions = await Promise.all([fixture.version(), fixture.version(), fixture.version()]);
    const asked = await Promise.all(
      versions.map(({ modelVersionId }) =>
        requestPromotion(fixture.as('engineer'), { serviceId: fixture.serviceId, modelVersionId }),
      ),
    );
    expect(asked.map((result) => result.revisionNumber).sort((left, right) => left - right)).toEqual([
      1, 2, 3,
    ]);
  });

  it('is refused when nobody is left who could sign', async () => {
    // Ben registers and asks, so Anna alone could sign, but the policy wants two.
    const { modelVersionId } = await fixture.version({ by: fixture.as('secondApprover') });
    const asked = { serviceId: fixture.serviceId, modelVersionId };
    const refused = await refusalOf(requestPromotion(fixture.as('secondApprover'), asked));
    expect(refused).toMatchObject({ code: 'policyUnsatisfiable' });
  });

  it('asks for the evidence that the policy wants, and refuses a failed one', async () => {
    await fixture.revise({ ...twoApprovers, requiresPassingEvidence: true });
    const { modelVersionId } = await fixture.version();
    const asked = { serviceId: fixture.serviceId, modelVersionId };
    expect((await refusalOf(requestPromotion(fixture.as('engineer'), asked))).code).toBe('evidenceMissing');
    await fixture.evidence(modelVersionId, 0.1);
    expect((await refusalOf(requestPromotion(fixture.as('engineer'), asked))).code).toBe('evidenceFailed');
    await fixture.evidence(modelVersionId, 0.95);
    expect((await requestPromotion(fixture.as('engineer'), asked)).state).toBe('open');
  });

  it('is refused to a viewer, and another project does not find the service', async () => {
    const { modelVersionId } = await fixture.version();
    const asked = { serviceId: fixture.serviceId, modelVersionId };
    expect((await refusalOf(requestPromotion(fixture.as('viewer'), asked))).code).toBe('forbidden');
    const other = await ProjectFixture.create(test.db);
    expect((await refusalOf(requestPromotion(other.as('engineer'), asked))).code).toBe('notFound');
    const foreignVersion = { serviceId: other.serviceId, modelVersionId };
    expect((await refusalOf(requestPromotion(other.as('engineer'), foreignVersion))).code).toBe('notFound');
  });

  it('refuses a plan whose weights do not rise, in a sentence', async () => {
    const { modelVersionId } = await fixture.version();
    const step = { minimumMs: 0, deadlineMs: 60_000, minimumSamples: 0 };
    const plan = {
      schema: 1 as const,
      steps: [
        { ...step, weightPercent: 50 },
        { ...step, weightPercent: 20 },
      ],
      checks: [],
      alpha: 0.05,
      intervalMs: 60_000,
      onDeadline: 'hold' as const,
      progressDeadlineMs: 60_000,
      scaleDownDelayMs: 0,
    };
    const refused = await refusalOf(
      requestPromotion(fixture.as('engineer'), { serviceId: fixture.serviceId, modelVersionId, plan }),
    );
    expect(refused.message).toContain('every step must send more than the one before');
  });
});

describe('signing', () => {
  it('approves with the last signature that the policy asks for and wakes the service', async () => {
    const { promotionId, subjectDigest } = await fixture.request();
    const sign = { promotionId, subjectDigest, comment: 'fine' };
    expect(await approvePromotion(fixture.as('approver'), sign)).toMatchObject({ state: 'open' });
    expect(await approvePromotion(fixture.as('secondApprover'), sign)).toMatchObject({ state: 'approved' });
    const rows = await test.db.select().from(service).where(eq(service.id, fixture.serviceId));
    expect(rows[0]?.nextReconcileAt).not.toBeNull();
    expect((await fixture.auditOf(promotionId)).map((entry) => entry.sentence)).toEqual([
      expect.stringContaining('asked for'),
      expect.stringContaining('approved'),
      expect.stringContaining('it was the last signature'),
    ]);
  });

  it('counts two approvers who sign at the same time', async () => {
    const { promotionId, subjectDigest } = await fixture.request();
    const states = await Promise.all(
      (['approver', 'secondApprover'] as const).map((who) =>
        approvePromotion(fixture.as(who), { promotionId, subjectDigest }),
      ),
    );
    expect(states.map((result) => result.state).sort()).toEqual(['approved', 'open']);
    expect((await stored(promotionId))?.state).toBe('approved');
  });

  it('takes one signature of a person, however often they click', async () => {
    const { promotionId, subjectDigest } = await fixture.request();
    const click = (key: string | null) =>
      approvePromotion(fixture.as('approver', key), { promotionId, subjectDigest });
    const [left, right] = await Promise.all([click('a'), click('a')]);
    expect(left).toEqual(right);
    expect((await refusalOf(click(null))).code).toBe('alreadyDecided');
  });

  it('is never done by a token', async () => {
    const { promotionId, subjectDigest } = await fixture.request();
    const token = await fixture.tokenOf('approver');
    const refused = await refusalOf(approvePromotion(fixture.as(token), { promotionId, subjectDigest }));
    expect(refused.code).toBe('forbidden');
    expect(refused.message).toContain('token never can');
  });

  it('is refused to who asked, also when their token asked', async () => {
    await fixture.revise({
      ...twoApprovers,
      rules: [{ id: 'approvers', roles: ['approver'], minimum: 1 }],
      minimumDistinctPeople: 1,
    });
    const token = await fixture.tokenOf('secondApprover');
    const { modelVersionId } = await fixture.version();
    const asked = await requestPromotion(fixture.as(token), { serviceId: fixture.serviceId, modelVersionId });
    const refused = await refusalOf(approvePromotion(fixture.as('secondApprover'), asked));
    expect(refused.code).toBe('ownRequest');
  });

  it('is refused to who registered the version by a token of theirs', async () => {
    const token = await fixture.tokenOf('secondApprover');
    const { modelVersionId } = await fixture.version({ by: fixture.as(token) });
    await fixture.revise({
      ...twoApprovers,
      rules: [{ id: 'approvers', roles: ['approver'], minimum: 1 }],
      minimumDistinctPeople: 1,
    });
    const asked = await requestPromotion(fixture.as('engineer'), {
      serviceId: fixture.serviceId,
      modelVersionId,
    });
    expect((await refusalOf(approvePromotion(fixture.as('secondApprover'), asked))).code).toBe('ownRequest');
  });

  it('is refused to viewers and engineers, and other projects do not find the request', async () => {
    const asked = await fixture.request();
    expect((await refusalOf(approvePromotion(fixture.as('viewer'), asked))).code).toBe('forbidden');
    expect((await refusalOf(approvePromotion(fixture.as('engineer'), asked))).code).toBe('forbidden');
    const other = await ProjectFixture.create(test.db);
    expect((await refusalOf(approvePromotion(other.as('approver'), asked))).code).toBe('notFound');
    const read = getPromotion(other.as('approver'), { promotionId: asked.promotionId });
    expect((await refusalOf(read)).code).toBe('notFound');
  });

  it('counts only for what the person saw', async () => {
    const { promotionId } = await fixture.request();
    const other = { promotionId, subjectDigest: exampleDigest(77) };
    expect((await refusalOf(approvePromotion(fixture.as('approver'), other))).code).toBe('subjectChanged');
  });

  it('does not count any more once the signer has lost the role', async () => {
    const { promotionId, subjectDigest } = await fixture.request();
    await approvePromotion(fixture.as('approver'), { promotionId, subjectDigest });
    await test.db
      .update(membership)
      .set({ roles: ['viewer'] })
      .where(eq(membership.userId, fixture.people.approver.id));
    const second = await approvePromotion(fixture.as('secondApprover'), { promotionId, subjectDigest });
    expect(second.state).toBe('open');
    const page = await getPromotion(fixture.as('viewer'), { promotionId });
    expect(page.signatures.map((entry) => entry.counts)).toEqual([false, true]);
  });

  it('ends with a rejection, which needs its reason', async () => {
    const { promotionId, subjectDigest } = await fixture.request();
    const mute = rejectPromotion(fixture.as('approver'), { promotionId, subjectDigest, comment: ' ' });
    expect((await refusalOf(mute)).code).toBe('invalidInput');
    const said = { promotionId, subjectDigest, comment: 'The data leaks.' };
    expect(await rejectPromotion(fixture.as('approver'), said)).toMatchObject({ state: 'rejected' });
    const late = approvePromotion(fixture.as('secondApprover'), { promotionId, subjectDigest });
    expect((await refusalOf(late)).code).toBe('wrongState');
    expect((await refusalOf(renewPromotion(fixture.as('engineer'), { promotionId }))).code).toBe(
      'wrongState',
    );
  });
});

describe('a request whose subject changes', () => {
  it('dies visibly when the policy is revised, and can be renewed under the new one', async () => {
    const { promotionId, subjectDigest, revisionId } = await fixture.request();
    await approvePromotion(fixture.as('approver'), { promotionId, subjectDigest });
    const revised = await fixture.revise({ ...twoApprovers, expiresAfterMs: 86_400_000 });
    expect(revised.voidedPromotionIds).toEqual([promotionId]);
    expect((await stored(promotionId))?.state).toBe('voided');
    const page = await getPromotion(fixture.as('viewer'), { promotionId });
    expect([page.state, page.voidReason?.code]).toEqual(['voided', 'policyChanged']);
    expect(page.subjectParts.filter((part) => part.changed).map((part) => part.part)).toEqual([
      'policyRevisionId',
    ]);
    expect((await fixture.auditOf(promotionId)).at(-1)?.action).toBe('policies.revise');
    const renewed = await renewPromotion(fixture.as('engineer'), { promotionId });
    expect(renewed).toMatchObject({ state: 'open', revisionId });
    const fresh = await getPromotion(fixture.as('viewer'), { promotionId: renewed.promotionId });
    expect(fresh.signatures).toEqual([]);
  });

  it('dies when the environment follows another policy', async () => {
    const { promotionId } = await fixture.request();
    const { voidedPromotionIds } = await fixture.follow(fixture.productionId, fixture.openPolicyId);
    expect(voidedPromotionIds).toEqual([promotionId]);
  });

  it('dies when another revision becomes live meanwhile, and cannot be signed', async () => {
    const waiting = await fixture.request();
    const first = await fixture.request();
    await fixture.finishRollout(await fixture.startRollout(first.promotionId));
    const page = await getPromotion(fixture.as('viewer'), { promotionId: waiting.promotionId });
    expect([page.state, page.voidReason?.code]).toEqual(['voided', 'subjectChanged']);
    expect(page.voidReason?.message).toContain('the revision that is live');
    const refused = await refusalOf(approvePromotion(fixture.as('approver'), waiting));
    expect(refused.code).toBe('subjectChanged');
  });

  it('expires when nobody decides in time', async () => {
    const asked = await fixture.request();
    const row = await stored(asked.promotionId);
    await test.db
      .update(guardedAction)
      .set({ expiresAt: new Date(0) })
      .where(eq(guardedAction.id, row?.actionId ?? ''));
    const page = await getPromotion(fixture.as('viewer'), { promotionId: asked.promotionId });
    expect(page.state).toBe('expired');
    expect((await refusalOf(approvePromotion(fixture.as('approver'), asked))).code).toBe('wrongState');
    const renewed = await renewPromotion(fixture.as('engineer'), { promotionId: asked.promotionId });
    expect(renewed.state).toBe('open');
  });
});

describe('settling', () => {
  const settle = () =>
    settlePromotions(test.db, { serviceId: fixture.serviceId, now: new Date(), origin: 'live' });

  it('stores and audits once that a request has expired or is void, and leaves the others alone', async () => {
    const waiting = await fixture.request();
    const late = await fixture.request();
    expect(await settle()).toEqual([]);
    const row = await stored(late.promotionId);
    await test.db
      .update(guardedAction)
      .set({ expiresAt: new Date(0) })
      .where(eq(guardedAction.id, row?.actionId ?? ''));
    expect(await Promise.all([settle(), settle()])).toEqual(expect.arrayContaining([[late.promotionId], []]));
    expect((await stored(late.promotionId))?.state).toBe('expired');
    expect((await stored(waiting.promotionId))?.state).toBe('open');
    expect((await fixture.auditOf(late.promotionId)).map((entry) => entry.action)).toEqual([
      'promotions.request',
      'promotions.settle',
    ]);
    const next = await fixture.request();
    await fixture.finishRollout(await fixture.startRollout(next.promotionId));
    expect(await settle()).toEqual([waiting.promotionId]);
    const page = await getPromotion(fixture.as('viewer'), { promotionId: waiting.promotionId });
    expect([page.state, page.voidReason?.code]).toEqual(['voided', 'subjectChanged']);
  });
});

describe('withdrawing', () => {
  it('ends an open request and is refused once its rollout has started', async () => {
    const open = await fixture.request();
    expect(await withdrawPromotion(fixture.as('engineer'), { promotionId: open.promotionId })).toMatchObject({
      state: 'withdrawn',
    });
    const { promotionId } = await fixture.request(fixture.stagingServiceId);
    await fixture.startRollout(promotionId);
    expect((await refusalOf(withdrawPromotion(fixture.as('engineer'), { promotionId }))).code).toBe(
      'wrongState',
    );
  });
});

describe('the preview', () => {
  it('names the fields that change, the replicas and GPUs, and why it may not be sent', async () => {
    await fixture.live();
    const { modelVersionId } = await fixture.version({ digest: null });
    const preview = await previewPromotion(fixture.as('engineer'), {
      serviceId: fixture.stagingServiceId,
      modelVersionId,
    });
    expect(preview.change.fields.map((field) => [field.field, field.change])).toEqual([
      ['artefactDigest', 'REMOVED'],
      ['pod.spec.containers[server].env[MODEL_ARTEFACT_DIGEST].value', 'REMOVED'],
      ['version', 'CHANGED'],
    ]);
    expect(preview.change.replicas).toEqual({ before: 2, after: 2, during: 4 });
    expect(preview.change.gpus).toEqual({ before: 2, after: 2, during: 4 });
    expect(preview.change.yaml.before).toContain('scoring-r1');
    expect(preview.change.yaml.after).toContain('scoring-r2');
    expect(preview.refusals.map((entry) => entry.code)).toEqual(['digestMissing']);
    expect(preview.change.forecast.impossible).toBe('noTraffic');
  });

  it('says that a first revision has guard rails only, and what a new spec of the live version changes', async () => {
    const { modelVersionId } = await fixture.version();
    const first = await previewPromotion(fixture.as('engineer'), {
      serviceId: fixture.serviceId,
      modelVersionId,
    });
    expect(first.change.forecast.impossible).toBe('firstRevision');
    await fixture.live();
    const spec = structuredClone(exampleSpec);
    for (const container of spec.podTemplate.spec.containers) container.args = ['--fast'];
    const changed = await previewPromotion(fixture.as('engineer'), {
      serviceId: fixture.stagingServiceId,
      spec,
    });
    expect(changed.change.fields).toEqual([
      { field: 'pod.spec.containers[server].args[0]', change: 'NEW', after: '--fast' },
    ]);
    expect(changed.refusals).toEqual([]);
  });

  it('names the rollout that it would wait for', async () => {
    const { promotionId } = await fixture.request(fixture.stagingServiceId);
    const rolloutId = await fixture.startRollout(promotionId);
    const { modelVersionId } = await fixture.version();
    const preview = await previewPromotion(fixture.as('engineer'), {
      serviceId: fixture.stagingServiceId,
      modelVersionId,
    });
    expect(preview.blockers).toEqual([
      expect.objectContaining({ code: 'rolloutActive', params: { rolloutId } }),
    ]);
  });
});

describe('the inbox', () => {
  it('holds what waits for the caller and loses it with their signature', async () => {
    const { projectId } = fixture;
    const asked = await fixture.request();
    const inbox = async (who: 'approver' | 'engineer') =>
      await listPromotions(fixture.as(who), { projectId, filter: 'waitsForMe' });
    expect((await inbox('approver')).rows.map((row) => row.id)).toEqual([asked.promotionId]);
    expect((await inbox('engineer')).total).toBe(0);
    await approvePromotion(fixture.as('approver'), asked);
    expect((await inbox('approver')).total).toBe(0);
    const all = await listPromotions(fixture.as('viewer'), { projectId, filter: 'open', search: 'scor' });
    expect(all.rows.map((row) => [row.id, row.signaturesMissing])).toEqual([[asked.promotionId, 1]]);
  });
});
