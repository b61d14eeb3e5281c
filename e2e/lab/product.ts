import type { MetricProfile } from '../../domain/metric-profile.ts';
import { defaultMetricProfile } from '../../domain/metric-profile-presets.ts';
import type { Role } from '../../domain/permission.ts';
import type { RolloutPlan } from '../../domain/rollout-plan.ts';
import type { Lab } from './lab.ts';
import { type Client, RestClient, setUpAdmin, signIn } from './product-clients.ts';
import { type ProductProcesses, startProcesses } from './product-processes.ts';
import { printedToken } from './product-rights.ts';
import { modelSpec, servingImage, twoApprovers } from './product-spec.ts';

/** Everything that a test of the whole product holds. */
export interface Product {
  readonly lab: Lab;
  readonly processes: ProductProcesses;
  readonly namespace: string;
  readonly projectId: string;
  readonly clusterId: string;
  readonly serviceId: string;
  readonly model: string;
  readonly host: string;
  readonly people: Record<'admin' | 'engineer' | 'operator' | 'anna' | 'ben', Client>;
  readonly token: string;
  readonly rest: RestClient;
  stop(): Promise<void>;
}

type Place = Pick<Product, 'lab' | 'processes' | 'namespace' | 'model' | 'host'> & {
  readonly plan: RolloutPlan;
  readonly gpus: number;
  readonly profile: MetricProfile;
};

async function member(
  admin: Client,
  { url }: ProductProcesses,
  who: { projectId: string; name: string; roles: Role[] },
): Promise<Client> {
  const email = `${who.name.toLowerCase()}@example.test`;
  const { link } = await admin.users.create.mutate({ name: who.name, email });
  await admin.members.set.mutate({ projectId: who.projectId, email, roles: who.roles });
  return await signIn(url, link);
}

async function createPeople(
  admin: Client,
  processes: ProductProcesses,
  projectId: string,
): Promise<Product['people']> {
  const make = (name: string, roles: Role[]) => member(admin, processes, { projectId, name, roles });
  return {
    admin,
    engineer: await make('Egon', ['engineer']),
    operator: await make('Olga', ['operator']),
    anna: await make('Anna', ['approver']),
    ben: await make('Ben', ['approver']),
  };
}

/** Cluster, policy, environment and service, each by the person whose task it is. */
async function createPlace(
  { lab, namespace, model, host, plan, gpus, profile }: Place,
  people: Product['people'],
  projectId: string,
): Promise<{ clusterId: string; serviceId: string }> {
  const { admin, operator } = people;
  const { serverUrl, caPem } = lab;
  const token = await printedToken(lab, namespace, gpus > 0);
  const connection = { credential: 'token' as const, serverUrl, caPem, token };
  const { id: clusterId } = await admin.clusters.create.mutate({ name: 'lab', connection });
  const { policyId } = await admin.policies.create.mutate({
    projectId,
    name: 'Two approvers',
    rules: twoApprovers,
  });
  await admin.egress.allow.mutate({ target: '127.0.0.1', purpose: 'Prometheus of the lab' });
  const { environmentId } = await admin.environments.create.mutate({
    projectId,
    name: 'production',
    production: true,
    clusterId,
    namespace,
    gateway: lab.gateway,
    metricsSource: { kind: 'prometheus', url: lab.prometheusUrl, profile },
    policyId,
  });
  const { serviceId } = await operator.services.create.mutate({
    projectId,
    environmentId,
    name: model,
    spec: modelSpec(model, {}, gpus),
    scaling: { kind: 'fixed', replicas: 2 },
    route: { hostnames: [host], pathPrefix: '/' },
    defaultPlan: plan,
  });
  return { clusterId, serviceId };
}

/** Starts Fairlead beside the lab and sets it up by its own API, up to a service that runs nothing yet. */
export async function startProduct(
  lab: Lab,
  {
    model,
    plan,
    profile = defaultMetricProfile,
    gpus = 0,
  }: { model: string; plan: RolloutPlan; profile?: MetricProfile; gpus?: number },
): Promise<Product> {
  const namespace = await lab.createNamespace(model);
  const processes = await startProcesses(lab);
  try {
    const admin = await setUpAdmin(processes.url, processes.setUpLink);
    const { id: projectId } = await admin.projects.create.mutate({ name: 'Fraud', slug: 'fraud' });
    const people = await createPeople(admin, processes, projectId);
    const host = `${model}.${namespace}.lab`;
    const place: Place = { lab, processes, namespace, model, host, plan, gpus, profile };
    const { clusterId, serviceId } = await createPlace(place, people, projectId);
    const { secret } = await admin.tokens.create.mutate({
      projectId,
      name: 'ci',
      roles: ['engineer'],
      expiresInDays: 1,
    });
    const rest = new RestClient(processes.url, secret);
    const stop = async (): Promise<void> => {
      await processes.stop();
      await lab.deleteNamespace(namespace);
    };
    const made = { projectId, clusterId, serviceId, people, token: secret, rest, stop };
    return { lab, processes, namespace, model, host, ...made };
  } catch (error) {
    await processes.stop();
    throw error;
  }
}

/** Trains an artefact, registers it with its digest and attaches a report that passes its threshold; gives its id. */
export async function registerTrained(product: Product, number: number): Promise<string> {
  const { lab, rest, model, projectId } = product;
  const { uri, digest, accuracy } = lab.trainModel({ name: model, number, seed: number });
  const modelVersionId = await rest.registerVersion(projectId, model, {
    sourceUri: `file://${uri}`,
    artefactDigest: digest,
    servingImage,
    framework: 'logistic-regression',
    metrics: { accuracy },
    lineage: { runId: `run-${number}`, gitCommit: 'abcdef1' },
  });
  const verdict = await rest.attachEvidence(modelVersionId, {
    schema: 1,
    name: 'holdout',
    metrics: [{ name: 'accuracy', value: accuracy, minimum: 0.6 }],
  });
  if (verdict !== 'passed') throw new Error(`The evidence says ${verdict}.`);
  return modelVersionId;
}

/** Signatures of the two approvers, in turn. */
export async function approve(
  { people }: Product,
  asked: { promotionId: string; subjectDigest: string },
): Promise<void> {
  const { promotionId, subjectDigest } = asked;
  const comment = 'Looks right.';
  await people.anna.promotions.approve.mutate({ promotionId, subjectDigest, comment });
  await people.ben.promotions.approve.mutate({ promotionId, subjectDigest, comment });
}
