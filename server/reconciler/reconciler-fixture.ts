import { asc, eq, sql } from 'drizzle-orm';
import { type Database, transaction } from '../../db/client.ts';
import { cluster, clusterLease, environment, policy, policyRevision } from '../../db/schema/environments.ts';
import { principal, project } from '../../db/schema/identity.ts';
import { model, modelVersion } from '../../db/schema/models.ts';
import { guardedAction, promotion } from '../../db/schema/promotions.ts';
import { rollout } from '../../db/schema/rollouts.ts';
import { roleInterval, service, serviceRevision } from '../../db/schema/services.ts';
import { openPolicy, type PolicyRules } from '../../domain/policy.ts';
import type { RolloutIntent } from '../../domain/rollout.ts';
import { type RolloutPlan, rolloutPlanSchema } from '../../domain/rollout-plan.ts';
import type { SandboxChange } from '../../domain/sandbox.ts';
import type { ServiceSpec } from '../../domain/service-spec.ts';
import { type ServingAction, type ServingScope, servingPort } from '../../domain/serving.ts';
import { setBehaviour } from '../cluster/sandbox/behaviour.ts';
import { ensureSandbox } from '../cluster/sandbox/world-store.ts';
import { createSandboxCluster } from '../cluster/sandbox.ts';
import { digestOf } from '../digest.ts';
import { newId } from '../id.ts';
import { createSandboxMetrics } from '../metrics/sandbox.ts';
import { currentSubjects } from '../promotion-subject.ts';
import { AnalysisTotals } from './analysis-totals.ts';
import { ObjectivePace } from './follow-objectives.ts';
import { takeLease } from './lease.ts';
import { type Hands, type Pass, reconcile } from './reconcile.ts';
import { StartDispersions } from './start-dispersions.ts';

/** For tests: what ends a pass as SIGKILL would, right after a write. */
export class Stopped extends Error {
  override readonly name = 'Stopped';
}

const quickPlan: RolloutPlan = rolloutPlanSchema.parse({
  schema: 1,
  steps: [10, 50, 100].map((weightPercent) => ({
    weightPercent,
    minimumMs: 20_000,
    deadlineMs: 300_000,
    minimumSamples: 50,
  })),
  checks: [
    { kind: 'threshold', id: 'rail', of: 'errors', max: 0.3, minimumSamples: 50 },
    { kind: 'eProcess', id: 'errors', of: 'errors' },
    { kind: 'eProcess', id: 'slow', of: 'slow', slowerThanMs: 250 },
  ],
  alpha: 0.05,
  intervalMs: 10_000,
  onDeadline: 'hold',
  progressDeadlineMs: 60_000,
  scaleDownDelayMs: 10_000,
});

const spec = (
  image: string,
  gpus: number | undefined,
  { gpuResource = 'nvidia.com/gpu', claimTemplate }: Options,
): ServiceSpec => ({
  schema: 1,
  podTemplate: {
    spec: {
      containers: [
        {
          name: 'model',
          image,
          ...(gpus === undefined || gpus === 0 ? {} : { resources: { limits: { [gpuResource]: gpus } } }),
        },
      ],
      ...(claimTemplate === undefined
        ? {}
        : { resourceClaims: [{ name: 'devices', resourceClaimTemplateName: claimTemplate }] }),
    },
  },
  servingContainer: 'model',
  port: 8080,
  artefact: { kind: 'inImage' },
});

const digest = (number: number) => `sha256:${String(number).repeat(64).slice(0, 64)}`;

type Options = {
  readonly plan?: RolloutPlan;
  /** Of the environment's policy; nobody signs unless given. */
  readonly rules?: PolicyRules;
  readonly stable?: boolean;
  readonly requestsPerSecond?: number;
  /** Whole GPUs that each pod of a revision asks for; none unless given. */
  readonly gpusPerPod?: { readonly first: number; readonly second: number };
  /** Under which the GPUs are asked for. */
  readonly gpuResource?: string;
  /** Of which every pod gets a claim; none unless given. */
  readonly claimTemplate?: string;
  readonly replicas?: number;
  /** Another project's world, whose cluster it shares, in a namespace of its own. */
  readonly beside?: ReconcilerWorld;
};

/** For tests: a project with one sandbox service of two revisions, the first stable, and a clock that only tests move. */
export class ReconcilerWorld {
  readonly db: Database;
  readonly projectId = newId();
  readonly clusterId: string;
  readonly environmentId = newId();
  readonly modelId = newId();
  readonly namespace: string;
  readonly serviceId = newId();
  readonly userId = newId();
  readonly revisionIds = [newId(), newId()] as const;
  readonly versionIds = [newId(), newId()] as const;
  readonly plan: RolloutPlan;
  readonly options: Options;
  nowMs = Date.UTC(2026, 2, 1, 10);
  /** Writes to the cluster's API, counted over all workers. */
  clusterWrites: ServingAction[] = [];

