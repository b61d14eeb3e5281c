import { eq, isNull } from 'drizzle-orm';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { transaction } from '../db/client.ts';
import { budget, budgetMovement } from '../db/schema/budgets.ts';
import { driftAlert } from '../db/schema/drift.ts';
import { notice } from '../db/schema/notices.ts';
import { retrainHold, retrainRequest } from '../db/schema/retrains.ts';
import { sandboxObject } from '../db/schema/sandbox.ts';
import { type TestDatabase, testDatabase } from '../db/test-database.ts';
import { usualSettings } from '../domain/budget/budget-schema.ts';
import type { RetrainSettings } from '../domain/retrain/settings.ts';
import { ensureSandbox } from './cluster/sandbox/world-store.ts';
import { createSandboxCluster } from './cluster/sandbox.ts';
import { markDriftAlert } from './drift-alerts/mark.ts';
import { newId } from './id.ts';
import { followRetrains } from './jobs/retrains/follow-due.ts';
import { registerVersion } from './models/register.ts';
import { getOverview } from './overview/get.ts';
import { keepRetrains } from './reconciler/keep-retrains.ts';
import { takeLease } from './reconciler/lease.ts';
import { Stopped } from './reconciler/reconciler-fixture.ts';
import { createTemplate, removeTemplate } from './retrain-templates/commands.ts';
import { closeRetrain, configureRetraining, openRetrainRequest } from './retrains/commands.ts';
import { approveRetrain, rejectRetrain } from './retrains/decide.ts';
import { getRetrain, listRetrains } from './retrains/queries.ts';
import { ProjectFixture, refusalOf, twoApprovers } from './test-fixture.ts';

const begin = new Date('2026-11-23T08:00:00Z');
const minute = 60_000;

const jobYaml = (gpus: number, annotations = '') => `
apiVersion: batch/v1
kind: Job
metadata:
  annotations: { team: fraud${annotations} }
spec:
  activeDeadlineSeconds: 36000
  template:
    spec:
      containers:
        - name: train
          image: registry.example/train:4
          args: ["--out", "{{retrainId}}"]
          env: [{ name: MODEL, value: "{{model}} {{modelVersion}} for {{service}}" }]
          ${gpus === 0 ? '' : `resources: { limits: { nvidia.com/gpu: ${gpus} } }`}
`;

let test: TestDatabase;
let fixture: ProjectFixture;
let nowMs: number;
const now = () => new Date(nowMs);
beforeAll(async () => {
  test = await testDatabase();
});
beforeEach(async () => {
  nowMs = begin.getTime();
  fixture = await ProjectFixture.create(test.db);
  fixture.clock = async () => now();
  await fixture.live(fixture.serviceId);
});
afterAll(() => test.drop());

const instanceAdmin = () => fixture.as({ ...fixture.people.admin, instanceRoles: ['admin'] });

async function template(gpus = 0, annotations = '') {
  return await createTemplate(instanceAdmin(), {
    clusterId: fixture.clusterId,
    name: `train-${newId()}`,
    yaml: jobYaml(gpus, annotations),
  });
}

async function choose(settings: Partial<RetrainSettings>) {
  await configureRetraining(fixture.as('operator'), { serviceId: fixture.serviceId, settings });
}

async function openAlert(): Promise<string> {
  await test.db.update(driftAlert).set({ clearedAt: now() }).where(isNull(driftAlert.clearedAt));
  const id = newId();
  const ms = { driftedMs: nowMs - 3_600_000, openedMs: nowMs, clearedMs: null };
  const feature = { featureId: newId(), name: 'amount', test: 'distribution', effect: 0.31, limit: 0.1 };
  await test.db.insert(driftAlert).values({
    id,
    projectId: fixture.projectId,
    serviceId: fixture.serviceId,
    kind: 'drift',
    state: 'open',
    facts: {
      schema: 1,
      of: 'features',
      windowLength: 'hour',
      features: [{ ...feature, ...ms, severe: true }],
    },
    fromAt: new Date(nowMs - 7_200_000),
    openedAt: now(),
    stateAt: now(),
  });
  return id;
}

async function callReal(by: 'engineer' | 'secondApprover' = 'engineer') {
  const alertId = await openAlert();
  const { retrainId } = await markDriftAlert(fixture.as(by), { alertId, mark: { kind: 'real' } });
  return { alertId, requestId: retrainId ?? '' };
}

const get = (requestId: string, as: 'viewer' | 'approver' = 'viewer') =>
  getRetrain(fixture.as(as), { requestId });

