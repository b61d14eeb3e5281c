import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import * as z from 'zod';
import { createDatabase, type DatabaseHandle } from '../../db/client.ts';
import { startTemporaryPostgres, type TemporaryPostgres } from '../../db/embedded/temporary-postgres.ts';
import { migrate } from '../../db/migrate.ts';
import { clusterManifest, serviceAccountName } from '../../domain/cluster-manifest.ts';
import { nodeFactsSchema, podFactsSchema } from '../../domain/metering/facts.ts';
import { fraction } from '../../domain/metering/fraction.ts';
import { defaultMetricProfile } from '../../domain/metric-profile-presets.ts';
import type { Cluster } from '../../server/cluster/cluster.ts';
import { connectKubernetesCluster } from '../../server/cluster/connect.ts';
import { ToldCluster, told } from '../../server/metering/metering-fixture.ts';
import { MeteringWriter } from '../../server/metering/metering-writer.ts';
import { readPodLives } from '../../server/metrics/pod-lives.ts';
import { sharedLab } from './start.ts';
import { waitFor } from './wait-for.ts';

const lab = sharedLab();
let postgres: TemporaryPostgres;
let handle: DatabaseHandle;
let metered: ToldCluster;
let cluster: Cluster;
let namespace = '';

before(async () => {
  namespace = await lab.createNamespace('metering');
  postgres = await startTemporaryPostgres();
  await migrate(postgres.url);
  handle = createDatabase(postgres.url);
  metered = await ToldCluster.create(handle.db);
  cluster = await connected();
  await begin();
});
after(async () => {
  await metered.end();
  await cluster.close();
  await handle.close();
  await postgres.remove();
  await lab.deleteNamespace(namespace);
});

/** With the rights of the printed manifest for metering and no others: no namespace is watched. */
async function connected(): Promise<Cluster> {
  const manifest = clusterManifest({ home: namespace, namespaces: [], logs: false, metering: true });
  await lab.kubectl(['apply', '-f', '-'], manifest);
  const asked = ['-n', namespace, 'create', 'token', serviceAccountName, '--duration=1h'];
  const token = (await lab.kubectl(asked)).trim();
  const { serverUrl, caPem } = lab;
  return await connectKubernetesCluster({ clusterId: 'lab', credential: 'token', serverUrl, caPem, token });
}

/** A worker begins to read; resolves when everything was seen. */
async function begin(backFill?: Parameters<ToldCluster['begin']>[1]): Promise<void> {
  const { metering } = cluster;
  assert.ok(metering);
  const watched = (await metered.watched()).length;
  await metered.begin(metering, backFill);
  await waitFor('the first list', 30_000, async () => {
    await metered.turn();
    return (await metered.watched()).length > watched ? true : null;
  });
}

const pod = (name: string, spec: object = {}, gpus = 1) => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name, namespace },
  spec: {
    terminationGracePeriodSeconds: 5,
    containers: [
      {
        name: 'model',
        image: 'registry.invalid/model:1',
        resources: { limits: { 'nvidia.com/gpu': String(gpus) } },
      },
    ],
    ...spec,
  },
});

async function written(name: string) {
  const rows = await metered.pods();
  return rows.filter(({ facts }) => {
    const found = podFactsSchema.parse(facts);
    return found.namespace === namespace && found.name === name;
  });
}
async function rowsOf(name: string) {
  await metered.turn();
  return await written(name);
}
type Rows = Awaited<ReturnType<typeof rowsOf>>;

async function rowsWhen(name: string, what: string, isSo: (rows: Rows) => boolean): Promise<Rows> {
  return await waitFor(what, 30_000, async () => {
    const rows = await rowsOf(name);
    return isSo(rows) ? rows : null;
  });
}
const isServing = (rows: Rows): boolean => rows.at(-1)?.bucket === 'serving' && rows.at(-1)?.toAt === null;
const isOver = (rows: Rows): boolean => rows.length > 0 && rows.every(({ toAt }) => toAt !== null);

