import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { and, desc, eq, isNull } from 'drizzle-orm';
import * as z from 'zod';
import { budgetFreeze } from '../../db/schema/budgets.ts';
import { rollout } from '../../db/schema/rollouts.ts';
import { clusterManifest, serviceAccountName } from '../../domain/cluster-manifest.ts';
import { freezeQuotaName } from '../../domain/freeze/freeze-quota.ts';
import { closeBudget, createBudget, updateBudget } from '../../server/budgets/commands.ts';
import { createEnvironment } from '../../server/environments/commands.ts';
import { evaluateBudgets } from '../../server/jobs/budgets/evaluate-due.ts';
import { rollBack } from '../../server/rollouts/roll-back.ts';
import { createService, updateService } from '../../server/services/commands.ts';
import { gpuNode } from './kwok.ts';
import { OwnFairlead } from './own-fairlead.ts';
import { modelSpec, straightPlan } from './product-spec.ts';
import { sharedLab } from './start.ts';
import { waitFor } from './wait-for.ts';

const lab = sharedLab();
const gpu = 'requests.nvidia.com/gpu';
const model = 'frozen';
let namespace = '';
let own: OwnFairlead;
let serviceId = '';
let environmentId = '';
let budgetId = '';

/** Two nodes that only this test's pods go to: one of them is lost. */
const pool = (name: string) => {
  const node = gpuNode(name, 4) as { metadata: { labels: object } };
  return { ...node, metadata: { ...node.metadata, labels: { ...node.metadata.labels, pool: namespace } } };
};
const nodes = () => ['a', 'b'].map((name) => `${namespace}-${name}`);

before(async () => {
  namespace = await lab.createNamespace('freeze');
  await lab.apply(nodes().map(pool));
  const place = { name: namespace, access: 'manage' as const };
  const manifest = clusterManifest({ home: namespace, namespaces: [place], logs: true, metering: true });
  await lab.kubectl(['apply', '-f', '-'], manifest);
  const asked = ['-n', namespace, 'create', 'token', serviceAccountName, '--duration=1h'];
  own = await OwnFairlead.start(lab);
  await own.register((await lab.kubectl(asked)).trim());
  await own.startWorker();
  await createPlace();
  budgetId = await tinyBudget();
  await rolledOut(1);
  await rolledOut(2);
});
after(async () => {
  await own?.stop();
  for (const name of nodes()) await lab.kubectl(['delete', 'node', name, '--ignore-not-found']);
  await lab.deleteNamespace(namespace);
  for (const suffix of ['', '-metering'])
    await lab.kubectl([
      'delete',
      'clusterrole,clusterrolebinding',
      `fairlead-${namespace}${suffix}`,
      '--ignore-not-found',
    ]);
});

async function createPlace(): Promise<void> {
  const { fixture } = own;
  ({ environmentId } = await createEnvironment(own.admin(), {
    projectId: fixture.projectId,
    name: 'frozen-place',
    production: true,
    clusterId: own.clusterId,
    namespace,
    gateway: lab.gateway,
    metricsSource: { kind: 'none' },
    policyId: fixture.openPolicyId,
  }));
  const spec = modelSpec(model, {}, 1);
  const pod = { ...spec.podTemplate.spec, nodeSelector: { pool: namespace } };
  ({ serviceId } = await createService(fixture.as('operator'), {
    projectId: fixture.projectId,
    environmentId,
    name: model,
    spec: { ...spec, podTemplate: { spec: pod } },
    scaling: { kind: 'fixed', replicas: 2 },
    defaultPlan: straightPlan,
    ownerUserId: fixture.people.operator.id,
  }));
}

async function newest() {
  const rows = await own.db
    .select()
    .from(rollout)
    .where(eq(rollout.serviceId, serviceId))
    .orderBy(desc(rollout.id));
  return rows;
}

async function ended(count: number): Promise<void> {
  const row = await waitFor(`the end of rollout ${count}`, 120_000, async () => {
    const rows = await newest();
    return rows.length === count && rows[0]?.endedAt != null ? rows[0] : null;
  });
  assert.equal(row.phase, 'succeeded', JSON.stringify(row.failure));
}