async function sign(requestId: string, by: 'approver' | 'secondApprover') {
  const subjectDigest = (await get(requestId)).signing?.subjectDigest ?? '';
  return await approveRetrain(fixture.as(by), { requestId, subjectDigest });
}

type Stop = (what: string) => void;

/** What the holder of the cluster's lease does every ten seconds. */
async function work(onWrite: Stop = () => undefined) {
  const { clusterId } = fixture;
  const clock = async () => now();
  const lease = await takeLease(test.db, { clusterId, holder: 'worker', leaseMs: 60_000 });
  if (lease === null) throw new Error('The lease is taken.');
  await transaction(test.db, (tx) => ensureSandbox(tx, { clusterId }));
  const cluster = createSandboxCluster({ db: test.db, clusterId, clock });
  await keepRetrains({ db: test.db, cluster, lease, clock, origin: 'live', onWrite });
}

const jobs = async () =>
  (await test.db.select().from(sandboxObject).where(eq(sandboxObject.clusterId, fixture.clusterId))).filter(
    ({ kind }) => kind === 'work',
  );

async function openNotices() {
  const rows = await test.db.select().from(notice).where(eq(notice.projectId, fixture.projectId));
  return rows
    .filter(({ kind }) => kind.startsWith('retrain'))
    .map(({ kind, endedAt }) => [kind, endedAt !== null]);
}

describe('a real alert', () => {
  it('leads to nothing until somebody has chosen what, which an operator may and an engineer may not', async () => {
    const { alertId, requestId } = await callReal();
    expect(requestId).toBe('');
    const refused = await refusalOf(openRetrainRequest(fixture.as('engineer'), { alertId }));
    expect(refused.message).toBe('Retraining of this service is off.');
    const { serviceId } = fixture;
    const settings = { policy: 'notify' } as const;
    expect((await refusalOf(configureRetraining(fixture.as('engineer'), { serviceId, settings }))).code).toBe(
      'forbidden',
    );
    expect((await refusalOf(configureRetraining(fixture.as('stranger'), { serviceId, settings }))).code).toBe(
      'notFound',
    );
    const unusable = configureRetraining(fixture.as('operator'), { serviceId, settings: { policy: 'auto' } });
    expect((await refusalOf(unusable)).params).toEqual({ field: 'action' });
  });

  it('tells people, once a service, and again only after the rest', async () => {
    await choose({ policy: 'notify', cooldownHours: 2 });
    const { requestId, alertId } = await callReal();
    const shown = await get(requestId);
    expect(shown).toMatchObject({ state: 'told', policy: 'notify', signing: null, work: null });
    expect(shown.payload).toMatchObject({
      model: 'fraud-detector',
      alertId,
      alert: 'amount drifted: its distribution moved by PSI 0.31.',
      features: [{ name: 'amount', effect: 0.31 }],
    });
    expect(await openNotices()).toEqual([['retrainRequest', false]]);
    expect((await callReal()).requestId).toBe('');
    await closeRetrain(fixture.as('engineer'), { requestId, reason: 'trained by hand' });
    expect(await openNotices()).toEqual([['retrainRequest', true]]);
    await followRetrains(test.db, { now: new Date(nowMs + 119 * minute) });
    expect(
      (await listRetrains(fixture.as('viewer'), { serviceId: fixture.serviceId })).requests,
    ).toHaveLength(1);
    await followRetrains(test.db, { now: new Date(nowMs + 121 * minute) });
    await followRetrains(test.db, { now: new Date(nowMs + 122 * minute) });
    const { requests } = await listRetrains(fixture.as('viewer'), { serviceId: fixture.serviceId });
    expect(requests.map(({ state, openedBy }) => [state, openedBy.name])).toEqual([
      ['told', 'Fairlead'],
      ['closed', 'Egon'],
    ]);
    expect((await fixture.auditOf(requestId)).map(({ action }) => action)).toEqual([
      'retrains.open',
      'retrains.close',
    ]);
  });
});

