import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { MetricProfile } from '../../domain/metric-profile.ts';
import { defaultMetricProfile } from '../../domain/metric-profile-presets.ts';
import { checkResultSchema } from '../../domain/rollout-status.ts';
import { verifyExport } from '../../server/audit/verify.ts';
import { type RunningLoad, startServedLoad } from './load.ts';
import { approve, type Product, registerTrained, startProduct } from './product.ts';
import { auditExport, tokenClient } from './product-clients.ts';
import { assertNothingFailed, assertShare, followSteps, rolloutOf, rolloutUntil } from './product-rollout.ts';
import { modelSpec, quickPlan } from './product-spec.ts';
import { sharedLab } from './start.ts';
import { waitFor } from './wait-for.ts';

const lab = sharedLab();
const requestsPerSecond = 100;
let product: Product;
let load: RunningLoad;
let badRolloutId = '';

type ProbedOn = { serviceId: string } | { namespace: string; serviceName: string };

before(async () => {
  product = await startProduct(lab, { model: 'fraud-detector', plan: quickPlan([5, 25, 50, 100], 10_000) });
  await product.processes.startWorker();
});

after(async () => {
  await load?.stop();
  await product?.stop();
});

async function askedByRest(number: number) {
  const modelVersionId = await registerTrained(product, number);
  return await product.rest.requestPromotion(product.serviceId, modelVersionId);
}

async function deployments(): Promise<string> {
  return await lab.kubectl(['get', 'deployments', '-n', product.namespace, '-o', 'name']);
}

test('a first version that was registered, asked for and signed by two goes live on the cluster', async () => {
  const asked = await askedByRest(1);
  const { promotionId, subjectDigest } = asked;
  await assert.rejects(
    tokenClient(product.processes.url, product.token).promotions.approve.mutate({
      promotionId,
      subjectDigest,
    }),
    'a token signed',
  );
  assert.equal(await product.rest.promotionState(promotionId), 'open');
  await approve(product, asked);
  const rolloutId = await rolloutOf(product, promotionId);
  load = await startServedLoad({ host: product.host, model: product.model, requestsPerSecond });
  const end = await rolloutUntil(
    product,
    { rolloutId, what: 'the first revision' },
    (page) => page.endedAt !== null,
  );
  assert.equal(end.phase, 'succeeded', JSON.stringify(end.failure));
  assertNothingFailed(load.counts());
});

test('at each step of a good version its share of the requests follows the plan, and none is lost', async () => {
  const asked = await askedByRest(2);
  await approve(product, asked);
  const { end, windows } = await followSteps(product, await rolloutOf(product, asked.promotionId), load);
  assert.equal(end.phase, 'succeeded', JSON.stringify(end.failure));
  assert.deepEqual(
    [...windows.values()].map((window) => window.weightPercent),
    [5, 25, 50, 100],
  );
  for (const window of windows.values()) assertShare(window, asked.revisionNumber, 3 * requestsPerSecond);
  assertNothingFailed(load.counts());
});

test('the old revision is taken away after its delay, while requests flow', async () => {
  await waitFor('the end of the old revision', 30_000, async () =>
    (await deployments()).trim() === `deployment.apps/${product.model}-r2` ? true : null,
  );
  const { stable } = await product.people.operator.services.get.query({ serviceId: product.serviceId });
  assert.equal(stable?.number, 2);
  assertNothingFailed(load.counts());
});

test('the queries of a profile, tried on the live service, show series, age and the label that tells revisions apart', async () => {
  const { people, projectId, serviceId, namespace, model } = product;
  const source = { kind: 'prometheus' as const, url: lab.prometheusUrl };
  const tried = async (changes: Partial<MetricProfile>, on: ProbedOn = { serviceId }) => {
    const profile = { ...defaultMetricProfile, ...changes };
    return await people.admin.environments.probeMetrics.mutate({
      projectId,
      source: { ...source, profile },
      on,
    });
  };
  const { rows, revisions } = await tried({});
  assert.deepEqual(
    rows.map(({ id, state }) => `${id} ${state}`),
    ['requests met', 'errors met', 'durations met', 'revisions met', 'rate met'],
    JSON.stringify(rows),
  );
  const requests = rows.find(({ id }) => id === 'requests');
  assert.ok(
    (requests?.series ?? 0) >= 2 && (requests?.newestAgeMs ?? Infinity) < 30_000,
    JSON.stringify(requests),
  );
  assert.equal(revisions?.label, 'fairlead_revision');
  assert.ok(revisions.numbers.includes(2), JSON.stringify(revisions));

  const row = async (id: string, ...asked: Parameters<typeof tried>) => {
    const found = (await tried(...asked)).rows.find((one) => one.id === id);
    assert.equal(found?.state, 'missing');
    return `${found.detail} ${found.fix ?? ''}`;
  };
  const noLabel = await row('revisions', { revisionLabel: 'no_such_label' });
  assert.match(
    noLabel,
    /^No label tells revisions apart: no_such_label is not there; .* rails only\. Let the scrape/,
  );
  const otherService = await row('requests', {}, { namespace, serviceName: 'not-there' });
  assert.match(
    otherService,
    new RegExp(`not for this service by the label fairlead_service; there is "${model}"`),
  );
  const elsewhere = await row('requests', {}, { namespace: 'not-there', serviceName: model });
  assert.match(elsewhere, /not in this namespace by the label namespace; there is /);
  const otherMetric = await row('requests', { requestsMetric: 'nothing_total' });
  assert.match(
    otherMetric,
    /^There is no series of nothing_total in the last five minutes\. Choose another profile/,
  );
});

