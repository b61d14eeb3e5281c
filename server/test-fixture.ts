import { and, eq } from 'drizzle-orm';
import type { Database } from '../db/client.ts';
import { auditDetail, auditEntry } from '../db/schema/audit.ts';
import { cluster, clusterLease } from '../db/schema/environments.ts';
import { account, membership, principal, project } from '../db/schema/identity.ts';
import { promotion } from '../db/schema/promotions.ts';
import { rollout } from '../db/schema/rollouts.ts';
import { roleInterval, service } from '../db/schema/services.ts';
import type { Role } from '../domain/permission.ts';
import { openPolicy, type PolicyRules } from '../domain/policy.ts';
import type { Principal } from '../domain/principal.ts';
import { DomainError, type Refusal } from '../domain/refusal.ts';
import type { RolloutPhase } from '../domain/rollout.ts';
import type { ServiceSpec } from '../domain/service-spec.ts';
import { type Clock, databaseClock } from './clock.ts';
import type { Context } from './context.ts';
import { createEnvironment, updateEnvironment } from './environments/commands.ts';
import { newId } from './id.ts';
import { registerVersion } from './models/register.ts';
import { attachEvidence } from './models/version-commands.ts';
import { createPolicy, revisePolicy } from './policies/commands.ts';
import { requestPromotion } from './promotions/request.ts';
import { createService } from './services/commands.ts';

/** For tests: a digest that is valid and tells its number. */
export function exampleDigest(number: number): string {
  return `sha256:${String(number).padStart(64, '0')}`;
}

/** For tests: what a small GPU service runs. */
export const exampleSpec: ServiceSpec = {
  schema: 1,
  podTemplate: {
    spec: {
      containers: [
        {
          name: 'server',
          image: `registry.example/server@${exampleDigest(1)}`,
          ports: [{ containerPort: 8080 }],
          resources: { limits: { 'nvidia.com/gpu': '1' } },
        },
      ],
    },
  },
  servingContainer: 'server',
  port: 8080,
  artefact: { kind: 'storageUri', envName: 'MODEL_URI' },
};

/** For tests: two approvers who neither asked nor registered. */
export const twoApprovers: PolicyRules = {
  ...openPolicy,
  rules: [{ id: 'approvers', roles: ['approver'], minimum: 2 }],
  minimumDistinctPeople: 2,
};

/**
 * For tests: a project with people of every role, a sandbox cluster, an environment `production` under `twoApprovers` and
 * one `staging` under a policy that asks nobody, each with a service. Everything beyond people and cluster is made by the
 * product's own commands.
 */
export class ProjectFixture {
  readonly projectId = newId();
  readonly clusterId = newId();
  productionId = '';
  stagingId = '';
  policyId = '';
  openPolicyId = '';
  /** In production. */
  serviceId = '';
  stagingServiceId = '';
  readonly db: Database;
  /** Tests that move time put their own. */
  clock: Clock = databaseClock;
  readonly people = {
    viewer: this.#person('Vera', ['viewer']),
    engineer: this.#person('Egon', ['engineer']),
    operator: this.#person('Olga', ['operator']),
    approver: this.#person('Anna', ['approver', 'viewer']),
    secondApprover: this.#person('Ben', ['approver', 'engineer']),
    admin: this.#person('Ada', ['admin']),
    /** Signed in, but a member of no project. */
    stranger: this.#person('Sven', []),
  };

  constructor(db: Database) {
    this.db = db;
  }

  static async create(db: Database): Promise<ProjectFixture> {
    const fixture = new ProjectFixture(db);
    await fixture.#insertPeople();
    const admin = fixture.as('admin');
    const { projectId } = fixture;
    fixture.policyId = (
      await createPolicy(admin, { projectId, name: 'Two approvers', rules: twoApprovers })
    ).policyId;
    fixture.openPolicyId = (
      await createPolicy(admin, { projectId, name: 'Nobody signs', rules: openPolicy })
    ).policyId;
    fixture.productionId = await fixture.environment('production', fixture.policyId);
    fixture.stagingId = await fixture.environment('staging', fixture.openPolicyId);
    fixture.serviceId = await fixture.service('scoring', fixture.productionId);
    fixture.stagingServiceId = await fixture.service('scoring', fixture.stagingId);
    return fixture;
  }

