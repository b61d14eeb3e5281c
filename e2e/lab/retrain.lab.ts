import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import * as z from 'zod';
import { driftAlert } from '../../db/schema/drift.ts';
import { clusterManifest, serviceAccountName } from '../../domain/cluster-manifest.ts';
import { markDriftAlert } from '../../server/drift-alerts/mark.ts';
import { createEnvironment } from '../../server/environments/commands.ts';
import { newId } from '../../server/id.ts';
import { registerVersion } from '../../server/models/register.ts';
import { createTemplate } from '../../server/retrain-templates/commands.ts';
import { configureRetraining } from '../../server/retrains/commands.ts';
import { getRetrain } from '../../server/retrains/queries.ts';
import { createService } from '../../server/services/commands.ts';
import { exampleDigest } from '../../server/test-fixture.ts';
import { OwnFairlead } from './own-fairlead.ts';
import { modelSpec } from './product-spec.ts';
import { sharedLab } from './start.ts';
import { waitFor } from './wait-for.ts';

const lab = sharedLab();
let own: OwnFairlead;
/** Where trainings run well and badly, where the token may not start any, where a quota refuses the Job, and where one refuses its pods. */
const namespaces = { works: '', fails: '', forbidden: '', noJobs: '', noPods: '' };
type Where = keyof typeof namespaces;
const services: Record<Where, string> = { ...namespaces };

type End = 'succeeds' | 'fails';

/** Its pods are over by themselves after a while, well or badly. */
const jobYaml = (end: End, gpus: number) => `
apiVersion: batch/v1
kind: Job
metadata:
  annotations: { team: fraud }
spec:
  activeDeadlineSeconds: 600
  backoffLimit: 0
  template:
    metadata:
      annotations: { lab.fairlead.dev/end: ${end} }
    spec:
      restartPolicy: Never
      containers:
        - name: train
          image: registry.invalid/train:4
          args: ["--out", "{{retrainId}}"]
          env: [{ name: MODEL, value: "{{model}} {{modelVersion}}" }]
          resources: { limits: { nvidia.com/gpu: ${gpus} } }
`;

before(async () => {
  own = await OwnFairlead.start(lab);
  for (const where of Object.keys(namespaces) as Where[])
    namespaces[where] = await lab.createNamespace(`retrain-${where.toLowerCase()}`);
  await own.register(await trainingToken());
  // Before there is a worker, which would start by itself what the fixture makes live by hand.
  for (const where of Object.keys(namespaces) as Where[])
    services[where] = await trained(where, where === 'fails' ? 'fails' : 'succeeds');
  await own.startWorker();
});
after(async () => {
  await own?.stop();
  for (const namespace of Object.values(namespaces)) await lab.deleteNamespace(namespace);
});

/** With the rights of the printed manifest, which lacks the box "Trainings may be started" in one of the namespaces. */
async function trainingToken(): Promise<string> {
  const home = namespaces.works;
  for (const where of Object.keys(namespaces) as Where[]) {
    const of = [{ name: namespaces[where], access: 'manage' as const }];
    const plan = { home, namespaces: of, logs: false, metering: true, training: where !== 'forbidden' };
    await lab.kubectl(['apply', '-f', '-'], clusterManifest(plan));
  }
  const asked = ['-n', home, 'create', 'token', serviceAccountName, '--duration=1h'];
  return (await lab.kubectl(asked)).trim();
}

async function refuseBy(where: Where, hard: Record<string, string>): Promise<void> {
  const metadata = { name: 'limit', namespace: namespaces[where] };
  await lab.apply([{ apiVersion: 'v1', kind: 'ResourceQuota', metadata, spec: { hard } }]);
  await waitFor('the quota', 15_000, async () => {
    const path = `/api/v1/namespaces/${namespaces[where]}/resourcequotas/limit`;
    const { body } = await lab.api.request('GET', path);
    return z.looseObject({ status: z.looseObject({ hard: z.unknown() }) }).safeParse(body).success
      ? true
      : null;
  });
}

/** A service in the namespace whose real alerts start the template by themselves. */
async function trained(where: Where, end: End): Promise<string> {
  const { fixture } = own;
  const { environmentId } = await createEnvironment(own.admin(), {
    projectId: fixture.projectId,
    name: `${where.toLowerCase()}-${newId().slice(-6)}`,
    production: false,
    clusterId: own.clusterId,
    namespace: namespaces[where],
    gateway: lab.gateway,
    metricsSource: { kind: 'none' },
    policyId: fixture.openPolicyId,
  });
  const { serviceId } = await createService(fixture.as('operator'), {
    projectId: fixture.projectId,
    environmentId,
    name: 'fraud',
    spec: modelSpec('fraud'),
    scaling: { kind: 'fixed', replicas: 1 },
    ownerUserId: fixture.people.operator.id,
  });
  await fixture.live(serviceId);
  const { templateId } = await createTemplate(own.admin(), {
    clusterId: own.clusterId,
    name: `train ${serviceId}`,
    // With a GPU budgets and room come first, which is not what is refused here.
    yaml: jobYaml(end, where === 'works' ? 1 : 0),
  });
  const settings = { policy: 'auto', action: { kind: 'template', templateId } } as const;
  await configureRetraining(fixture.as('operator'), { serviceId, settings });
  return serviceId;
}