test('a version that answers 5 % errors is rolled back by its analysis', async () => {
  const { serviceId, model, people } = product;
  const modelVersionId = await registerTrained(product, 3);
  const spec = modelSpec(model, { SIMULATE_ERROR_SHARE: '0.05' });
  const draft = await people.engineer.services.changeSpec.query({ serviceId, modelVersionId, spec });
  const asked = await people.engineer.promotions.request.mutate({
    serviceId,
    modelVersionId,
    spec: draft.spec,
  });
  await approve(product, asked);
  const rolloutId = await rolloutOf(product, asked.promotionId);
  badRolloutId = rolloutId;
  const end = await rolloutUntil(
    product,
    { rolloutId, what: 'the end of the bad version' },
    (page) => page.endedAt !== null,
  );
  assert.deepEqual(
    [end.phase, end.failure?.code],
    ['rolledBack', 'analysisFailed'],
    JSON.stringify(end.failure),
  );
  // The last pass judges nothing any more; what it ended on is in the stored verdicts.
  const failing = end.checkResults.find(({ checkId, verdict }) => checkId === 'errors' && verdict === 'fail');
  const figures = checkResultSchema.parse(failing?.evidence).figures;
  assert.ok((figures.xCanary ?? 0) > 0 && figures.xStable === 0, JSON.stringify(end.checkResults));
  await waitFor('the end of the bad revision', 30_000, async () =>
    (await deployments()).includes('-r3') ? null : true,
  );
  const settled = load.counts();
  await waitFor('requests after it', 10_000, async () =>
    load.counts().sent > settled.sent + 500 ? true : null,
  );
  const counts = load.counts();
  assert.equal(counts.broken, 0, counts.reasons.join());
  // Errors were the bad version's own answers; with it gone there are no more of them.
  assert.deepEqual(Object.keys(counts.byStatus).toSorted(), ['200', '500']);
  assert.equal(counts.byStatus['500'], settled.byStatus['500']);
  assert.equal(counts.byRevision['3'], settled.byRevision['3']);
});

test('its record holds what its pods showed before they went, and its page when stable served everything', async () => {
  const { people } = product;
  const { record, intact } = await people.operator.rollouts.record.query({ rolloutId: badRolloutId });
  assert.ok(intact);
  const { verdict, pods, events, logs, series, weightOffAt, frozenAt } = record;
  const said = JSON.stringify({ pods, events, logs }).slice(0, 2_000);
  assert.ok(verdict.kind === 'taken' && series.kind === 'taken');
  const relative = verdict.value.checks.find(({ checkId }) => checkId === 'errors');
  assert.equal(relative?.result?.verdict, 'fail');
  assert.ok(relative?.queries.some((query) => query.includes('sum by') && query.includes(product.model)));
  assert.ok(pods.kind === 'taken' && pods.value.pods.length > 0, said);
  assert.ok(
    pods.value.pods.every((pod) => pod.revisionNumber === 3 && pod.containers.length > 0),
    said,
  );
  assert.ok(events.kind === 'taken' && events.value.events.length > 0, said);
  // Each container's lines, or the API server's own words why there are none.
  assert.ok(logs.kind === 'taken' && logs.value.length > 0, said);
  assert.ok(
    logs.value.every((log) => log.text !== null || log.why !== null),
    said,
  );
  const tookMs = Date.parse(frozenAt) - Date.parse(weightOffAt ?? '');
  assert.ok(tookMs >= 0 && tookMs <= 20_000, `${tookMs} ms`);
  const page = await rolloutUntil(
    product,
    { rolloutId: badRolloutId, what: 'the measured end', limitMs: 90_000 },
    ({ incident }) => incident?.stableSince != null,
  );
  const hit = page.incident?.served;
  assert.ok(hit !== undefined && hit.failed > 0 && hit.failed < hit.requests, JSON.stringify(hit));
});

test('the exported audit chain is whole and names everyone who acted', async () => {
  const { processes, token, projectId, people } = product;
  const verdict = verifyExport(await auditExport(processes.url, token, projectId));
  assert.ok(verdict.ok, JSON.stringify(verdict));
  const { items: rows } = await people.operator.audit.list.query({ projectId });
  const acts = rows.map((row) => `${row.actorName} ${row.action}`);
  for (const wanted of ['Anna promotions.approve', 'Ben promotions.approve', 'Egon promotions.request'])
    assert.ok(acts.includes(wanted), `${wanted} is not among ${acts.join(', ')}`);
});