  /** A context of one of the people (or of any principal); `key` is the idempotency key. */
  as(who: keyof ProjectFixture['people'] | Principal, key: string | null = null): Context {
    return {
      db: this.db,
      clock: this.clock,
      principal: typeof who === 'string' ? this.people[who] : who,
      requestId: newId(),
      idempotencyKey: key,
      sessionIdHash: null,
      origin: 'live',
      publicUrl: 'http://127.0.0.1',
      workerPublicKey: '',
    };
  }

  /** A token that one of the people owns, with all their roles. */
  async tokenOf(who: keyof ProjectFixture['people']): Promise<Principal> {
    const owner = this.people[who];
    const token: Principal = { ...owner, id: newId(), kind: 'token', name: `token of ${owner.name}` };
    await this.db
      .insert(principal)
      .values({ id: token.id, kind: 'token', ownerUserId: owner.id, name: token.name });
    return token;
  }

  async environment(name: string, policyId: string): Promise<string> {
    const { environmentId } = await createEnvironment(this.as('admin'), {
      projectId: this.projectId,
      name,
      production: name === 'production',
      clusterId: this.clusterId,
      namespace: `${name}-${newId().slice(-8)}`,
      gateway: { name: 'gateway', namespace: 'gateways' },
      hostnames: [`${name}.example`],
      metricsSource: { kind: 'sandbox' },
      policyId,
    });
    return environmentId;
  }

  async service(name: string, environmentId: string): Promise<string> {
    const { serviceId } = await createService(this.as('operator'), {
      projectId: this.projectId,
      environmentId,
      name,
      spec: exampleSpec,
      scaling: { kind: 'fixed', replicas: 2 },
      ownerUserId: this.people.operator.id,
    });
    return serviceId;
  }