describe('a retraining that signers decide about', () => {
  it('stands in the inbox, needs the signatures of the policy from others than who asked, and then runs', async () => {
    const { templateId } = await template();
    await choose({ policy: 'approve', action: { kind: 'template', templateId } });
    const { requestId } = await callReal('secondApprover');
    const { projectId } = fixture;
    const inbox = async (who: 'approver' | 'secondApprover') =>
      (await getOverview(fixture.as(who), { projectId })).retrainsForMe.map((row) => row.requestId);
    expect([await inbox('approver'), await inbox('secondApprover')]).toEqual([[requestId], []]);
    expect((await refusalOf(sign(requestId, 'secondApprover'))).code).toBe('ownRequest');
    await work();
    expect(await jobs()).toEqual([]);
    expect((await sign(requestId, 'approver')).state).toBe('asked');
    expect((await refusalOf(sign(requestId, 'approver'))).code).toBe('alreadyDecided');
    const subjectDigest = (await get(requestId)).signing?.subjectDigest ?? '';
    const token = await fixture.tokenOf('approver');
    expect((await refusalOf(approveRetrain(fixture.as(token), { requestId, subjectDigest }))).code).toBe(
      'forbidden',
    );
  });

  it('starts after the last signature, is followed to its end, and closes with the version that came of it', async () => {
    const { templateId } = await template();
    await choose({ policy: 'approve', action: { kind: 'template', templateId } });
    const { requestId } = await callReal();
    await sign(requestId, 'approver');
    expect((await sign(requestId, 'secondApprover')).state).toBe('approved');
    await work();
    expect((await jobs()).map(({ name }) => name)).toEqual([
      `retrain-scoring-${requestId.replaceAll('-', '').slice(-12)}`,
    ]);
    expect(await get(requestId)).toMatchObject({ state: 'running', work: { kind: 'Job', phase: 'waiting' } });
    nowMs += 10_000;
    await work();
    expect((await get(requestId)).work?.phase).toBe('running');
    nowMs += 60_000;
    await work();
    expect(await get(requestId)).toMatchObject({ state: 'done', newVersion: null });
    const register = (model: string) =>
      registerVersion(fixture.as('engineer'), {
        projectId: fixture.projectId,
        modelName: model,
        sourceUri: `s3://models/${newId()}`,
        retrainId: requestId,
      });
    expect((await refusalOf(register('another-model'))).params).toEqual({ field: 'retrainId' });
    const { number } = await register('fraud-detector');
    const shown = await get(requestId);
    expect(shown).toMatchObject({ state: 'replaced', newVersion: { number, reference: null } });
    expect((await fixture.auditOf(requestId)).map(({ action }) => action)).toEqual([
      'retrains.open',
      'retrains.approve',
      'retrains.approve',
      'retrains.start',
      'retrains.follow',
      'retrains.close',
    ]);
  });

  it('starts nothing that was signed under a policy that is another one now, or that was closed meanwhile', async () => {
    const { templateId } = await template();
    await choose({ policy: 'approve', action: { kind: 'template', templateId }, cooldownHours: 0 });
    const { requestId, alertId } = await callReal();
    await sign(requestId, 'approver');
    await sign(requestId, 'secondApprover');
    await fixture.revise({ ...twoApprovers, expiresAfterMs: 3_600_000 });
    await work();
    expect([await jobs(), (await get(requestId)).state]).toEqual([[], 'voided']);
    await followRetrains(test.db, { now: now() });
    await choose({ policy: 'auto', action: { kind: 'template', templateId } });
    const again = await openRetrainRequest(fixture.as('engineer'), { alertId });
    await closeRetrain(fixture.as('engineer'), { requestId: again.requestId, reason: 'not now' });
    await work();
    expect(await jobs()).toEqual([]);
  });

  it('is void once its template is gone, and ends with a rejection', async () => {
    const { templateId } = await template();
    await choose({ policy: 'approve', action: { kind: 'template', templateId } });
    const { requestId } = await callReal();
    const subjectDigest = (await get(requestId)).signing?.subjectDigest ?? '';
    await removeTemplate(instanceAdmin(), { templateId });
    expect((await refusalOf(sign(requestId, 'approver'))).message).toContain('this request is void');
    await followRetrains(test.db, { now: now() });
    expect(await get(requestId)).toMatchObject({ state: 'voided', closedAt: now() });
    const other = await template();
    await choose({ policy: 'approve', action: { kind: 'template', templateId: other.templateId } });
    const { alertId } = (await get(requestId)).payload;
    const again = await openRetrainRequest(fixture.as('engineer'), { alertId });
    const rejected = rejectRetrain(fixture.as('approver'), {
      requestId: again.requestId,
      subjectDigest,
      comment: 'not now',
    });
    expect((await refusalOf(rejected)).code).toBe('subjectChanged');
  });
});