async function rolledOut(count: number): Promise<void> {
  await own.fixture.request(serviceId);
  await ended(count);
}

const deploymentsSchema = z.looseObject({
  items: z.array(
    z.looseObject({
      metadata: z.looseObject({ name: z.string() }),
      spec: z.looseObject({ replicas: z.number() }),
      status: z.looseObject({ readyReplicas: z.number().default(0) }),
    }),
  ),
});

/** Ready of wanted replicas by Deployment. */
async function deployments(): Promise<Record<string, string>> {
  const { body } = await lab.api.request('GET', `/apis/apps/v1/namespaces/${namespace}/deployments`);
  const { items } = deploymentsSchema.parse(body);
  return Object.fromEntries(
    items.map(({ metadata, spec, status }) => [metadata.name, `${status.readyReplicas}/${spec.replicas}`]),
  );
}

async function only(what: string, wanted: Record<string, string>, limitMs = 60_000): Promise<void> {
  await waitFor(`${what}: ${JSON.stringify(wanted)}`, limitMs, async () =>
    JSON.stringify(await deployments()) === JSON.stringify(wanted) ? true : null,
  );
}

const quotaSchema = z.looseObject({
  spec: z.looseObject({ hard: z.record(z.string(), z.string()) }),
  status: z.looseObject({ used: z.record(z.string(), z.string()).optional() }).optional(),
});

async function quota() {
  const path = `/api/v1/namespaces/${namespace}/resourcequotas/${freezeQuotaName}`;
  const { status, body } = await lab.api.request('GET', path);
  if (status === 404) return null;
  const { spec, status: found } = quotaSchema.parse(body);
  return { hard: spec.hard[gpu], used: found?.used?.[gpu] };
}

async function quotaIs(what: string, hard: string): Promise<void> {
  await waitFor(`${what}: the quota at ${hard}`, 60_000, async () =>
    (await quota())?.hard === hard ? true : null,
  );
}

async function freezeRow() {
  const [row] = await own.db
    .select()
    .from(budgetFreeze)
    .where(and(eq(budgetFreeze.environmentId, environmentId), isNull(budgetFreeze.endedAt)));
  return row ?? null;
}

/** A thousandth of a GPU-second, which the first pod spends at once; until it freezes nothing is held up. */
async function tinyBudget(): Promise<string> {
  const { projectId } = own.fixture;
  const { budgetId } = await createBudget(own.fixture.as('admin'), {
    projectId,
    name: 'Nothing left',
    scope: { projectId, environmentId, modelId: null, gpuProduct: null },
    unit: 'gpuHours',
    period: { kind: 'calendar', every: 'month', timeZone: 'UTC', rolloverCapPercent: 0 },
    level: 1,
    amount: '1',
  });
  return budgetId;
}

/** As the worker's own job would within a minute. */
async function freezes(): Promise<void> {
  await updateBudget(own.fixture.as('admin'), { budgetId, level: 3 });
  await waitFor('the budget is found to be spent', 90_000, async () => {
    await evaluateBudgets(own.db);
    return await freezeRow();
  });
}

test('a spent budget that freezes writes one quota at what runs, which the quota controller counts the same', async () => {
  await only('after two rollouts', { [`${model}-r2`]: '2/2' });
  await freezes();
  await quotaIs('frozen', '2');
  assert.deepEqual([(await freezeRow())?.state, (await freezeRow())?.reasons], ['frozen', []]);
  await waitFor('the controller counts', 30_000, async () => ((await quota())?.used === '2' ? true : null));
});

test('replicas that are wanted meanwhile are not made, and the service says which budget keeps them', async () => {
  await updateService(own.fixture.as('operator'), { serviceId, scaling: { kind: 'fixed', replicas: 4 } });
  const blockers = await waitFor('the reason', 60_000, async () => {
    const found = await own.blockersOf(serviceId);
    return found?.some(({ message }) => message.includes('2 of 4')) === true ? found : null;
  });
  assert.deepEqual(
    blockers.map(({ code, params }) => [code, params['budgetId']]),
    [['frozen', budgetId]],
  );
  assert.deepEqual(await deployments(), { [`${model}-r2`]: '2/2' });
  await updateService(own.fixture.as('operator'), { serviceId, scaling: { kind: 'fixed', replicas: 2 } });
});

