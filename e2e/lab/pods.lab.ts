import assert from 'node:assert/strict';
import { appendFileSync, writeFileSync } from 'node:fs';
import { after, before, test } from 'node:test';
import { watchRights } from '../../domain/cluster-rights.ts';
import type { LogQuestion, Pod } from '../../domain/pod.ts';
import type { ServingScope } from '../../domain/serving.ts';
import type { Cluster } from '../../server/cluster/cluster.ts';
import { connectKubernetesCluster } from '../../server/cluster/connect.ts';
import {
  observeUntil,
  refusalOf,
  revisionIn,
  revisionOf,
  scopeOf,
  workerToken,
} from './kubernetes-support.ts';
import { podLogFiles } from './kwok.ts';
import { sharedLab } from './start.ts';
import { waitFor } from './wait-for.ts';

const lab = sharedLab();
const files = podLogFiles(lab.folder);
const fence = { epoch: 5, generation: 1 };
const limits = { mostBytes: 100_000 };
let namespace = '';
let cluster: Cluster;
let scope: ServingScope;

before(async () => {
  namespace = await lab.createNamespace('pods');
  cluster = await connected(await workerToken(lab, namespace));
  scope = scopeOf(lab, namespace, 'scorer');
});
after(async () => {
  await cluster.close();
  await lab.deleteNamespace(namespace);
});

async function connected(token: string): Promise<Cluster> {
  const { serverUrl, caPem } = lab;
  return await connectKubernetesCluster({ clusterId: 'lab', credential: 'token', serverUrl, caPem, token });
}

/** As container runtimes write: time, stream, whole line, text. */
function written(...lines: readonly string[]): string {
  return lines
    .map((line) => `${new Date().toISOString().replace('Z', '000000Z')} stdout F ${line}\n`)
    .join('');
}

async function podsWhen(what: string, isSo: (pods: readonly Pod[]) => boolean, revisionNumber?: number) {
  const question = revisionNumber === undefined ? scope : { ...scope, revisionNumber };
  return await waitFor(what, 30_000, async () => {
    const { pods } = await cluster.pods(question);
    return isSo(pods) ? pods : null;
  });
}

async function questionAbout(revisionNumber: number, more: Partial<LogQuestion> = {}): Promise<LogQuestion> {
  const [pod] = await podsWhen('a pod', (pods) => pods.length > 0, revisionNumber);
  const { projectId, serviceId, serviceName } = scope;
  const own = { projectId, serviceId, serviceName, namespace };
  return { ...own, pod: pod?.name ?? '', container: 'model', previous: false, tailLines: 500, ...more };
}

test('pods come with node, GPUs, age and revision, and a crash loop with its restarts and its last end', async () => {
  await cluster.apply(scope, { kind: 'applyRevision', revision: revisionOf(1, { gpus: 1 }) }, fence);
  const crash = revisionOf(2, {
    env: { SIMULATE_READINESS: 'crash' },
    scaling: { kind: 'fixed', replicas: 1 },
  });
  await cluster.apply(scope, { kind: 'applyRevision', revision: crash }, fence);
  const good = await podsWhen(
    'two ready pods',
    (pods) => pods.length === 2 && pods.every(({ ready }) => ready),
    1,
  );
  assert.ok(
    good.every(({ node, gpuCount, phase }) => node !== null && gpuCount === 1 && phase === 'Running'),
  );
  assert.ok(good.every(({ createdAt }) => Math.abs(Date.now() - Date.parse(createdAt)) < 60_000));
  const [bad] = await podsWhen('the crash loop', (pods) => pods[0]?.restarts === 3, 2);
  assert.equal(bad?.revisionNumber, 2);
  const [container] = bad?.containers ?? [];
  assert.equal(container?.state.kind === 'waiting' ? container.state.reason : '', 'CrashLoopBackOff');
  assert.equal(container?.lastTermination?.exitCode, 1);
  assert.equal(container?.lastTermination?.reason, 'Error');
  assert.ok(Date.parse(container?.lastTermination?.finishedAt ?? '') > Date.now() - 60_000);
  assert.equal((await cluster.pods(scope)).pods.length, 3);
});