const podSchema = z.looseObject({
  status: z.looseObject({
    conditions: z.array(z.looseObject({ type: z.string(), lastTransitionTime: z.string() })),
  }),
});
async function conditionOf(name: string, type: string): Promise<string> {
  const { body } = await lab.api.request('GET', `/api/v1/namespaces/${namespace}/pods/${name}`);
  const { conditions } = podSchema.parse(body).status;
  return conditions.find((each) => each.type === type)?.lastTransitionTime ?? '';
}
/** The API server's stamps have whole seconds, and metering begins within one. */
const instant = (date: Date | null | undefined): string => date?.toISOString().replace(/\.\d+Z$/, 'Z') ?? '';

test('the nodes of the cluster are there with product and GPUs', async () => {
  const facts = (await metered.nodes()).map((row) => nodeFactsSchema.parse(row.facts));
  const gpus = facts.filter(({ name }) => name.startsWith('gpu-'));
  assert.ok(gpus.length >= 3);
  for (const { gpuProduct, physicalGpus, gpusRegistered } of gpus)
    assert.deepEqual([gpuProduct, physicalGpus, gpusRegistered], ['NVIDIA-L4', 4, true]);
});

test('a pod has intervals without a gap from its binding to its end, by the API server’s own times', async () => {
  await lab.apply([pod('lives')]);
  const serving = await rowsWhen('lives', 'it serves', isServing);
  const [scheduled, ready] = [
    await conditionOf('lives', 'PodScheduled'),
    await conditionOf('lives', 'Ready'),
  ];
  assert.equal(instant(serving[0]?.fromAt), scheduled);
  assert.equal(instant(serving.at(-1)?.fromAt), ready);
  await lab.kubectl(['-n', namespace, 'delete', 'pod', 'lives', '--wait=false']);
  const rows = await rowsWhen('lives', 'it is over', isOver);
  for (const [index, row] of rows.entries())
    if (index > 0) assert.deepEqual(rows[index - 1]?.toAt, row.fromAt, told(rows).join(', '));
  assert.equal(rows.at(-1)?.bucket, 'drain', told(rows).join(', '));
  assert.ok(rows.every(({ estimated }) => !estimated));
  for (const { facts } of rows) assert.deepEqual(podFactsSchema.parse(facts).gpu, fraction(1));
});

test('a change of a pod is in its row within a second of the scheduler having bound it', async () => {
  await metered.end();
  const clock = async () => new Date();
  const writer = new MeteringWriter({
    db: handle.db,
    cluster: { ...cluster, clusterId: metered.clusterId },
    clock,
  });
  writer.keep(metered.lease);
  const before = (await metered.watched()).length;
  await waitFor('the first list', 30_000, async () =>
    (await metered.watched()).length > before ? true : null,
  );
  await lab.apply([pod('quick')]);
  const rowAt = await waitFor('its first row', 30_000, async () =>
    (await written('quick')).length > 0 ? new Date() : null,
  );
  const bound = lab.auditEntries().find(({ requestURI }) => requestURI.includes('/pods/quick/binding'));
  await writer.close();
  assert.ok(bound);
  const delayMs = rowAt.getTime() - Date.parse(bound.stageTimestamp);
  console.log(`from binding to row: ${delayMs} ms`);
  assert.ok(delayMs < 1_000, `${delayMs} ms`);
  await begin();
});

test('a pod that the quota refuses, and one that no node has room for, have no interval', async () => {
  const hard = { 'requests.nvidia.com/gpu': '20' };
  await lab.apply([
    { apiVersion: 'v1', kind: 'ResourceQuota', metadata: { name: 'gpus', namespace }, spec: { hard } },
  ]);
  await waitFor('the quota counts', 30_000, async () => {
    const status = await lab.kubectl([
      '-n',
      namespace,
      'get',
      'quota',
      'gpus',
      '-o',
      'jsonpath={.status.used}',
    ]);
    return status.includes('requests.nvidia.com/gpu') ? true : null;
  });
  await assert.rejects(lab.apply([pod('refused', {}, 21)]), /exceeded quota/);
  await lab.apply([pod('waits', {}, 9)]);
  await waitFor('the scheduler says no', 30_000, async () =>
    (await conditionOf('waits', 'PodScheduled')) === '' ? null : true,
  );
  assert.deepEqual([...(await rowsOf('refused')), ...(await rowsOf('waits'))], []);
  await lab.kubectl(['-n', namespace, 'delete', 'pod', 'waits', '--wait=false']);
  await lab.kubectl(['-n', namespace, 'delete', 'quota', 'gpus']);
});