  constructor(db: Database, options: Options) {
    this.db = db;
    this.plan = options.plan ?? quickPlan;
    this.options = options;
    this.clusterId = options.beside?.clusterId ?? newId();
    this.namespace = options.beside === undefined ? 'production' : `production-${newId()}`;
  }

  static async create(db: Database, options: Options = {}): Promise<ReconcilerWorld> {
    const world = new ReconcilerWorld(db, options);
    await world.#insert(options.stable ?? true, options.rules ?? openPolicy);
    await world.tell({
      subject: 'service',
      serviceId: world.serviceId,
      behaviour: { requestsPerSecond: options.requestsPerSecond ?? 100 },
    });
    if (options.stable !== false)
      for (let at = 0; at < 12; at += 1) await world.pass(await world.hands('settler'), 2_000);
    return world;
  }

  get now(): Date {
    return new Date(this.nowMs);
  }

  /** Where the service's objects live. */
  get scope(): ServingScope {
    const { projectId, serviceId, clusterId } = this;
    const place = { namespace: this.namespace, gateway: { name: 'public', namespace: 'gateways' } };
    const route = { hostnames: ['fraud.example.com'], pathPrefix: '/', port: servingPort };
    return { projectId, serviceId, serviceName: 'fraud', clusterId, ...place, ...route };
  }