/** Somebody calls a drift alert of the service real. */
async function callReal(serviceId: string): Promise<string> {
  const { fixture } = own;
  const [alertId, at] = [newId(), new Date()];
  const span = { driftedMs: at.getTime() - 3_600_000, openedMs: at.getTime(), clearedMs: null };
  const feature = { featureId: newId(), name: 'amount', test: 'distribution', effect: 0.31, limit: 0.1 };
  await own.db.insert(driftAlert).values({
    id: alertId,
    projectId: fixture.projectId,
    serviceId,
    kind: 'drift',
    state: 'open',
    facts: {
      schema: 1,
      of: 'features',
      windowLength: 'hour',
      features: [{ ...feature, ...span, severe: true }],
    },
    fromAt: new Date(at.getTime() - 7_200_000),
    openedAt: at,
    stateAt: at,
  });
  const { retrainId } = await markDriftAlert(fixture.as('engineer'), { alertId, mark: { kind: 'real' } });
  return retrainId ?? '';
}

const get = (requestId: string) => getRetrain(own.fixture.as('viewer'), { requestId });
type Answer = Awaited<ReturnType<typeof get>>;

async function until(requestId: string, what: string, isSo: (answer: Answer) => boolean): Promise<Answer> {
  let last: Answer | null = null;
  return await waitFor(what, 60_000, async () => {
    last = await get(requestId);
    return isSo(last) ? last : null;
  }).catch((error: unknown) => {
    const seen = { state: last?.state, work: last?.work, outcome: last?.outcome };
    throw new Error(`${String(error)} ${JSON.stringify(seen)}`);
  });
}

const jobSchema = z.looseObject({
  metadata: z.looseObject({
    labels: z.record(z.string(), z.string()),
    managedFields: z.array(z.looseObject({ manager: z.string(), operation: z.string() })),
  }),
  spec: z.looseObject({
    template: z.looseObject({
      spec: z.looseObject({
        containers: z.array(
          z.looseObject({ args: z.array(z.string()), env: z.array(z.looseObject({ value: z.string() })) }),
        ),
      }),
    }),
  }),
});

test('a real alert starts the allowed Job by server-side apply, which is followed to its end, or says what refuses it', async () => {
  await refuseBy('noJobs', { 'count/jobs.batch': '0' });
  await refuseBy('noPods', { pods: '0' });
  const ids = {
    works: await callReal(services.works),
    fails: await callReal(services.fails),
    forbidden: await callReal(services.forbidden),
    noJobs: await callReal(services.noJobs),
    noPods: await callReal(services.noPods),
  };

  const started = await until(ids.works, 'a training that runs', ({ work }) => work?.phase === 'running');
  const name = started.work?.name ?? '';
  const path = `/apis/batch/v1/namespaces/${namespaces.works}/jobs/${name}`;
  const job = jobSchema.parse((await lab.api.request('GET', path)).body);
  assert.equal(job.metadata.labels['fairlead.dev/run-id'], ids.works);
  assert.ok(
    job.metadata.managedFields.some(
      ({ manager, operation }) => manager === 'fairlead' && operation === 'Apply',
    ),
  );
  const [container] = job.spec.template.spec.containers;
  assert.deepEqual(
    [container?.args, container?.env[0]?.value],
    [['--out', ids.works], `${started.payload.model} ${started.payload.modelVersion}`],
  );
  const writes = lab
    .auditEntries()
    .filter(({ objectRef }) => objectRef?.resource === 'jobs' && objectRef.name === name)
    .filter(({ verb, user, stage }) => stage === 'ResponseComplete' && verb !== 'get' && user !== undefined)
    .filter(({ user }) => user.username.endsWith(`:${serviceAccountName}`));
  assert.deepEqual(
    writes.map(({ verb, responseStatus }) => [verb, responseStatus?.code]),
    [['patch', 201]],
  );

  const refused = (requestId: string, what: string, words: RegExp) =>
    until(
      requestId,
      what,
      ({ state, outcome }) => state === 'approved' && words.test(outcome?.message ?? ''),
    );
  await refused(ids.forbidden, 'the right that is missing', /cannot .* resource "jobs"/);
  const noJobs = await refused(
    ids.noJobs,
    'the quota of Jobs',
    /exceeded quota: limit, .*count\/jobs\.batch=0/,
  );
  assert.equal(noJobs.outcome?.code, 'quotaExceeded');
  // The Job is there and says nothing; what keeps its pods away is told by an event.
  await until(
    ids.noPods,
    'the quota of pods',
    ({ state, work }) =>
      state === 'running' &&
      work?.phase === 'waiting' &&
      /exceeded quota: limit, .*pods=0/.test(work.message),
  );

  const failed = await until(
    ids.fails,
    'the end of a training that fails',
    ({ state }) => state === 'failed',
  );
  assert.match(failed.outcome?.message ?? '', /BackoffLimitExceeded/);
  const done = await until(ids.works, 'the end of a training', ({ state }) => state === 'done');
  assert.deepEqual(
    done.timeline.map(({ action }) => action).filter((action) => action.startsWith('retrains.')),
    ['retrains.open', 'retrains.start', 'retrains.follow'],
  );

  const { modelVersionId } = await registerVersion(own.fixture.as('engineer'), {
    projectId: own.fixture.projectId,
    modelName: done.payload.model,
    sourceUri: 's3://models/anew',
    artefactDigest: exampleDigest(77),
    servingImage: `registry.example/serve@${exampleDigest(3)}`,
    retrainId: ids.works,
  });
  const replaced = await get(ids.works);
  assert.deepEqual([replaced.state, replaced.newVersion?.modelVersionId], ['replaced', modelVersionId]);
});