test('after the watch was stopped, pods that stayed, came and went are put together from what there is', async () => {
  await lab.apply([pod('stays'), pod('goes')]);
  await rowsWhen('stays', 'it serves', isServing);
  await rowsWhen('goes', 'it serves', isServing);
  await metered.end();
  const away = new Date();
  await lab.kubectl(['-n', namespace, 'delete', 'pod', 'goes', '--wait=true']);
  await lab.apply([pod('comes')]);
  await lab.kubectl(['-n', namespace, 'wait', '--for=condition=Ready', 'pod/comes', '--timeout=30s']);
  await begin();
  const [stays, goes, comes] = [await rowsOf('stays'), await rowsOf('goes'), await rowsOf('comes')];
  assert.ok(isServing(stays), told(stays).join(', '));
  assert.equal(stays.at(-1)?.source, 'relist');
  assert.ok(isOver(goes), told(goes).join(', '));
  assert.deepEqual([goes.at(-1)?.source, goes.at(-1)?.estimated], ['relist', true]);
  assert.ok((goes.at(-1)?.toAt?.getTime() ?? Infinity) <= away.getTime());
  assert.equal(instant(comes[0]?.fromAt), await conditionOf('comes', 'PodScheduled'));
  assert.ok(comes.every(({ source }) => source === 'relist'));
  const [first, second] = await metered.watched();
  assert.ok((first?.seenUntil.getTime() ?? 0) <= (second?.fromAt.getTime() ?? 0));
});

test('a claim that the scheduler allocated is a share of the node’s GPUs', async () => {
  const driver = 'gpu.nvidia.com';
  const device = {
    name: 'gpu-0',
    attributes: { type: { string: 'gpu' }, productName: { string: 'NVIDIA L4' } },
    capacity: { memory: { value: '23034Mi' } },
  };
  await lab.apply([
    {
      apiVersion: 'resource.k8s.io/v1',
      kind: 'DeviceClass',
      metadata: { name: `${namespace}-gpu` },
      spec: { selectors: [{ cel: { expression: `device.driver == "${driver}"` } }] },
    },
    {
      apiVersion: 'resource.k8s.io/v1',
      kind: 'ResourceSlice',
      metadata: { name: `${namespace}-gpu-1` },
      spec: {
        driver,
        nodeName: 'gpu-1',
        pool: { name: namespace, generation: 1, resourceSliceCount: 1 },
        devices: [device],
      },
    },
    {
      apiVersion: 'resource.k8s.io/v1',
      kind: 'ResourceClaim',
      metadata: { name: 'one', namespace },
      spec: { devices: { requests: [{ name: 'gpu', exactly: { deviceClassName: `${namespace}-gpu` } }] } },
    },
  ]);
  const claims = [{ name: 'gpu', resourceClaimName: 'one' }];
  const containers = [
    { name: 'model', image: 'registry.invalid/model:1', resources: { claims: [{ name: 'gpu' }] } },
  ];
  await lab.apply([pod('claims', { resourceClaims: claims, containers })]);
  const rows = await rowsWhen('claims', 'it serves with its claim', (found) => {
    const last = found.at(-1);
    return isServing(found) && podFactsSchema.parse(last?.facts).gpu.n === 1;
  });
  const facts = podFactsSchema.parse(rows.at(-1)?.facts);
  assert.deepEqual([facts.gpu, facts.gpuEstimated], [fraction(1), false]);
  await lab.kubectl(['-n', namespace, 'delete', 'pod', 'claims', '--wait=true']);
  await rowsWhen('claims', 'it is over', isOver);
  await lab.kubectl(['delete', 'resourceslice', `${namespace}-gpu-1`]);
  await lab.kubectl(['delete', 'deviceclass', `${namespace}-gpu`]);
});