  async #insert(stable: boolean, asked: PolicyRules): Promise<void> {
    const { db, projectId, clusterId, serviceId, userId, now } = this;
    const { environmentId, modelId, options } = this;
    const [policyId, policyRevisionId] = [newId(), newId()];
    const slug = projectId;
    await db.insert(project).values({ id: projectId, name: slug, slug, createdAt: now });
    await db.insert(principal).values({ id: userId, kind: 'user', ownerUserId: userId, name: 'Ada' });
    const sandbox = { kind: 'sandbox', credential: 'none' } as const;
    if (options.beside === undefined) {
      await db.insert(cluster).values({ id: clusterId, name: clusterId, ...sandbox, createdAt: now });
      await transaction(db, (tx) => ensureSandbox(tx, { clusterId, seed: 7 }));
    }
    await db
      .insert(policy)
      .values({ id: policyId, projectId, name: 'open', currentRevisionId: policyRevisionId });
    const made = { createdAt: now, createdBy: userId };
    const rules = { rules: asked, digest: digestOf(asked), number: 1 };
    await db.insert(policyRevision).values({ id: policyRevisionId, projectId, policyId, ...rules, ...made });
    await db.insert(environment).values({
      id: environmentId,
      projectId,
      name: 'production',
      position: 1,
      production: true,
      clusterId,
      namespace: this.namespace,
      gateway: { name: 'public', namespace: 'gateways' },
      hostnames: ['fraud.example.com'],
      metricsSource: { kind: 'sandbox' },
      policyId,
      createdAt: now,
    });
    await db.insert(model).values({ id: modelId, projectId, name: 'fraud', ...made });
    await db.insert(service).values({
      id: serviceId,
      projectId,
      environmentId,
      name: 'fraud',
      mode: 'managed',
      spec: spec('fraud:1', options.gpusPerPod?.first, options),
      scaling: { kind: 'fixed', replicas: options.replicas ?? 3 },
      route: { hostnames: [], pathPrefix: '/' },
      defaultPlan: this.plan,
      stableRevisionId: stable ? this.revisionIds[0] : null,
      nextReconcileAt: now,
      ...made,
    });
    for (const [index, id] of this.revisionIds.entries()) await this.#insertRevision(index, { id, modelId });
    if (!stable) return;
    const role = { role: 'stable', fromAt: now, effectiveAt: now } as const;
    await db
      .insert(roleInterval)
      .values({ id: newId(), projectId, serviceId, revisionId: this.revisionIds[0], ...role });
  }

  async #insertRevision(index: number, { id, modelId }: { id: string; modelId: string }): Promise<void> {
    const { projectId, serviceId, userId, now } = this;
    const { gpusPerPod } = this.options;
    const number = index + 1;
    const modelVersionId = this.versionIds[index] ?? newId();
    const made = { createdAt: now, createdBy: userId };
    const found = {
      artefactDigest: digest(number),
      sourceUri: `s3://models/${number}`,
      metrics: {},
      lineage: {},
      tags: {},
    };
    await this.db
      .insert(modelVersion)
      .values({ id: modelVersionId, projectId, modelId, number, ...found, ...made });
    await this.db.insert(serviceRevision).values({
      id,
      projectId,
      serviceId,
      number,
      modelVersionId,
      spec: spec(`fraud:${number}`, index === 0 ? gpusPerPod?.first : gpusPerPod?.second, this.options),
      specDigest: digest(number),
      imageDigest: digest(number),
      ...made,
    });
  }

  async tell(change: SandboxChange): Promise<void> {
    const { clusterId, now } = this;
    await transaction(this.db, (tx) => setBehaviour(tx, { clusterId, change, at: now }));
  }

  /** An approved promotion of the second revision (or the first, on a service without stable). */
  async approve(): Promise<string> {
    const { db, projectId, serviceId, userId, now, plan } = this;
    const [stored] = await db.select().from(service).where(eq(service.id, serviceId));
    const fromRevisionId = stored?.stableRevisionId ?? null;
    const toRevisionId = fromRevisionId === this.revisionIds[0] ? this.revisionIds[1] : this.revisionIds[0];
    const [id, actionId] = [newId(), newId()];
    const [rules] = await db.select().from(policyRevision).where(eq(policyRevision.projectId, projectId));
    const action = {
      id: actionId,
      projectId,
      kind: 'promotion' as const,
      subject: {},
      subjectDigest: '',
      policyRevisionId: rules?.id ?? '',
      requestedBy: userId,
      requestedAt: now,
      expiresAt: new Date(this.nowMs + 86_400_000),
    };
    await db.insert(guardedAction).values(action);
    const planned = { plan, planDigest: digestOf(plan), state: 'approved' as const, requestedAt: now };
    await db
      .insert(promotion)
      .values({ id, projectId, actionId, serviceId, toRevisionId, fromRevisionId, ...planned });
    const subject = (await currentSubjects(db, [id])).get(id);
    await db
      .update(guardedAction)
      .set({ subject, subjectDigest: digestOf(subject) })
      .where(eq(guardedAction.id, actionId));
    await db
      .update(service)
      .set({ generation: sql`${service.generation} + 1`, nextReconcileAt: now })
      .where(eq(service.id, serviceId));
    return id;
  }

  /** What a command does to intent. */
  async intend(change: Partial<RolloutIntent>): Promise<void> {
    await this.db
      .update(rollout)
      .set({ ...change, generation: sql`${rollout.generation} + 1` })
      .where(eq(rollout.serviceId, this.serviceId));
  }

  /** A worker's hands under a lease of its own; whoever held it before has lost it. */
  async hands(holder: string, onWrite?: (what: string) => void): Promise<Hands> {
    const { db, clusterId } = this;
    await db
      .update(clusterLease)
      .set({ leaseUntil: new Date(0) })
      .where(eq(clusterLease.clusterId, clusterId));
    const lease = await takeLease(db, { clusterId, holder, leaseMs: 600_000 });
    if (lease === null) throw new Error('The lease could not be taken.');
    const clock = async () => this.now;
    const afterWrite = (action: ServingAction) => this.clusterWrites.push(action);
    return {
      db,
      cluster: createSandboxCluster({ db, clusterId, clock, afterWrite }),
      metricsOf: () => createSandboxMetrics({ db, clusterId, clock }),
      lease,
      clock,
      origin: 'live',
      refusedRevisions: new Map(),
      totals: new AnalysisTotals(),
      pace: new ObjectivePace(),
      dispersions: new StartDispersions(),
      ...(onWrite === undefined ? {} : { onWrite }),
    };
  }

  /** One pass, then time goes on to when the pass wants to look again, at most so long. */
  async pass(hands: Hands, mostMs = 10_000): Promise<Pass> {
    const done = await reconcile(hands, this.serviceId);
    this.nowMs += Math.min(mostMs, Math.max(200, done.requeueAfterMs ?? mostMs));
    return done;
  }

  async rollout() {
    const ofService = eq(rollout.serviceId, this.serviceId);
    // Ids rise with time; without an order the newest may come anywhere once rows were updated.
    const rows = await this.db.select().from(rollout).where(ofService).orderBy(asc(rollout.id));
    return rows.at(-1);
  }

  /** Passes until the newest rollout satisfies the test; throws after so many. */
  async drive(
    hands: Hands,
    until: (row: typeof rollout.$inferSelect) => boolean,
    most = 200,
  ): Promise<typeof rollout.$inferSelect> {
    for (let count = 0; count < most; count += 1) {
      await this.pass(hands);
      const row = await this.rollout();
      if (row !== undefined && until(row)) return row;
    }
    const row = await this.rollout();
    throw new Error(`Not reached in ${most} passes: ${JSON.stringify({ ...row, plan: null }, null, 1)}`);
  }
}
