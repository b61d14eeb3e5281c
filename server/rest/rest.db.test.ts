import { Validator } from '@seriousme/openapi-schema-validator';
import { eq } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { apiToken, principal } from '../../db/schema/identity.ts';
import { modelVersion } from '../../db/schema/models.ts';
import { approval } from '../../db/schema/promotions.ts';
import { rolloutRecord } from '../../db/schema/rollouts.ts';
import type { RolloutRecord } from '../../domain/rollout-record.ts';
import { digestOf } from '../digest.ts';
import { newId } from '../id.ts';
import { approvePromotion } from '../promotions/decide.ts';
import { secretHash } from '../secret.ts';
import { exampleDigest, ProjectFixture } from '../test-fixture.ts';
import { costObjects } from './cost-fixture.ts';
import { type Call, type JsonObject, RestFixture } from './rest-fixture.ts';
import { retrainOf } from './retrain-fixture.ts';
import { restRoutes } from './routes.ts';

let api: RestFixture;
let fixture: ProjectFixture;
let other: ProjectFixture;

beforeAll(async () => {
  api = await RestFixture.open();
  fixture = api.project;
  other = await ProjectFixture.create(fixture.db);
});
afterAll(() => api.running.close());

const registration = {
  sourceUri: 's3://models/fraud-detector/7',
  servingImage: `registry.example/serve@${exampleDigest(3)}`,
  framework: 'xgboost',
  metrics: { auc: 0.91 },
  tags: { team: 'fraud' },
  lineage: { gitCommit: 'abcdef1', datasets: [{ name: 'train' }] },
};
const report = { schema: 1, name: 'holdout', metrics: [{ name: 'auc', value: 0.95, minimum: 0.9 }] };
const age = {
  name: 'age',
  place: 'input',
  kind: 'values',
  values: [['young', 30]],
  others: 0,
  nulls: 1,
  notFinite: 0,
  otherType: 0,
};
const trainingCounts = { schema: 1, rows: 31, columns: [age] };
const registerTo = (projectId: string, modelName = 'rest-model') => ({
  params: { projectId, modelName },
  body: registration,
});
const register = async (modelName = 'rest-model') => {
  const { body } = await api.call('registerModelVersion', registerTo(fixture.projectId, modelName));
  return String(body['modelVersionId']);
};
const errorOf = (body: JsonObject) => body['error'] as { code: string; message: string; fix?: string | null };

/** As if it had gone back and nothing could be read. */
async function recorded(of: ProjectFixture, rolloutId: string): Promise<void> {
  const missing = { kind: 'missing', why: 'Nothing was read.' } as const;
  const parts = { verdict: missing, requests: missing, series: missing, pods: missing, events: missing };
  const times = { weightOffAt: null, frozenAt: '2026-03-01T10:00:00.000Z' };
  const ids = { schema: 1, rolloutId, revisionNumber: 1 } as const;
  const record: RolloutRecord = { ...ids, ...times, ...parts, logs: missing, told: missing };
  const stored = {
    rolloutId,
    projectId: of.projectId,
    record,
    digest: digestOf(record),
    frozenAt: new Date(),
  };
  await of.db.insert(rolloutRecord).values(stored);
}

/** A right call of every operation against the objects of one project. */
async function rightCalls(of: ProjectFixture): Promise<Record<string, Call>> {
  const { modelVersionId } = await of.version();
  const { modelVersionId: bare } = await of.version({ digest: null });
  const { promotionId } = await of.request();
  const staged = await of.request(await of.service(`rest-${newId().slice(-8)}`, of.stagingId));
  const params = { rolloutId: await of.startRollout(staged.promotionId) };
  await recorded(of, params.rolloutId);
  const service = await of.service(`rest-${newId().slice(-8)}`, of.productionId);
  const { projectId } = of;
  const costs = await costObjects(of);
  const requestId = await retrainOf(of);
  return {
    listProjects: {},
    registerModelVersion: registerTo(of.projectId),
    getModelVersion: { params: { modelVersionId } },
    findModelVersion: { params: { projectId: of.projectId, modelName: 'fraud-detector', number: '1' } },
    listModelVersionFiles: { params: { modelVersionId } },
    setArtefactDigest: { params: { modelVersionId: bare }, body: { artefactDigest: exampleDigest(9) } },
    attachEvidence: { params: { modelVersionId }, body: report },
    listServices: { params: { projectId: of.projectId }, query: { search: 'scor', page: '1' } },
    getServiceObjectives: { params: { serviceId: service } },
    serviceMatrix: { params: { projectId: of.projectId }, query: { modelName: 'fraud-detector' } },
    requestPromotion: { params: { serviceId: service }, body: { modelVersionId, note: 'From CI.' } },
    getPromotion: { params: { promotionId } },
    getRollout: { params },
    getRolloutRecord: { params },
    pauseRollout: { params, body: { reason: 'Looks odd.' } },
    resumeRollout: { params },
    promoteRollout: { params },
    abortRollout: { params },
    listReferences: { params: { serviceId: service } },
    createReference: { params: { serviceId: service }, body: { name: 'May', counts: trainingCounts } },
    listRetrains: { params: { serviceId: service } },
    getRetrain: { params: { requestId } },
    closeRetrain: { params: { requestId }, body: { reason: 'Trained by hand.' } },
    listBudgets: { params: { projectId } },
    getBudget: { params: { budgetId: costs.budgetId } },
    readCosts: {
      params: { projectId },
      query: { from: '2026-03-01', to: '2026-04-01', groupBy: 'modelVersion' },
    },
    getUnitCosts: { params: { modelVersionId }, query: { days: '28' } },
    getRolloutUnitCosts: { params },
    listStatements: { params: { projectId } },
    getStatement: { params: { statementId: costs.statementId } },
    listPrices: { params: { projectId }, query: { filter: 'all' } },
    exportPrices: { params: { projectId } },
  };
}