test('a roll back to a revision that was scaled away finds room: the quota is raised before its Deployment is written', async () => {
  const from = lab.auditEntries().length;
  await rollBack(own.fixture.as('operator'), { serviceId, reason: 'Under freeze.' });
  await ended(3);
  await only('after the roll back', { [`${model}-r1`]: '2/2' });
  const writes = lab
    .auditEntries()
    .slice(from)
    .filter(
      ({ objectRef, verb }) => objectRef?.namespace === namespace && (verb === 'patch' || verb === 'create'),
    )
    .map(({ objectRef }) => `${objectRef?.resource}/${objectRef?.name}`);
  const raised = writes.indexOf(`resourcequotas/${freezeQuotaName}`);
  assert.ok(raised >= 0 && raised < writes.indexOf(`deployments/${model}-r1`), writes.join(' '));
  await quotaIs('back at what runs', '2');
});

test('an autoscaler goes no further than it has gone', async () => {
  const scaling = { kind: 'auto', minReplicas: 1, maxReplicas: 6, targetCpuPercent: 60 } as const;
  await updateService(own.fixture.as('operator'), { serviceId, scaling });
  const path = `/apis/autoscaling/v2/namespaces/${namespace}/horizontalpodautoscalers/${model}-r1`;
  const schema = z.looseObject({ spec: z.looseObject({ maxReplicas: z.number() }) });
  const most = async () => {
    const { status, body } = await lab.api.request('GET', path);
    return status === 404 ? null : schema.parse(body).spec.maxReplicas;
  };
  assert.equal(await waitFor('the autoscaler', 60_000, most), 2);
  await updateService(own.fixture.as('operator'), { serviceId, scaling: { kind: 'fixed', replicas: 2 } });
  await waitFor('the fixed count again', 60_000, async () => ((await most()) === null ? true : null));
});

test('pods of a node that is lost come back elsewhere', async () => {
  const where = async () =>
    (await lab.kubectl(['-n', namespace, 'get', 'pods', '-o', 'jsonpath={.items[*].spec.nodeName}'])).split(
      ' ',
    );
  const [lost] = await where();
  assert.ok(lost !== undefined);
  await lab.kubectl(['delete', 'node', lost]);
  // The pod garbage collector waits 40 s before it takes a node for gone.
  await waitFor('two ready pods on the other node', 180_000, async () => {
    const present = await where();
    const isWhole = (await deployments())[`${model}-r1`] === '2/2';
    return isWhole && present.length === 2 && !present.includes(lost) ? true : null;
  });
  assert.equal((await freezeRow())?.state, 'frozen');
  await quotaIs('as before', '2');
});

test('a quota that somebody else writes is not fought over: it is proposed, with the name of who keeps it', async () => {
  const patch = JSON.stringify({ spec: { hard: { [gpu]: '100' } } });
  await lab.kubectl(['-n', namespace, 'patch', 'quota', freezeQuotaName, '--type=merge', '-p', patch]);
  const row = await waitFor('the proposal', 60_000, async () => {
    const found = await freezeRow();
    return found?.state === 'proposed' ? found : null;
  });
  assert.match(JSON.stringify(row.reasons), /kept by \\"kubectl-patch\\"/);
  assert.match(
    row.proposal ?? '',
    /^kubectl -n freeze-\S+ create quota fairlead-freeze --hard=requests\.nvidia\.com\/gpu=2$/,
  );
  assert.equal((await quota())?.hard, '100');
});

test('once nothing asks for it, what is ours is gone and everything goes on as it is wanted', async () => {
  await lab.kubectl(['-n', namespace, 'delete', 'quota', freezeQuotaName]);
  await quotaIs('frozen again', '2');
  await updateService(own.fixture.as('operator'), { serviceId, scaling: { kind: 'fixed', replicas: 3 } });
  await closeBudget(own.fixture.as('admin'), { budgetId });
  await waitFor('no quota', 60_000, async () => ((await quota()) === null ? true : null));
  await only('thawed', { [`${model}-r1`]: '3/3' });
  assert.deepEqual(await own.blockersOf(serviceId), []);
});