describe('a retraining that starts by itself', () => {
  it('makes one object, whichever of its writes the worker is killed after', async () => {
    const { templateId } = await template();
    await choose({ policy: 'auto', action: { kind: 'template', templateId } });
    const { requestId } = await callReal();
    for (const stopAt of ['training held', 'training applied', 'training started'])
      await work((what) => {
        if (what === stopAt) throw new Stopped(what);
      });
    expect(await get(requestId)).toMatchObject({ state: 'running' });
    expect(await jobs()).toHaveLength(1);
  });

  it('that fails says so, is told, and may be opened again by hand before the rest is over', async () => {
    const { templateId } = await template(0, ", sandbox.fairlead.dev/fails: 'true'");
    await choose({ policy: 'auto', action: { kind: 'template', templateId } });
    const { requestId, alertId } = await callReal();
    await work();
    nowMs += 61_000;
    await work();
    const shown = await get(requestId);
    expect(shown).toMatchObject({ state: 'failed', outcome: { message: /BackoffLimitExceeded/ as never } });
    expect(await openNotices()).toEqual([
      ['retrainRequest', true],
      ['retrainFailed', false],
    ]);
    await followRetrains(test.db, { now: now() });
    const again = await openRetrainRequest(fixture.as('engineer'), { alertId });
    expect(again.state).toBe('approved');
  });

  it('waits with the numbers while a budget is too small, and holds what it may take until its end', async () => {
    const { templateId } = await template(2);
    await choose({ policy: 'auto', action: { kind: 'template', templateId } });
    const budgetId = newId();
    const { projectId } = fixture;
    const by = { createdAt: now(), createdBy: fixture.people.admin.id };
    const scope = { projectId, environmentId: null, modelId: null, gpuProduct: null };
    await test.db.insert(budget).values({
      id: budgetId,
      projectId,
      name: 'Training',
      scope,
      unit: 'gpuHours',
      level: 3,
      period: { kind: 'calendar', every: 'month', timeZone: 'UTC', rolloverCapPercent: 0 },
      settings: usualSettings,
      ...by,
    });
    const base = async (gpuHours: number) => {
      const amount = String(BigInt(gpuHours) * 3_600_000n);
      await test.db
        .insert(budgetMovement)
        .values({ id: newId(), budgetId, kind: 'base', amount, fromAt: new Date(0), ...by });
    };
    await base(12);
    const { requestId } = await callReal();
    await work();
    expect(await get(requestId)).toMatchObject({
      state: 'approved',
      outcome: {
        code: 'budgetExceeded',
        message:
          'Budget "Training" has only 12.0 GPU-hours left: 12.0 GPU-hours, 0.0 GPU-hours spent, 0.0 GPU-hours held, 20.0 GPU-hours wanted.',
      },
    });
    expect(await jobs()).toEqual([]);
    await base(18);
    nowMs += minute;
    await work();
    expect(await get(requestId)).toMatchObject({ state: 'running', outcome: null });
    const held = async () =>
      (await test.db.select().from(retrainHold).where(eq(retrainHold.requestId, requestId)))[0];
    expect(await held()).toMatchObject({ wanted: '72000000', endedAt: null });
    nowMs += minute;
    await work();
    expect(await held()).toMatchObject({ held: '71880000', endedAt: now() });
    expect(
      (await test.db.select().from(retrainRequest).where(eq(retrainRequest.id, requestId)))[0]?.state,
    ).toBe('done');
  });
});

describe('a template', () => {
  it('is refused with a sentence when it could not be counted, named or filled in safely', async () => {
    const create = (yaml: string) =>
      refusalOf(createTemplate(instanceAdmin(), { clusterId: fixture.clusterId, name: newId(), yaml }));
    const message = async (yaml: string) => (await create(yaml)).message;
    expect(await message(jobYaml(0).replace('activeDeadlineSeconds: 36000', 'backoffLimit: 1'))).toContain(
      'spec.activeDeadlineSeconds says how long the Job may run',
    );
    expect(await message(jobYaml(0).replace('{{model}}', '{{modle}}'))).toContain('no placeholder {{modle}}');
    expect(await message(jobYaml(0).replace('"{{retrainId}}"', '"train {{model}}"'))).toContain(
      'a placeholder stands alone',
    );
    expect(await message(jobYaml(0).replace('metadata:', 'metadata:\n  name: mine'))).toContain(
      'Leave name and namespace out',
    );
    const workflow = 'apiVersion: argoproj.io/v1alpha1\nkind: Workflow\nspec: { entrypoint: train }';
    expect(await message(workflow)).toContain('fairlead.dev/gpus');
    const other = { clusterId: fixture.clusterId, name: 'mine', yaml: jobYaml(0) };
    expect((await refusalOf(createTemplate(fixture.as('admin'), other))).code).toBe('forbidden');
  });
});