describe('the document', () => {
  it('is valid OpenAPI 3.1 and has every route with its permission and nothing else', async () => {
    const result = await new Validator().validate(structuredClone(api.document));
    expect(result).toMatchObject({ valid: true });
    expect(api.document['openapi']).toBe('3.1.0');
    const described = api.operations.map(({ method, path, operation }) => ({ method, path, ...operation }));
    expect(described).toHaveLength(restRoutes.length);
    for (const { method, path, operationId, permission } of restRoutes)
      expect(described).toContainEqual(
        expect.objectContaining({ method, path, operationId, 'x-fairlead-permission': permission }),
      );
  });

  it('is what every route answers: a right call gets the documented status and body', async () => {
    const calls = await rightCalls(fixture);
    for (const { operation } of api.operations) {
      const { operationId, requestBody } = operation;
      const call = calls[operationId];
      if (call === undefined) throw new Error(`No example of ${operationId}.`);
      if (requestBody !== undefined) expect(api.takesBody(operationId, call.body ?? {})).toBe(true);
      const { status } = await api.call(operationId, call);
      const route = restRoutes.find((one) => one.operationId === operationId);
      expect([operationId, status]).toEqual([operationId, route?.status]);
    }
  });

  it('names every parameter of a path', () => {
    for (const { path, operation } of api.operations) {
      const named = [...path.matchAll(/\{(\w+)\}/g)].map((match) => match[1]);
      const described = operation.parameters.filter((one) => one.in === 'path').map((one) => one.name);
      expect(described).toEqual(named);
    }
  });
});

describe('who is nobody', () => {
  it.each([
    ['no token', null],
    ['an unknown token', 'flt_guess'],
    ['something else', 'guess'],
  ])('learns nothing with %s: right, wrong and foreign calls get the same 401', async (_name, token) => {
    const bodies = new Set<string>();
    for (const [operationId, call] of Object.entries(await rightCalls(fixture))) {
      const wrong = Object.fromEntries(Object.keys(call.params ?? {}).map((name) => [name, 'x']));
      for (const attempt of [call, { params: wrong, body: { nonsense: 1 } }, { ...call, body: '{"half' }]) {
        const { status, body } = await api.call(operationId, { ...attempt, token });
        expect(status).toBe(401);
        bodies.add(JSON.stringify(body));
      }
    }
    expect(bodies.size).toBe(1);
  });

  it('is also who brings a revoked or expired token', async () => {
    const token = await api.tokenWith(['viewer']);
    expect((await api.call('listProjects', { token })).status).toBe(200);
    const row = eq(apiToken.secretHash, secretHash(token));
    await fixture.db.update(apiToken).set({ revokedAt: new Date() }).where(row);
    expect((await api.call('listProjects', { token })).status).toBe(401);
    await fixture.db
      .update(apiToken)
      .set({ revokedAt: null, expiresAt: new Date(0) })
      .where(row);
    expect((await api.call('listProjects', { token })).status).toBe(401);
  });

  it('gets 404 for a path that is no call, and no answer under another host', async () => {
    const missing = await fetch(`${api.running.url}/api/v1/secrets`);
    expect([missing.status, await missing.json()]).toMatchObject([404, { error: { code: 'notFound' } }]);
    const method = await fetch(`${api.running.url}/api/v1/projects`, {
      method: 'DELETE',
      headers: { 'content-type': 'application/json' },
    });
    expect(method.status).toBe(404);
  });
});