test('a pod that no node takes says why in the words of the scheduler', async () => {
  const huge = revisionOf(3, { gpus: 1_000, scaling: { kind: 'fixed', replicas: 1 } });
  await cluster.apply(scope, { kind: 'applyRevision', revision: huge }, fence);
  const [pod] = await podsWhen('the scheduler’s words', (pods) => pods[0]?.problem != null, 3);
  assert.equal(pod?.node, null);
  assert.match(pod?.problem ?? '', /Insufficient nvidia\.com\/gpu/);
  const { events } = await cluster.events({ ...scope, revisionNumber: 3 });
  assert.ok(events.some(({ reason, type }) => reason === 'FailedScheduling' && type === 'Warning'));
  await cluster.apply(scope, { kind: 'deleteRevision', number: 3 }, fence);
});

test('Events are those of the service’s own pods, ReplicaSets and Deployments, newest first, also of pods that are gone', async () => {
  const other = scopeOf(lab, namespace, 'scorer-other');
  await cluster.apply(other, { kind: 'applyRevision', revision: revisionOf(1) }, fence);
  await observeUntil(
    { cluster, scope: other },
    'the neighbour',
    (seen) => revisionIn(seen, 1)?.ready || null,
  );
  const { events, truncated } = await cluster.events(scope);
  assert.equal(truncated, false);
  const of = (kind: string) => new Set(events.filter((event) => event.kind === kind).map(({ name }) => name));
  assert.deepEqual(of('Deployment'), new Set(['scorer-r1', 'scorer-r2']));
  assert.ok(events.some(({ kind, reason }) => kind === 'Pod' && reason === 'Scheduled'));
  assert.ok(events.some(({ kind, reason }) => kind === 'ReplicaSet' && reason === 'SuccessfulCreate'));
  assert.ok(events.every(({ name }) => !name.startsWith('scorer-other')));
  const times = events.map(({ lastAt }) => lastAt ?? '');
  assert.deepEqual(times, times.toSorted().toReversed());
  const [gone] = await podsWhen('two pods', (pods) => pods.length === 2, 1);
  const name = gone?.name ?? '';
  await lab.kubectl(['-n', namespace, 'delete', 'pod', name, '--wait=true']);
  const still = (await cluster.events({ ...scope, revisionNumber: 1 })).events;
  assert.ok(still.some((event) => event.kind === 'Pod' && event.name === name));
});

test('the last lines of a container come through the API server, the newest of them when they are too many', async () => {
  writeFileSync(files.present, written(...Array.from({ length: 40 }, (_, index) => `line ${index}`)));
  const question = await questionAbout(1);
  const whole = await cluster.readLog(question, limits);
  assert.equal(whole.truncated, false);
  assert.equal(whole.text.trimEnd().split('\n').length, 40);
  assert.match(whole.text, /^\d{4}-\d\d-\d\dT\S+Z line 0\n/);
  const tail = await cluster.readLog({ ...question, tailLines: 2 }, limits);
  assert.deepEqual(tail.text.match(/line \d+/g), ['line 38', 'line 39']);
  const cut = await cluster.readLog(question, { mostBytes: 120 });
  assert.equal(cut.truncated, true);
  assert.match(cut.text, /^\S+Z line 3\d\n/);
  assert.match(cut.text, /line 39\n$/);
  writeFileSync(files.previous, written('it was the previous run'));
  const previous = await cluster.readLog({ ...question, previous: true }, limits);
  assert.match(previous.text, /it was the previous run/);
});

