import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { clusterManifest, serviceAccountName } from '../../domain/cluster-manifest.ts';
import { openPolicy } from '../../domain/policy.ts';
import {
  customKinds,
  deployCustomKinds,
  deployWorkloads,
  imageOf,
  markAsHelm,
  workloadName,
} from './discover-world.ts';
import { type Client, setUpAdmin } from './product-clients.ts';
import { type ProductProcesses, startProcesses } from './product-processes.ts';
import { sharedLab } from './start.ts';
import { waitFor } from './wait-for.ts';
import { podMemory } from './watch-memory.ts';

const lab = sharedLab();
/** The audit policy records the reads of this namespace's service accounts, too. */
const home = 'fairlead-watcher';
const account = `system:serviceaccount:${home}:${serviceAccountName}`;
const count = 60;
const restMs = 40_000;
let namespace = '';
let limited = '';
let processes: ProductProcesses;
let admin: Client;
let projectId = '';
let clusterId = '';
let policyId = '';
let environmentId = '';
const watchedIds = new Map<string, string>();

const calls = () => lab.auditEntries().filter(({ user }) => user.username === account);
/** Asking the API server what one may is a POST that stores nothing. */
const isQuestion = (uri: string) => uri.endsWith('/selfsubjectaccessreviews');
const writes = () =>
  calls().filter(
    ({ verb, requestURI }) => !['get', 'list', 'watch'].includes(verb) && !isQuestion(requestURI),
  );

async function addEnvironment(name: string, of: string): Promise<string> {
  const place = { name, production: false, clusterId, namespace: of, gateway: lab.gateway };
  const source = { metricsSource: { kind: 'none' as const }, policyId };
  return (await admin.environments.create.mutate({ projectId, ...place, ...source })).environmentId;
}

async function serviceOf(workload: string) {
  return await admin.services.get.query({ serviceId: watchedIds.get(workload) ?? '' });
}

before(async () => {
  [namespace = '', limited = ''] = await Promise.all(
    ['discover', 'limited'].map((name) => lab.createNamespace(name)),
  );
  await deployCustomKinds(lab, namespace);
  await deployWorkloads(lab, namespace, count);
  await deployWorkloads(lab, limited, 2);
  await markAsHelm(lab, namespace, workloadName(1));
  await lab.kubectl([
    '-n',
    namespace,
    'wait',
    '--for=condition=Available',
    'deployment',
    '--all',
    '--timeout=300s',
  ]);
  processes = await startProcesses(lab);
  admin = await setUpAdmin(processes.url, processes.setUpLink);
  await processes.startWorker();
  projectId = (await admin.projects.create.mutate({ name: 'Models', slug: 'models' })).id;
  const rules = { projectId, name: 'Nobody signs', rules: openPolicy };
  policyId = (await admin.policies.create.mutate(rules)).policyId;
});
after(async () => {
  await processes?.stop();
  await Promise.all([home, namespace, limited].map((name) => lab.deleteNamespace(name)));
  await lab.kubectl(['delete', 'crd', ...customKinds, '--ignore-not-found']);
  await lab.kubectl(['delete', 'clusterrole,clusterrolebinding', `fairlead-${home}`, '--ignore-not-found']);
});

/** The read-only manifest that the product prints, and its token. */
async function watchToken(): Promise<string> {
  const namespaces = [namespace, limited].map((name) => ({ name, access: 'watch' as const }));
  await lab.kubectl(['apply', '-f', '-'], clusterManifest({ home, namespaces, logs: false }));
  return (await lab.kubectl(['-n', home, 'create', 'token', serviceAccountName, '--duration=1h'])).trim();
}

async function untilAllSeen(): Promise<void> {
  await waitFor('all services to be seen healthy', 120_000, async () => {
    const { rows } = await admin.services.list.query({ projectId, environmentId, pageSize: 100 });
    return rows.length === count && rows.every(({ status }) => status?.state === 'healthy') ? true : null;
  });
}

test('sixty running workloads are watched with a token that may only read', {
  timeout: 400_000,
}, async () => {
  const token = await watchToken();
  const startedAt = performance.now();
  const { serverUrl, caPem } = lab;
  const connection = { credential: 'token' as const, serverUrl, caPem, token };
  clusterId = (await admin.clusters.create.mutate({ name: 'lab', connection })).id;
  environmentId = await addEnvironment('staging', namespace);
  const found = await admin.workloads.list.query({ environmentId });
  const discoveredMs = performance.now() - startedAt;
  assert.deepEqual(found.problems, []);
  assert.equal(found.workloads.length, count + 2);
  const items = found.workloads
    .filter(({ ref }) => ref.kind === 'Deployment')
    .map(({ ref }) => ({ kind: ref.kind, name: ref.name }));
  const { discoveryId } = found;
  assert.ok(discoveryId !== null);
  const { answers } = await admin.services.adopt.mutate({ environmentId, discoveryId, items });
  for (const { name, serviceId } of answers) watchedIds.set(name, serviceId ?? '');
  assert.deepEqual(
    answers.filter(({ refusal }) => refusal !== null),
    [],
  );
  await untilAllSeen();
  const seconds = (ms: number): string => (ms / 1000).toFixed(1);
  console.log(
    `figure: cluster added → listed ${seconds(discoveredMs)} s → ${count} watched services with their status ${seconds(performance.now() - startedAt)} s`,
  );
  const first = found.workloads.find(({ ref }) => ref.name === workloadName(0));
  assert.equal(`registry.invalid/model@${first?.images[0]?.digest}`, imageOf(0));
  assert.equal(first?.route?.name, workloadName(0));
});

