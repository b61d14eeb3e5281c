import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { eq } from 'drizzle-orm';
import { cluster, clusterLease, namespaceClaim } from '../../db/schema/environments.ts';
import {
  confirmReplacement,
  releaseNamespace,
  takeNamespace,
} from '../../server/clusters/ownership-commands.ts';
import { dryRunService } from '../../server/services/dry-run.ts';
import { refusalOf } from './kubernetes-support.ts';
import { OwnFairlead } from './own-fairlead.ts';
import { printedToken } from './product-rights.ts';
import { modelSpec } from './product-spec.ts';
import { sharedLab } from './start.ts';
import { waitFor } from './wait-for.ts';

const lab = sharedLab();
const namespaces: string[] = [];
let ours: OwnFairlead;
let theirs: OwnFairlead;

before(async () => {
  [ours, theirs] = [await OwnFairlead.start(lab), await OwnFairlead.start(lab)];
});
after(async () => {
  await ours?.stop();
  await theirs?.stop();
  await Promise.all(namespaces.map((name) => lab.deleteNamespace(name)));
});

async function freshNamespace(prefix: string): Promise<string> {
  const name = await lab.createNamespace(prefix);
  namespaces.push(name);
  return name;
}

async function deployments(namespace: string): Promise<string> {
  return (await lab.kubectl(['get', 'deployments', '-n', namespace, '-o', 'name'])).trim();
}

const untilDeployed = (namespace: string, name: string) =>
  waitFor(`${name} in ${namespace}`, 30_000, async () =>
    (await deployments(namespace)).includes(name) ? true : null,
  );

const untilBlocked = (fairlead: OwnFairlead, serviceId: string, code: string) =>
  waitFor(
    `the blocker ${code}`,
    40_000,
    async () => ((await fairlead.blockersOf(serviceId)) ?? []).find((found) => found.code === code) ?? null,
  );

test('a token is renewed by the worker, sealed anew, and it and a standing-by one go on when the first one is dead', async () => {
  const namespace = await freshNamespace('renewed');
  await printedToken(lab, namespace);
  // Bound to an object, a token dies with it: the way to end one at once.
  await lab.kubectl(['-n', namespace, 'create', 'secret', 'generic', 'anchor']);
  const bound = ['--bound-object-kind=Secret', '--bound-object-name=anchor', '--duration=10m'];
  const first = (await lab.kubectl(['-n', namespace, 'create', 'token', 'fairlead', ...bound])).trim();
  await ours.register(first);
  const before = await ours.row();
  // Nobody renews until both have opened their connections with the first token.
  const held = { holder: 'nobody', leaseUntil: new Date(Date.now() + 3_000) };
  await ours.db.update(clusterLease).set(held).where(eq(clusterLease.clusterId, ours.clusterId));
  const endFirst = await ours.addWorker(0);
  await ours.addWorker(0);
  const renewed = await waitFor('a renewed token', 30_000, async () => {
    const row = await ours.row();
    return row.sealedToken !== before.sealedToken && row.tokenProblem === null ? row : null;
  });
  assert.equal(renewed.generation, before.generation);
  assert.ok((renewed.tokenExpiresAt?.getTime() ?? 0) > Date.now() + 9 * 60_000);
  await lab.kubectl(['-n', namespace, 'delete', 'secret', 'anchor']);
  await waitFor('the death of the first token', 30_000, async () =>
    lab
      .kubectl(['--token', first, 'get', 'pods', '-n', namespace])
      .then(() => null)
      .catch(() => true),
  );
  const serviceId = await ours.runService('carried', namespace);
  await untilDeployed(namespace, 'carried-r1');
  const blockers = (await ours.blockersOf(serviceId)) ?? [];
  assert.deepEqual(
    blockers.filter(({ code }) => code === 'clusterUnauthorized'),
    [],
  );
  await endFirst();
  await ours.addService('after', await ours.environmentOf(serviceId));
  await untilDeployed(namespace, 'after-r1');
  assert.equal(
    (await ours.row()).uid,
    (await lab.kubectl(['get', 'ns', 'kube-system', '-o', 'jsonpath={.metadata.uid}'])).trim(),
  );
});

test('a token whose role may not renew it is named with what to apply, before it ends', async () => {
  const namespace = await freshNamespace('unrenewed');
  const token = await printedToken(lab, namespace);
  await lab.kubectl(['-n', namespace, 'delete', 'rolebinding', 'fairlead-token']);
  await ours.register(token);
  await ours.startWorker();
  const problem = await waitFor('the problem', 30_000, async () => (await ours.row()).tokenProblem);
  assert.match(JSON.stringify(problem), /"code":"tokenExpiring"/);
  assert.match(JSON.stringify(problem), /Apply the Role fairlead-token/);
});