describe('what a token may', () => {
  it('is 403 with a sentence and a fix where the role is missing', async () => {
    const token = await api.tokenWith(['viewer']);
    const reads = new Set(restRoutes.filter((one) => one.method === 'get').map((one) => one.operationId));
    for (const [operationId, call] of Object.entries(await rightCalls(fixture))) {
      const { status, body } = await api.call(operationId, { ...call, token });
      expect([operationId, status]).toEqual([operationId, reads.has(operationId) ? 200 : 403]);
      if (status === 403)
        expect(errorOf(body)).toMatchObject({
          code: 'forbidden',
          message: expect.stringMatching(/^This needs the role/),
          fix: expect.any(String),
        });
    }
  });

  it('ends at the project: every object of another one is 404, like one that does not exist', async () => {
    for (const [operationId, call] of Object.entries(await rightCalls(other))) {
      if (operationId === 'listProjects') continue;
      const foreign = await api.call(operationId, call);
      const none = Object.fromEntries(
        Object.entries(call.params ?? {}).map(([name, id]) => [name, name.endsWith('Id') ? newId() : id]),
      );
      const missing = await api.call(operationId, { ...call, params: none });
      expect([operationId, foreign.status, missing.status]).toEqual([operationId, 404, 404]);
    }
    const { body } = await api.call('listProjects');
    expect(body['projects']).toMatchObject([{ id: fixture.projectId }]);
  });

  it('refuses a version of another project as if it did not exist', async () => {
    const { modelVersionId } = await other.version();
    const params = { serviceId: fixture.serviceId };
    const { status } = await api.call('requestPromotion', { params, body: { modelVersionId } });
    expect(status).toBe(404);
  });

  it('is never to sign, not even when its row says approver and an approver owns it', async () => {
    const asked = await fixture.request();
    const { approver } = fixture.people;
    const token = await api.tokenWith(['viewer']);
    const [row] = await fixture.db
      .update(apiToken)
      .set({ roles: ['approver', 'viewer'] })
      .where(eq(apiToken.secretHash, secretHash(token)))
      .returning({ id: apiToken.principalId });
    await fixture.db
      .update(principal)
      .set({ ownerUserId: approver.id })
      .where(eq(principal.id, row?.id ?? ''));
    const input = { promotionId: asked.promotionId, subjectDigest: asked.subjectDigest };
    const answer = await fetch(`${api.running.url}/api/trpc/promotions.approve`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
      body: JSON.stringify({ json: input }),
    });
    expect([answer.status, await answer.text()]).toEqual([403, expect.stringContaining('a token never can')]);
    expect(await fixture.db.select().from(approval)).toEqual([]);
    expect(restRoutes.filter((route) => /approve|reject/.test(route.permission))).toEqual([]);
    await approvePromotion(fixture.as('approver'), input);
    expect(await fixture.db.select().from(approval)).toHaveLength(1);
  });
});

