import { openPolicy, type PolicyRules } from '../../domain/policy.ts';
import type { RolloutPlan } from '../../domain/rollout-plan.ts';
import type { ServiceSpec } from '../../domain/service-spec.ts';
import { createBudget } from '../budgets/commands.ts';
import { createSandboxCluster } from '../clusters/commands.ts';
import { createEnvironment } from '../environments/commands.ts';
import { registerVersion } from '../models/register.ts';
import { attachEvidence } from '../models/version-commands.ts';
import { createPolicy } from '../policies/commands.ts';
import { createProject } from '../projects/commands.ts';
import { approvePromotion } from '../promotions/decide.ts';
import { requestPromotion } from '../promotions/request.ts';
import { loadVersion } from '../rows/revision-record.ts';
import { setFault } from '../sandbox/set-fault.ts';
import { createService } from '../services/commands.ts';
import { setObjectives } from '../services/set-objectives.ts';
import { castPeople, type DemoCast } from './demo-cast.ts';
import { type DemoModel, demoCard, demoDigest, demoMetric } from './demo-catalogue.ts';
import { demoJobs } from './demo-jobs.ts';
import { demoPlan } from './demo-plan.ts';
import type { DemoStage } from './demo-stage.ts';

const productionNamespace = 'demo-production';
/** Two replicas for a week, the training of the newest version, and nine hours to spare. */
const searchGpuHours = 2 * 168 + 4 * 24 + 9;
const milliGpuSecondsPerGpuHour = 3_600_000n;

type DemoPromise = Parameters<typeof setObjectives>[1]['objectives'];

const twoApprovers: PolicyRules = {
  ...openPolicy,
  rules: [{ id: 'approvers', roles: ['approver'], minimum: 2 }],
  minimumDistinctPeople: 2,
  requiresPassingEvidence: true,
};

/** The demo's project with its people and places. */
export class DemoWorld {
  readonly stage: DemoStage;
  readonly projectId: string;
  readonly clusterId: string;
  readonly stagingId: string;
  readonly productionId: string;
  readonly cast: DemoCast;

  private constructor(
    stage: DemoStage,
    made: Pick<DemoWorld, 'projectId' | 'clusterId' | 'stagingId' | 'productionId' | 'cast'>,
  ) {
    this.stage = stage;
    this.projectId = made.projectId;
    this.clusterId = made.clusterId;
    this.stagingId = made.stagingId;
    this.productionId = made.productionId;
    this.cast = made.cast;
  }

  static async build(stage: DemoStage): Promise<DemoWorld> {
    const { id: clusterId } = await createSandboxCluster(stage.as(), { name: 'sandbox' });
    const { id: projectId, policyId: openPolicyId } = await createProject(stage.as(), {
      name: 'Demo',
      slug: 'demo',
    });
    const cast = await castPeople(stage, projectId);
    const lena = stage.as(cast.lena);
    const { policyId } = await createPolicy(lena, { projectId, name: 'Two approvers', rules: twoApprovers });
    const places = {
      projectId,
      clusterId,
      gateway: { name: 'public', namespace: 'gateways' },
      metricsSource: { kind: 'sandbox' as const },
    };
    const { environmentId: stagingId } = await createEnvironment(lena, {
      ...places,
      name: 'staging',
      production: false,
      namespace: 'demo-staging',
      policyId: openPolicyId,
    });
    const { environmentId: productionId } = await createEnvironment(lena, {
      ...places,
      name: 'production',
      production: true,
      namespace: productionNamespace,
      hostnames: ['models.demo.fairlead.test'],
      policyId,
    });
    return new DemoWorld(stage, { projectId, clusterId, stagingId, productionId, cast });
  }

  /** Registers the next version with lineage, card and a passing evaluation report; by Ada. */
  async register(model: DemoModel, number: number): Promise<string> {
    const ada = this.stage.as(this.cast.ada);
    const { modelVersionId } = await registerVersion(ada, {
      projectId: this.projectId,
      modelName: model.name,
      sourceUri: `s3://models.demo/${model.name}/${number}`,
      artefactDigest: demoDigest(`${model.name} ${number}`),
      servingImage: `registry.demo.test/${model.name}@${demoDigest(`image ${model.name} ${number}`)}`,
      framework: model.framework,
      metrics: { [model.metric]: demoMetric(number) },
      tags: { team: 'risk', stage: 'candidate' },
      lineage: {
        runId: `run-${model.name}-${number}`,
        gitCommit: demoDigest(`commit ${model.name} ${number}`).slice(7, 47),
        datasets: [{ name: `${model.name}-training` }],
      },
      modelCard: demoCard(model, number),
    });
    const metrics = [{ name: model.metric, value: demoMetric(number), minimum: 0.9 }];
    await attachEvidence(ada, {
      modelVersionId,
      report: { schema: 1, name: 'Hold-out evaluation', dataset: `${model.name}-holdout`, metrics },
    });
    return modelVersionId;
  }