test('what an InferenceService or a Rollout made is part of it, and managers are told by their marks', async () => {
  const { workloads, routes } = await admin.workloads.list.query({ environmentId });
  const named = (name: string) => workloads.find(({ ref }) => ref.name === name);
  assert.deepEqual(named('sentiment')?.children, ['Deployment sentiment-predictor']);
  assert.equal(named('sentiment')?.images[0]?.reference, imageOf(802));
  assert.deepEqual(named('ranker')?.children, ['Deployment ranker']);
  assert.equal(named('ranker')?.ref.kind, 'Rollout');
  assert.equal(named('sentiment-predictor'), undefined);
  assert.deepEqual(named(workloadName(1))?.manager, {
    kind: 'helm',
    name: 'models',
    detail: 'annotation meta.helm.sh/release-name',
  });
  assert.deepEqual(routes[0]?.workloads, [workloadName(0)]);
  assert.ok(named(workloadName(2))?.service !== null);
});

test('at rest a watched service costs the API server no call of its own', { timeout: 120_000 }, async () => {
  const before = calls().length;
  await delay(restMs);
  const made = calls().slice(before);
  // Whether the whole cluster may be metered by now is asked once in minutes, for all of it and in vain here.
  const reads = made.filter(({ verb, responseStatus }) => verb !== 'watch' && responseStatus?.code !== 403);
  const refused = made.filter(({ responseStatus }) => responseStatus?.code === 403);
  assert.ok(
    refused.length <= 2 && refused.every(({ requestURI }) => /^\/api\/v1\/(nodes|pods)\?/.test(requestURI)),
    refused.map(({ requestURI }) => requestURI).join(),
  );
  const watches = made.filter(({ verb, stage }) => verb === 'watch' && stage === 'ResponseStarted');
  console.log(
    `figure: ${count} watched services at rest for ${restMs / 1000} s: ${reads.length} calls, ${refused.length} of the cluster refused, and ${watches.length} renewals of the shared watches`,
  );
  assert.deepEqual(
    reads.map(({ verb, requestURI }) => `${verb} ${requestURI}`),
    [],
  );
  // Twice the kinds of a namespace: a watch lives half a minute.
  assert.ok(watches.length <= 12, `${watches.length} watches`);
});

test('a change by kubectl is on the timeline with its manager and field, and what runs becomes a revision', async () => {
  const name = workloadName(0);
  await lab.kubectl(['-n', namespace, 'set', 'image', `deployment/${name}`, `model=${imageOf(900)}`]);
  const changed = await waitFor('the new revision', 60_000, async () => {
    const service = await serviceOf(name);
    return service.stable?.number === 2 ? service : null;
  });
  assert.equal(`registry.invalid/model@${changed.stable?.imageDigest}`, imageOf(900));
  assert.equal(changed.stable?.adopted, true);
  const sentence = changed.timeline.find((entry) => entry.sentence?.includes('by others'))?.sentence ?? '';
  assert.match(
    sentence,
    /kubectl-set \(Update\) changed spec\.template\.spec\.containers\[model\]\.image from/,
  );
});

test('scaled to zero and deleted are said, and are not broken', async () => {
  const [asleep, gone] = [workloadName(3), workloadName(4)];
  await lab.kubectl(['-n', namespace, 'scale', 'deployment', asleep, '--replicas=0']);
  await lab.kubectl(['-n', namespace, 'delete', 'deployment', gone]);
  const stateOf = (name: string, state: string) =>
    waitFor(`${name} to be ${state}`, 60_000, async () => {
      const { status } = await serviceOf(name);
      return status?.state === state ? status : null;
    });
  const slept = await stateOf(asleep, 'scaledToZero');
  assert.deepEqual(slept.blockers, []);
  const { watched } = await stateOf(gone, 'gone');
  assert.match(watched?.sentence ?? '', /does not exist in the cluster any more/);
  const { timeline } = await serviceOf(asleep);
  assert.ok(timeline.some(({ sentence }) => /changed spec\.replicas from 1 to 0/.test(sentence ?? '')));
});

test('a Role without one verb gives one sentence, and the rest is listed', async () => {
  const role = ['-n', limited, 'patch', 'role', `${serviceAccountName}-watch`, '--type=json', '-p'];
  const rules = [
    {
      apiGroups: ['apps', ''],
      resources: ['deployments', 'pods', 'services'],
      verbs: ['get', 'list', 'watch'],
    },
  ];
  await lab.kubectl([...role, JSON.stringify([{ op: 'replace', path: '/rules', value: rules }])]);
  const other = await addEnvironment('limited', limited);
  const found = await admin.workloads.list.query({ environmentId: other });
  assert.equal(found.workloads.length, 2);
  assert.ok(found.problems.length > 0);
  for (const { message } of found.problems) assert.match(message, /cannot list resource/);
  assert.match(found.workloads[0]?.routeSentence ?? '', /httproutes/);
});

test('the API server has recorded no write by Fairlead', () => {
  assert.ok(calls().length > 0, 'its reads are recorded');
  assert.deepEqual(
    writes().map(({ verb, requestURI }) => `${verb} ${requestURI}`),
    [],
  );
});

test('what the watch keeps of a thousand pods is measured', async () => {
  const { body } = await lab.api.request('GET', `/api/v1/namespaces/${namespace}/pods?limit=1`);
  const { whole, kept } = podMemory(body, 1_000);
  const mib = (bytes: number): string => (bytes / 2 ** 20).toFixed(2);
  console.log(`figure: watch memory per 1,000 pods: ${mib(kept)} MiB kept, ${mib(whole)} MiB if all was`);
  assert.ok(kept < whole);
});