describe('a refused call', () => {
  it.each<[string, string, () => Call]>([
    [
      'a source that is no URI',
      'registerModelVersion',
      () => ({ ...registerTo(fixture.projectId), body: { sourceUri: 'here' } }),
    ],
    [
      'a tag by name',
      'registerModelVersion',
      () => ({
        ...registerTo(fixture.projectId),
        body: { ...registration, servingImage: 'registry.example/serve:latest' },
      }),
    ],
    ['no source', 'registerModelVersion', () => ({ ...registerTo(fixture.projectId), body: {} })],
    [
      'a digest of the wrong length',
      'setArtefactDigest',
      () => ({ params: { modelVersionId: newId() }, body: { artefactDigest: 'sha256:1' } }),
    ],
    [
      'a report without metrics',
      'attachEvidence',
      () => ({ params: { modelVersionId: newId() }, body: { ...report, metrics: [] } }),
    ],
    ['no version', 'requestPromotion', () => ({ params: { serviceId: fixture.serviceId }, body: {} })],
  ])(
    'with %s is 400 in a sentence that names the field, and against the document',
    async (_name, operationId, call) => {
      expect(api.takesBody(operationId, call().body)).toBe(false);
      const { status, body } = await api.call(operationId, call());
      expect(status).toBe(400);
      expect(errorOf(body)).toMatchObject({
        code: 'invalidInput',
        message: expect.stringMatching(/^\w[\w.]*: \S.{5,}/),
      });
    },
  );

  it('is 400 for an id that is none, a page that is none, a model name with a slash and a body that is no JSON', async () => {
    const versionId = { params: { modelVersionId: '7' } };
    expect((await api.call('getModelVersion', versionId)).status).toBe(400);
    const page = { params: { projectId: fixture.projectId }, query: { page: '0' } };
    expect((await api.call('listServices', page)).status).toBe(400);
    expect((await api.call('registerModelVersion', registerTo(fixture.projectId, 'a/b'))).status).toBe(400);
    const half = await api.call('registerModelVersion', { ...registerTo(fixture.projectId), body: '{"half' });
    expect([half.status, errorOf(half.body).message]).toEqual([400, 'The body is not valid JSON.']);
  });

  it('is 422 with the reason where the state does not allow it', async () => {
    const { modelVersionId } = await fixture.version({ digest: null });
    const asked = await api.call('requestPromotion', {
      params: { serviceId: fixture.serviceId },
      body: { modelVersionId },
    });
    expect([asked.status, errorOf(asked.body).code]).toEqual([422, 'digestMissing']);
    const { rolloutId } = await fixture.live(
      await fixture.service(`ended-${newId().slice(-8)}`, fixture.stagingId),
    );
    const paused = await api.call('pauseRollout', { params: { rolloutId } });
    expect([paused.status, errorOf(paused.body).code]).toEqual([422, 'wrongState']);
  });

  it('is 415 for another content type and 413 for more than 2 MiB, also when the length is not told', async () => {
    const call = registerTo(fixture.projectId);
    const typed = await api.call('registerModelVersion', {
      ...call,
      headers: { 'content-type': 'text/plain' },
    });
    expect(typed.status).toBe(415);
    const body = { ...registration, modelCard: 'x'.repeat(2 * 1024 * 1024) };
    expect((await api.call('registerModelVersion', { ...call, body })).status).toBe(413);
    const chunked = await fetch(`${api.running.url}/api/v1/projects/${fixture.projectId}/models/m/versions`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${api.token}` },
      body: new Blob([JSON.stringify(body)]).stream(),
      duplex: 'half',
    } as RequestInit);
    expect(chunked.status).toBe(413);
  });
});

describe('a repeat', () => {
  it('with the same key gets the first answer and does nothing again', async () => {
    const headers = { 'idempotency-key': newId() };
    const call = { ...registerTo(fixture.projectId, 'repeated'), headers };
    const first = await api.call('registerModelVersion', call);
    expect(await api.call('registerModelVersion', call)).toEqual(first);
    const modelId = String(first.body['modelId']);
    expect(
      await fixture.db.select().from(modelVersion).where(eq(modelVersion.modelId, modelId)),
    ).toHaveLength(1);
  });

  it('with the same key and other input is 409', async () => {
    const headers = { 'idempotency-key': newId() };
    await api.call('registerModelVersion', { ...registerTo(fixture.projectId, 'repeated'), headers });
    const other = await api.call('registerModelVersion', {
      ...registerTo(fixture.projectId, 'elsewhere'),
      headers,
    });
    expect([other.status, errorOf(other.body).code]).toEqual([409, 'conflict']);
  });

  it('of setting the digest is 422, since it is set once', async () => {
    const params = { modelVersionId: await register() };
    const call = { params, body: { artefactDigest: exampleDigest(4) } };
    expect((await api.call('setArtefactDigest', call)).status).toBe(200);
    const { status } = await api.call('setArtefactDigest', call);
    expect(status).toBe(422);
  });
});

it('CI alone brings a version to its signatures: register, digest, evidence, request, then state and blockers', async () => {
  const modelVersionId = await register('journey');
  const version = { params: { modelVersionId } };
  await api.call('setArtefactDigest', { ...version, body: { artefactDigest: exampleDigest(5) } });
  const attached = await api.call('attachEvidence', { ...version, body: report });
  expect(attached.body['verdict']).toBe('passed');
  const services = await api.call('listServices', { params: { projectId: fixture.projectId } });
  const production = (
    services.body['services'] as { id: string; name: string; environment: { production: boolean } }[]
  ).find((one) => one.environment.production && one.name === 'scoring');
  const asked = await api.call('requestPromotion', {
    params: { serviceId: production?.id ?? '' },
    body: { modelVersionId },
  });
  expect(asked.body['state']).toBe('open');
  const waiting = await api.call('getPromotion', {
    params: { promotionId: String(asked.body['promotionId']) },
  });
  expect(waiting.body).toMatchObject({
    state: 'open',
    to: { modelName: 'journey', versionNumber: 1 },
    requestedBy: { kind: 'token' },
    signaturesMissing: 2,
    signatures: [],
    blockers: [{ code: 'approvalsMissing', owner: 'approver' }],
    rolloutId: null,
  });
  expect((await api.call('getModelVersion', version)).body).toMatchObject({
    artefactDigest: exampleDigest(5),
    evidence: [{ verdict: 'passed' }],
  });
});
