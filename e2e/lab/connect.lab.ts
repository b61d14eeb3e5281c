import assert from 'node:assert/strict';
import { createPrivateKey } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { SignJWT } from 'jose';
import type { ClusterCheck } from '../../domain/cluster-check.ts';
import { clusterManifest, connectionCommands } from '../../domain/cluster-manifest.ts';
import type { NamespaceAccess } from '../../domain/cluster-rights.ts';
import { connectKubernetesCluster } from '../../server/cluster/connect.ts';
import { type Client, setUpAdmin } from './product-clients.ts';
import { type ProductProcesses, startProcesses } from './product-processes.ts';
import { sharedLab } from './start.ts';
import { waitFor } from './wait-for.ts';

const lab = sharedLab();
let home = '';
let watched = '';
let managed = '';
let processes: ProductProcesses;
let admin: Client;

before(async () => {
  [home, watched, managed] = (await Promise.all(
    ['connect-home', 'connect-watched', 'connect-managed'].map((name) => lab.createNamespace(name)),
  )) as [string, string, string];
  await lab.apply(exporters());
  processes = await startProcesses(lab);
  admin = await setUpAdmin(processes.url, processes.setUpLink);
  await processes.startWorker();
});
after(async () => {
  await processes?.stop();
  await Promise.all([home, watched, managed].map((name) => lab.deleteNamespace(name)));
  await lab.kubectl(['delete', 'clusterrole,clusterrolebinding', `fairlead-${home}`, '--ignore-not-found']);
});

/** Services with the labels that the charts of both exporters give theirs. */
function exporters(): Record<string, unknown>[] {
  const labelled = { 'kube-state-metrics': 'kube-state-metrics', 'dcgm-exporter': 'dcgm-exporter' };
  return Object.entries(labelled).map(([name, label]) => ({
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name, namespace: home, labels: { 'app.kubernetes.io/name': label } },
    spec: { ports: [{ port: 8080 }] },
  }));
}

/** What an admin of the cluster does: apply what is printed, run the printed command. */
async function grant(namespaces: readonly NamespaceAccess[], logs = true): Promise<string> {
  await lab.kubectl(['apply', '-f', '-'], clusterManifest({ home, namespaces, logs, metering: true }));
  return await printed(connectionCommands(home).token);
}

/** Runs a printed command; its quotes are the shell's. */
async function printed(command: string): Promise<string> {
  const words = command.match(/'[^']*'|\S+/g) ?? [];
  const [, ...args] = words.map((word) => word.replace(/='([^']*)'$/, '=$1').replace(/^'(.*)'$/, '$1'));
  return (await lab.kubectl(args)).trim();
}

const caPem = (): Promise<string> =>
  lab.kubectl(['-n', home, 'get', 'configmap', 'kube-root-ca.crt', '-o', 'jsonpath={.data.ca\\.crt}']);

async function checksOf(token: string, namespaces: readonly NamespaceAccess[]): Promise<ClusterCheck[]> {
  const { serverUrl } = lab;
  const options = { clusterId: 'lab', credential: 'token', serverUrl, caPem: lab.caPem, token } as const;
  const cluster = await connectKubernetesCluster(options);
  try {
    return [...(await cluster.probe(namespaces)).checks];
  } finally {
    await cluster.close();
  }
}

const bad = (checks: readonly ClusterCheck[]) => checks.filter(({ state }) => state !== 'met');
const rowOf = (checks: readonly ClusterCheck[], id: string): ClusterCheck => {
  const found = checks.find((check) => check.id === id);
  assert.ok(found, `no row ${id} in ${JSON.stringify(checks)}`);
  return found;
};

/** A token that the API server's own key signs, with claims of our choice. */
async function forged(claims: Record<string, unknown>, times: { from: number; to: number }) {
  const key = createPrivateKey(readFileSync(join(lab.folder.certificates, 'service-account.key')));
  return await new SignJWT({
    'kubernetes.io': { namespace: home, serviceaccount: { name: 'fairlead' } },
    ...claims,
  })
    .setProtectedHeader({ alg: 'RS256' })
    .setIssuer('https://kubernetes.default.svc')
    .setAudience('https://kubernetes.default.svc')
    .setSubject(`system:serviceaccount:${home}:fairlead`)
    .setNotBefore(times.from)
    .setIssuedAt(times.from)
    .setExpirationTime(times.to)
    .sign(key);
}

test('the printed manifest and commands connect a cluster whose whole check list is green before it is stored and after', async () => {
  const namespaces: NamespaceAccess[] = [
    { name: watched, access: 'watch' },
    { name: managed, access: 'manage' },
  ];
  const token = await grant(namespaces);
  const connection = {
    credential: 'token' as const,
    serverUrl: lab.serverUrl,
    caPem: await caPem(),
    token,
  };
  const trial = await admin.clusters.tryConnection.mutate({ connection, namespaces });
  assert.deepEqual(bad(trial.checks), []);
  assert.equal(trial.checks.length, 16, JSON.stringify(trial.checks.map(({ id }) => id)));
  const { id: clusterId } = await admin.clusters.create.mutate({ name: 'lab', connection, namespaces });
  const found = await admin.clusters.probe.mutate({ clusterId });
  assert.deepEqual(bad(found.checks), []);
  const page = await admin.clusters.get.query({ clusterId });
  assert.deepEqual(page.findings?.checks, found.checks);
  const hours = ((page.tokenExpiresAt?.getTime() ?? 0) - Date.now()) / 3_600_000;
  assert.ok(hours > 167 && hours <= 168, `expires in ${hours} hours`);
});