  /** Creates the service of a model and tells the sandbox how much traffic it gets, in staging a tenth; by Omar. */
  async serve(model: DemoModel, where: 'staging' | 'production' = 'production'): Promise<string> {
    const omar = this.stage.as(this.cast.omar);
    const isStaging = where === 'staging';
    const { serviceId } = await createService(omar, {
      projectId: this.projectId,
      environmentId: isStaging ? this.stagingId : this.productionId,
      name: model.name,
      spec: demoSpec(model),
      scaling: { kind: 'fixed', replicas: isStaging ? 1 : model.replicas },
      route: { hostnames: [], pathPrefix: `/${model.name}` },
      defaultPlan: demoPlan,
      ownerUserId: this.cast.omar.id,
      runbookUrl: `https://runbooks.demo.fairlead.test/${model.name}`,
    });
    const requestsPerSecond = isStaging ? model.requestsPerSecond / 10 : model.requestsPerSecond;
    await setFault(omar, {
      serviceId,
      change: { subject: 'service', serviceId, behaviour: { requestsPerSecond } },
    });
    return serviceId;
  }

  /** What search may take of the GPUs in any seven days, of which next to nothing is left; by Lena. */
  async limitSearch(modelVersionId: string): Promise<void> {
    const { stage, projectId, cast } = this;
    const { modelId } = await loadVersion(stage.db, modelVersionId);
    await createBudget(stage.as(cast.lena), {
      projectId,
      name: 'Search ranking, any seven days',
      scope: { projectId, environmentId: null, modelId, gpuProduct: null },
      unit: 'gpuHours',
      period: { kind: 'rolling', days: 7 },
      level: 2,
      amount: String(BigInt(searchGpuHours) * milliGpuSecondsPerGpuHour),
    });
  }

  /** Tells the sandbox what runs on it besides the Services until then; by Omar. */
  async runJobs(serviceId: string, until: Date): Promise<void> {
    const span = { beginMs: this.stage.now.getTime(), endMs: until.getTime() };
    const jobs = demoJobs({ ...span, namespace: productionNamespace });
    await setFault(this.stage.as(this.cast.omar), {
      serviceId,
      change: { subject: 'cluster', behaviour: { jobs, gpuNodes: 4 } },
    });
  }

  /** Ada asks; the named people sign. Returns the promotion. */
  async promote(
    asked: { serviceId: string; modelVersionId: string; note: string; plan?: RolloutPlan },
    signers: readonly ('lena' | 'omar' | 'priya')[],
  ): Promise<string> {
    const { promotionId, subjectDigest } = await requestPromotion(this.stage.as(this.cast.ada), asked);
    for (const signer of signers)
      await approvePromotion(this.stage.as(this.cast[signer]), {
        promotionId,
        subjectDigest,
        comment: 'The report keeps its threshold and the plan is the usual one.',
      });
    return promotionId;
  }

  /** What the service promises over 28 days, counted from then; by Omar. */
  async promise(serviceId: string, objectives: DemoPromise, from: Date): Promise<void> {
    await this.stage.measureHours(serviceId, from);
    await setObjectives(this.stage.as(this.cast.omar), { serviceId, objectives });
  }

  /** Tells the sandbox how a version behaves wherever it runs. */
  async behave(serviceId: string, modelVersionId: string, behaviour: DemoModel['behaviour']): Promise<void> {
    await setFault(this.stage.as(this.cast.omar), {
      serviceId,
      change: { subject: 'modelVersion', modelVersionId, behaviour },
    });
  }
}

function demoSpec(model: DemoModel): ServiceSpec {
  const limits = {
    memory: '4Gi',
    ...(model.gpuCount > 0 ? { 'nvidia.com/gpu': String(model.gpuCount) } : {}),
  };
  return {
    schema: 1,
    podTemplate: {
      spec: {
        containers: [
          {
            name: 'server',
            image: `registry.demo.test/${model.name}@${demoDigest(`image ${model.name} 1`)}`,
            args: ['--model-dir', '/models'],
            ports: [{ containerPort: 8080, name: 'http' }],
            resources: { requests: { cpu: '500m', memory: '2Gi' }, limits },
            readinessProbe: { httpGet: { path: '/v2/health/ready', port: 8080 }, periodSeconds: 5 },
          },
        ],
      },
    },
    servingContainer: 'server',
    port: 8080,
    artefact: { kind: 'storageUri', envName: 'MODEL_URI' },
  };
}