test('a log is followed line by line as it is written, until nobody wants it any more', async () => {
  writeFileSync(files.present, written('before'));
  const abort = new AbortController();
  const seen: string[] = [];
  const following = (async () => {
    for await (const lines of cluster.followLog(await questionAbout(1), abort.signal)) seen.push(...lines);
  })();
  await waitFor('the first line', 15_000, async () => seen.length > 0 || null);
  appendFileSync(files.present, written('after 1', 'after 2'));
  await waitFor('the lines that follow', 15_000, async () => seen.length >= 3 || null);
  assert.deepEqual(
    seen.map((line) => line.replace(/^\S+ /, '')),
    ['before', 'after 1', 'after 2'],
  );
  abort.abort();
  await following;
});

test('a pod that is gone, one of another service, and a container that it has not each have their sentence', async () => {
  const question = await questionAbout(1);
  const gone = await refusalOf(cluster.readLog({ ...question, pod: 'scorer-r1-gone-12345' }, limits));
  assert.equal(gone.code, 'notFound');
  assert.match(gone.message, /is gone, or is none of scorer/);
  const neighbour = scopeOf(lab, namespace, 'scorer-neighbour');
  await cluster.apply(neighbour, { kind: 'applyRevision', revision: revisionOf(1) }, fence);
  const theirs = await waitFor('the neighbour’s pod', 30_000, async () => {
    const { pods } = await cluster.pods(neighbour);
    return pods[0]?.name ?? null;
  });
  assert.equal((await refusalOf(cluster.readLog({ ...question, pod: theirs }, limits))).code, 'notFound');
  const path = await refusalOf(cluster.readLog({ ...question, pod: '../../kube-system' }, limits));
  assert.equal(path.code, 'notFound');
  const none = await refusalOf(cluster.readLog({ ...question, container: 'sidecar' }, limits));
  assert.equal(none.fix, 'It has model.');
});

test('a token without pods/log still reads pods and Events, and says what lacks and how to grant it', async () => {
  const rights = watchRights;
  const reader = await connected(await workerToken(lab, namespace, { rights, name: 'without-logs' }));
  try {
    assert.ok((await reader.pods(scope)).pods.length >= 3);
    assert.ok((await reader.events(scope)).events.length > 0);
    const refused = await refusalOf(reader.readLog(await questionAbout(1), limits));
    assert.equal(refused.code, 'rightsMissing');
    assert.match(refused.message, /cannot get resource "pods\/log"/);
    assert.match(refused.fix ?? '', /Logs of pods may be read, too/);
  } finally {
    await reader.close();
  }
});

test('a token without events reads pods, and says what lacks', async () => {
  const rights = watchRights.filter(({ resource }) => resource !== 'events');
  const reader = await connected(await workerToken(lab, namespace, { rights, name: 'without-events' }));
  try {
    assert.ok((await reader.pods(scope)).pods.length >= 3);
    const refused = await refusalOf(reader.events(scope));
    assert.equal(refused.code, 'rightsMissing');
    assert.match(refused.message, /cannot list resource "events"/);
  } finally {
    await reader.close();
  }
});

test('the pods of a workload that others made are found by its selector, and an empty selector finds none', async () => {
  const name = 'foreign';
  const labels = { app: name };
  await lab.apply([
    {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name, namespace },
      spec: {
        replicas: 2,
        selector: { matchLabels: labels },
        template: {
          metadata: { labels },
          spec: { containers: [{ name: 'server', image: 'registry.invalid/foreign:1' }] },
        },
      },
    },
  ]);
  const watched = { ...scopeOf(lab, namespace, name), found: { kind: 'Deployment', name, selector: labels } };
  const pods = await waitFor('the foreign pods', 30_000, async () => {
    const found = (await cluster.pods(watched)).pods;
    return found.length === 2 && found.every(({ ready }) => ready) ? found : null;
  });
  assert.deepEqual(new Set(pods.map(({ revisionNumber }) => revisionNumber)), new Set([null]));
  const { events } = await cluster.events(watched);
  assert.ok(events.some(({ kind, name: of }) => kind === 'Deployment' && of === name));
  const all = { ...watched, found: { ...watched.found, selector: {} } };
  assert.deepEqual((await cluster.pods(all)).pods, []);
});