test('a pod that came and went while nobody watched is found in Prometheus by kube-state-metrics', async () => {
  const from = new Date();
  await lab.apply([pod('batch')]);
  await lab.kubectl(['-n', namespace, 'wait', '--for=condition=Ready', 'pod/batch', '--timeout=30s']);
  const scheduled = await conditionOf('batch', 'PodScheduled');
  const options = { url: lab.prometheusUrl, profile: defaultMetricProfile, allowances: ['127.0.0.1'] };
  const found = async () => {
    const lives = await readPodLives(options, namespace, { from, to: new Date() });
    assert.ok(!('kind' in lives), JSON.stringify(lives));
    return lives.find(({ name }) => name === 'batch');
  };
  await waitFor('Prometheus has it ready', 60_000, async () => (await found())?.readyAt ?? null);
  await lab.kubectl(['-n', namespace, 'delete', 'pod', 'batch', '--wait=true']);
  const life = await found();
  assert.equal(instant(life?.scheduledAt), scheduled);
  assert.deepEqual([life?.request['nvidia.com/gpu'], life?.nodeName.startsWith('gpu-')], [1, true]);
  // kube-state-metrics tells whole seconds.
  assert.ok((life?.endAt.getTime() ?? 0) >= (life?.startedAt?.getTime() ?? Infinity));
});

test('pods that live and die while the worker is stopped are filled in: to the second where they said when, else estimated', async () => {
  await metered.end();
  const finishing = pod('says-when');
  const annotations = { 'lab.fairlead.dev/end': 'finishes' };
  await lab.apply([{ ...finishing, metadata: { ...finishing.metadata, annotations } }, pod('says-nothing')]);
  const both = ['pod/says-when', 'pod/says-nothing'];
  await lab.kubectl(['-n', namespace, 'wait', '--for=condition=Ready', ...both, '--timeout=60s']);
  const options = { url: lab.prometheusUrl, profile: defaultMetricProfile, allowances: ['127.0.0.1'] };
  const lives = async (from: Date) => {
    const found = await readPodLives(options, namespace, { from, to: new Date() });
    assert.ok(!('kind' in found), JSON.stringify(found));
    return found;
  };
  const since = new Date(Date.now() - 120_000);
  await waitFor('Prometheus has both ready', 60_000, async () => {
    const ready = (await lives(since)).filter(
      ({ name, readyAt }) => name.startsWith('says-') && readyAt !== null,
    );
    return ready.length === 2 ? true : null;
  });
  await lab.kubectl(['-n', namespace, 'delete', ...both, '--wait=false']);
  const finishedAt = await waitFor('the last word of the one', 30_000, async () => {
    const path = 'jsonpath={.status.containerStatuses[0].state.terminated.finishedAt}';
    const said = await lab.kubectl(['-n', namespace, 'get', 'pod', 'says-when', '-o', path]);
    return said === '' ? null : said;
  });
  await lab.kubectl(['-n', namespace, 'wait', '--for=delete', ...both, '--timeout=60s']);
  await begin(async (gap) => {
    const found = await readPodLives(options, namespace, gap);
    return 'kind' in found ? [] : found;
  });
  const told = async (name: string) => await rowsWhen(name, `${name} is filled in`, isOver);
  const [says, nothing] = [await told('says-when'), await told('says-nothing')];
  for (const rows of [says, nothing])
    assert.deepEqual([...new Set(rows.map(({ source }) => source))], ['backfill']);
  assert.deepEqual([...new Set(says.map(({ estimated }) => estimated))], [false]);
  assert.deepEqual([...new Set(nothing.map(({ estimated }) => estimated))], [true]);
  assert.equal(instant(says.at(-1)?.toAt), instant(new Date(finishedAt)));
  assert.ok(says.some(({ bucket }) => bucket === 'serving'));
});