test('the read-only variant can watch and nothing else, and says every verb that managing lacks', async () => {
  const token = await grant([{ name: watched, access: 'watch' }]);
  assert.deepEqual(bad(await checksOf(token, [{ name: watched, access: 'watch' }])), []);
  const asked = await checksOf(token, [{ name: watched, access: 'manage' }]);
  assert.deepEqual(
    bad(asked).map(({ id }) => id),
    [`manage:${watched}`],
  );
  assert.match(
    rowOf(asked, `manage:${watched}`).detail,
    /create deployments\.apps, patch deployments\.apps, delete deployments\.apps, create services/,
  );
});

test('a Role that lacks one verb is told by exactly that verb and its fix', async () => {
  const namespaces = [{ name: managed, access: 'manage' as const }];
  const token = await grant(namespaces);
  const whole = clusterManifest({ home, namespaces, logs: true, metering: true });
  const less = whole.replace(/(resources: \["httproutes"\]\n\s+verbs: \["create"), "patch"/, '$1');
  assert.notEqual(less, whole);
  await lab.kubectl(['apply', '-f', '-'], less);
  const row = rowOf(await checksOf(token, namespaces), `manage:${managed}`);
  await lab.kubectl(['apply', '-f', '-'], whole);
  assert.equal(row.detail, 'the token may not patch httproutes.gateway.networking.k8s.io');
  assert.match(row.fix ?? '', new RegExp(`Role fairlead-manage in ${managed}`));
});

test('a token that may not read logs misses nothing else, and the row says how to grant it', async () => {
  const namespaces = [{ name: watched, access: 'watch' as const }];
  // A Role keeps what an earlier manifest of another plan granted only until it is applied again.
  const checks = await checksOf(await grant(namespaces, false), namespaces);
  assert.deepEqual(
    bad(checks).map(({ id, state, detail }) => [id, state, detail]),
    [
      [
        `logs:${watched}`,
        'absent',
        'the token may not get pods/log, so nobody sees what the containers write',
      ],
    ],
  );
  await grant(namespaces);
});

test('an expired token, one from a clock ahead, one of another audience and a wrong CA each have their sentence', async () => {
  const now = Math.floor(Date.now() / 1000);
  const expired = await forged({}, { from: now - 7_200, to: now - 3_600 });
  assert.match(rowOf(await checksOf(expired, []), 'token').detail, /^it expired at 20/);
  const early = await forged({}, { from: now + 7_200, to: now + 10_800 });
  assert.match(
    rowOf(await checksOf(early, []), 'token').detail,
    /^it is not valid before .* but the API server's clock says 20/,
  );
  const elsewhere = await lab.kubectl(['-n', home, 'create', 'token', 'fairlead', '--audience=vault']);
  assert.match(rowOf(await checksOf(elsewhere.trim(), []), 'token').detail, /for vault$/);
  const secret = ['get', 'secret', '-n', 'envoy-gateway-system', 'envoy'];
  const otherCa = await lab.kubectl([...secret, '-o', 'jsonpath={.data.ca\\.crt}']);
  const connection = {
    credential: 'token' as const,
    serverUrl: lab.serverUrl,
    caPem: Buffer.from(otherCa, 'base64').toString(),
    token: expired,
  };
  const { checks } = await admin.clusters.tryConnection.mutate({ connection, namespaces: [] });
  assert.equal(rowOf(checks, 'tls').state, 'missing');
  assert.match(rowOf(checks, 'tls').detail, /not signed by the CA/);
});

test('without the ClusterRoles nothing is missing, and each row that cannot be asked says what would show it', async () => {
  const token = await grant([{ name: watched, access: 'watch' }]);
  await lab.kubectl(['delete', 'clusterrolebinding', `fairlead-${home}`, `fairlead-${home}-metering`]);
  const checks = await checksOf(token, [{ name: watched, access: 'watch' }]);
  const states = bad(checks).map(({ id, state }) => `${id} ${state}`);
  assert.deepEqual(states, [
    'identity absent',
    'metering absent',
    'gateway unknown',
    'gpus unknown',
    'kube-state-metrics unknown',
    'dcgm-exporter unknown',
  ]);
  assert.ok(bad(checks).every(({ fix }) => /Apply the (ClusterRole of the )?manifest/.test(fix ?? '')));
});

test('a token that ended while no worker could renew it is named on the page of its cluster', async () => {
  const now = Math.floor(Date.now() / 1000);
  const token = await forged({}, { from: now - 7_200, to: now - 3_600 });
  const connection = { credential: 'token' as const, serverUrl: lab.serverUrl, caPem: lab.caPem, token };
  const { id: clusterId } = await admin.clusters.create.mutate({ name: 'lapsed', connection });
  const problem = await waitFor('the problem', 30_000, async () => {
    const { tokenProblem } = await admin.clusters.get.query({ clusterId });
    return tokenProblem;
  });
  assert.equal(problem.code, 'tokenExpiring');
  assert.match(problem.message, /is not renewed: it expired at 20/);
  assert.match(problem.fix ?? '', /Make a new token/);
});