  /** Registers the next version of `fraud-detector` with bytes of its own, by the engineer unless another is named. */
  async version(
    options: { digest?: string | null; image?: string | null; by?: Context } = {},
  ): Promise<{ modelVersionId: string; number: number }> {
    return await registerVersion(options.by ?? this.as('engineer'), {
      projectId: this.projectId,
      modelName: 'fraud-detector',
      sourceUri: 's3://models/fraud-detector',
      ...(options.digest === undefined ? { files: [this.#nextFile()] } : { artefactDigest: options.digest }),
      servingImage:
        options.image === undefined ? `registry.example/serve@${exampleDigest(3)}` : options.image,
      metrics: { auc: 0.91 },
    });
  }

  /** Attaches a report whose one metric has to reach 0.9. */
  async evidence(modelVersionId: string, value: number): Promise<string> {
    const { evidenceId } = await attachEvidence(this.as('engineer'), {
      modelVersionId,
      report: { schema: 1, name: 'holdout', metrics: [{ name: 'auc', value, minimum: 0.9 }] },
    });
    return evidenceId;
  }

  /** Gives the policy of production other rules. */
  async revise(rules: PolicyRules) {
    return await revisePolicy(this.as('admin'), { policyId: this.policyId, rules });
  }

  /** Lets an environment follow another policy. */
  async follow(environmentId: string, policyId: string) {
    return await updateEnvironment(this.as('admin'), { environmentId, policyId });
  }

  /** Sends a request as the engineer. */
  async ask(input: Parameters<typeof requestPromotion>[1]) {
    return await requestPromotion(this.as('engineer'), input);
  }

  /** A new version, asked for by the engineer; the version is registered by the admin so that everybody else may sign. */
  async request(serviceId = this.serviceId) {
    const { modelVersionId } = await this.version({ by: this.as('admin') });
    const asked = await this.ask({ serviceId, modelVersionId });
    return { ...asked, modelVersionId };
  }

  /** Does what the worker does at a start: the rollout's row, the promotion started. */
  async startRollout(promotionId: string, phase: RolloutPhase = 'stepping'): Promise<string> {
    const row = (await this.db.select().from(promotion).where(eq(promotion.id, promotionId)))[0];
    if (row === undefined) throw new Error('There is no such promotion.');
    const id = newId();
    const now = new Date();
    await this.db.insert(rollout).values({
      id,
      projectId: row.projectId,
      serviceId: row.serviceId,
      promotionId,
      fromRevisionId: row.fromRevisionId,
      toRevisionId: row.toRevisionId,
      plan: row.plan,
      planDigest: row.planDigest,
      phi: 1,
      phiBackedByHistory: false,
      startedAt: now,
      startedBy: this.people.engineer.id,
      phase,
      stepStartedAt: now,
    });
    await this.db.update(promotion).set({ state: 'started' }).where(eq(promotion.id, promotionId));
    return id;
  }

  /** Does what the worker does at the end: the rollout succeeded and its revision is stable. */
  async finishRollout(rolloutId: string): Promise<void> {
    const now = new Date();
    const rows = await this.db
      .update(rollout)
      .set({ phase: 'succeeded', endedAt: now })
      .where(eq(rollout.id, rolloutId))
      .returning();
    const row = rows[0];
    if (row === undefined) throw new Error('There is no such rollout.');
    const { projectId, serviceId, toRevisionId: revisionId } = row;
    await this.db.update(service).set({ stableRevisionId: revisionId }).where(eq(service.id, serviceId));
    await this.db.update(roleInterval).set({ toAt: now }).where(eq(roleInterval.serviceId, serviceId));
    await this.db.insert(roleInterval).values({
      id: newId(),
      projectId,
      serviceId,
      revisionId,
      rolloutId,
      role: 'stable',
      fromAt: now,
      effectiveAt: now,
    });
  }

  /** A version that is live on the staging service, whose policy asks nobody, with the rollout that led to it. */
  async live(serviceId = this.stagingServiceId) {
    const asked = await this.request(serviceId);
    const rolloutId = await this.startRollout(asked.promotionId);
    await this.finishRollout(rolloutId);
    return { ...asked, rolloutId };
  }

  /** Acts on one object, oldest first. */
  async auditOf(objectId: string): Promise<{ action: string; actorId: string; sentence: string }[]> {
    return await this.db
      .select({ action: auditEntry.action, actorId: auditEntry.actorId, sentence: auditDetail.sentence })
      .from(auditEntry)
      .innerJoin(
        auditDetail,
        and(eq(auditDetail.chain, auditEntry.chain), eq(auditDetail.seq, auditEntry.seq)),
      )
      .where(eq(auditEntry.objectId, objectId))
      .orderBy(auditEntry.seq);
  }

  #fileCount = 0;
  #nextFile() {
    this.#fileCount += 1;
    const sha256 = String(this.#fileCount).padStart(64, '0');
    return { path: 'model.bin', size: this.#fileCount, sha256 };
  }

  #person(name: string, roles: Role[]): Principal {
    const id = newId();
    const memberships = new Map(roles.length === 0 ? [] : [[this.projectId, new Set(roles)]]);
    return { id, kind: 'user', ownerUserId: id, name, instanceRoles: [], memberships };
  }

  async #insertPeople(): Promise<void> {
    const { db, projectId, clusterId } = this;
    const createdAt = new Date();
    await db
      .insert(project)
      .values({ id: projectId, name: 'Fraud', slug: `fraud-${projectId.slice(-8)}`, createdAt });
    for (const person of Object.values(this.people)) {
      const { id, name, memberships } = person;
      await db.insert(principal).values({ id, kind: 'user', ownerUserId: id, name });
      await db.insert(account).values({ userId: id, email: `${id}@example.com`, createdAt });
      const roles = memberships.get(projectId);
      if (roles !== undefined)
        await db.insert(membership).values({ projectId, userId: id, roles: [...roles] });
    }
    await db.insert(cluster).values({
      id: clusterId,
      name: `sandbox-${clusterId.slice(-8)}`,
      kind: 'sandbox',
      credential: 'none',
      createdAt,
    });
    // A worker that runs meanwhile may have been faster.
    await db
      .insert(clusterLease)
      .values({ clusterId, epoch: 0, leaseUntil: new Date(0) })
      .onConflictDoNothing();
  }
}

/** For tests: the refusal that a call ends with; fails when it succeeds or breaks otherwise. */
export async function refusalOf(call: Promise<unknown>): Promise<Refusal> {
  try {
    await call;
  } catch (error) {
    if (error instanceof DomainError) return error.refusal;
    throw error;
  }
  throw new Error('The call was not refused.');
}