test('under a replaced cluster nothing is written until an admin confirms it', async () => {
  const namespace = await freshNamespace('replaced');
  await ours.register(await printedToken(lab, namespace));
  await ours.db.update(cluster).set({ uid: 'the-old-cluster' }).where(eq(cluster.id, ours.clusterId));
  await ours.startWorker();
  const serviceId = await ours.runService('moved', namespace);
  const found = await untilBlocked(ours, serviceId, 'clusterReplaced');
  assert.match(found.fix ?? '', /Register it as a new cluster, or confirm the replacement/);
  assert.equal(await deployments(namespace), '');
  assert.equal(await lab.kubectl(['get', 'leases', '-n', namespace, '-o', 'name']), '');
  const { clusterId } = ours;
  const uid = (await ours.row()).replacedByUid ?? '';
  assert.equal(
    (await refusalOf(confirmReplacement(ours.admin(), { clusterId, uid: 'a third one' }))).code,
    'conflict',
  );
  await confirmReplacement(ours.admin(), { clusterId, uid });
  await untilDeployed(namespace, 'moved-r1');
  assert.deepEqual([(await ours.row()).uid, (await ours.row()).replacedByUid], [uid, null]);
});

test('two Fairleads never write in one namespace: the second waits until the first gives it up', async () => {
  const namespace = await freshNamespace('shared');
  const token = await printedToken(lab, namespace);
  await ours.register(token);
  await ours.startWorker();
  await ours.runService('first', namespace);
  await untilDeployed(namespace, 'first-r1');
  await theirs.register(token);
  await theirs.startWorker();
  const second = await theirs.runService('second', namespace);
  const found = await untilBlocked(theirs, second, 'namespaceClaimed');
  assert.match(found.message, /Another Fairlead \(.+\) manages shared/);
  assert.equal(await deployments(namespace), 'deployment.apps/first-r1');
  const place = { clusterId: theirs.clusterId, namespace };
  assert.match((await refusalOf(takeNamespace(theirs.admin(), place))).message, /lives/);
  await releaseNamespace(ours.admin(), { clusterId: ours.clusterId, namespace });
  await untilDeployed(namespace, 'second-r1');
  const audit = await ours.fixture.auditOf(ours.clusterId);
  assert.ok(audit.some(({ action }) => action === 'clusters.releaseNamespace'));
});

test('the claim of a silent Fairlead is taken only by the word of an admin', async () => {
  const namespace = await freshNamespace('silent');
  const token = await printedToken(lab, namespace);
  await lab.apply([
    {
      apiVersion: 'coordination.k8s.io/v1',
      kind: 'Lease',
      metadata: { name: 'fairlead', namespace },
      spec: { holderIdentity: 'a-dead-one', renewTime: '2026-01-01T00:00:00.000000Z' },
    },
  ]);
  await ours.register(token);
  await ours.startWorker();
  const serviceId = await ours.runService('heir', namespace);
  const found = await untilBlocked(ours, serviceId, 'namespaceClaimed');
  assert.match(found.fix ?? '', /take the namespace over/);
  assert.equal(await deployments(namespace), '');
  await takeNamespace(ours.admin(), { clusterId: ours.clusterId, namespace });
  await untilDeployed(namespace, 'heir-r1');
  const claims = await ours.db
    .select()
    .from(namespaceClaim)
    .where(eq(namespaceClaim.clusterId, ours.clusterId));
  assert.deepEqual(
    claims.map(({ wanted, takeFrom }) => ({ wanted, takeFrom })),
    [{ wanted: true, takeFrom: null }],
  );
});

test('a read-only token that is asked to manage says every verb that lacks, in the dry run', async () => {
  const namespace = await freshNamespace('reading');
  const token = await printedToken(lab, namespace);
  await lab.kubectl(['-n', namespace, 'delete', 'rolebinding', 'fairlead-manage']);
  await ours.register(token);
  await ours.startWorker();
  const serviceId = await ours.runService('wish', namespace);
  const { blockers } = await dryRunService(ours.fixture.as('operator'), {
    projectId: ours.fixture.projectId,
    environmentId: await ours.environmentOf(serviceId),
    name: 'other-wish',
    spec: modelSpec('other-wish'),
    scaling: { kind: 'fixed', replicas: 1 },
  });
  assert.deepEqual(
    blockers.map(({ code }) => code),
    ['rightsMissing'],
  );
  assert.match(blockers[0]?.message ?? '', /may not create deployments\.apps, .*delete httproutes/);
});
