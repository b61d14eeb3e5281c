import { expect } from '@playwright/test';
import type { Database } from '../../db/client.ts';
import { endedPhases } from '../../domain/rollout.ts';
import { type RolloutPlan, rolloutPlanSchema } from '../../domain/rollout-plan.ts';
import type { ModelVersionBehaviour } from '../../domain/sandbox.ts';
import { approvePromotion } from '../../server/promotions/decide.ts';
import { getPromotion } from '../../server/promotions/get.ts';
import { getRollout } from '../../server/rollouts/get.ts';
import { setFault } from '../../server/sandbox/set-fault.ts';
import { updateService } from '../../server/services/commands.ts';
import type { ProjectFixture } from '../../server/test-fixture.ts';

/** Steps of two seconds, so that a whole rollout takes well under a minute. */
const quickPlan: RolloutPlan = planOf([10, 50, 100]);

export function planOf(weights: readonly number[], minimumMs = 2_000): RolloutPlan {
  return rolloutPlanSchema.parse({
    schema: 1,
    steps: weights.map((weightPercent) => ({
      weightPercent,
      minimumMs,
      deadlineMs: minimumMs + 120_000,
      minimumSamples: 20,
    })),
    checks: [
      { kind: 'threshold', id: 'error-rail', of: 'errors', max: 0.05, minimumSamples: 50 },
      { kind: 'eProcess', id: 'errors', of: 'errors' },
    ],
    alpha: 0.05,
    intervalMs: 2_000,
    onDeadline: 'hold',
    progressDeadlineMs: 60_000,
    scaleDownDelayMs: 1_000,
  });
}

/** All traffic at once and nothing to wait for: how a test gets something that serves. */
const straightPlan: RolloutPlan = {
  ...quickPlan,
  steps: [{ weightPercent: 100, minimumMs: 0, deadlineMs: 1_000, minimumSamples: 0 }],
  checks: [],
  onDeadline: 'continue',
  scaleDownDelayMs: 0,
};

/** What a test needs beyond the pages: versions, signatures and waiting, through the product's own commands. */
export class FilledProject {
  readonly fixture: ProjectFixture;

  constructor(fixture: ProjectFixture) {
    this.fixture = fixture;
  }

  get db(): Database {
    return this.fixture.db;
  }

  /** Plenty of traffic and a quick default plan for a service. */
  async quicken(serviceId = this.fixture.serviceId, plan = quickPlan): Promise<void> {
    const operator = this.fixture.as('operator');
    const change = { subject: 'service' as const, serviceId, behaviour: { requestsPerSecond: 500 } };
    await setFault(operator, { serviceId, change });
    await updateService(operator, { serviceId, defaultPlan: plan });
  }

  /** A registered version whose pods are ready at once; the admin registers it, so that all others may sign. */
  async version(
    behaviour: Partial<ModelVersionBehaviour> = {},
  ): Promise<{ modelVersionId: string; number: number }> {
    const registered = await this.fixture.version({ by: this.fixture.as('admin') });
    await setFault(this.fixture.as('operator'), {
      serviceId: this.fixture.serviceId,
      change: {
        subject: 'modelVersion',
        modelVersionId: registered.modelVersionId,
        behaviour: { readyAfterMs: 500, ...behaviour },
      },
    });
    return registered;
  }

  /** Asks as the engineer for a version on the production service; nobody has signed yet. */
  async asked(behaviour: Partial<ModelVersionBehaviour> = {}, plan?: RolloutPlan) {
    const version = await this.version(behaviour);
    const { serviceId } = this.fixture;
    const asked = await this.fixture.ask({
      serviceId,
      modelVersionId: version.modelVersionId,
      ...(plan === undefined ? {} : { plan }),
    });
    return { ...asked, ...version };
  }

  async sign(request: { promotionId: string; subjectDigest: string }): Promise<void> {
    await approvePromotion(this.fixture.as('approver'), request);
    await approvePromotion(this.fixture.as('secondApprover'), request);
  }

  /** Asked, signed by two, and taken up by the worker. */
  async started(behaviour: Partial<ModelVersionBehaviour> = {}, plan?: RolloutPlan): Promise<string> {
    const request = await this.asked(behaviour, plan);
    await this.sign(request);
    return await this.rolloutOf(request.promotionId);
  }

  async rolloutOf(promotionId: string): Promise<string> {
    const read = async () => (await getPromotion(this.fixture.as('viewer'), { promotionId })).rolloutId;
    await expect.poll(read, { message: 'the worker starts the rollout', timeout: 60_000 }).not.toBeNull();
    return (await read()) ?? '';
  }

  async phaseOf(rolloutId: string): Promise<string> {
    return (await getRollout(this.fixture.as('viewer'), { rolloutId })).phase;
  }

  async ended(rolloutId: string): Promise<string> {
    const ends: readonly string[] = endedPhases;
    const isEnded = async () => ends.includes(await this.phaseOf(rolloutId));
    await expect.poll(isEnded, { message: 'the rollout ends', timeout: 60_000 }).toBe(true);
    return await this.phaseOf(rolloutId);
  }

  /** A new version at 100 % in staging, whose policy asks nobody. */
  async liveInStaging(): Promise<{ modelVersionId: string; number: number }> {
    const { stagingServiceId: serviceId } = this.fixture;
    await this.quicken(serviceId, straightPlan);
    const version = await this.version();
    const { modelVersionId } = version;
    const { promotionId } = await this.fixture.ask({ serviceId, modelVersionId });
    expect(await this.ended(await this.rolloutOf(promotionId))).toBe('succeeded');
    return version;
  }

  /** A first revision that serves in production, so that later ones have something to be compared with. */
  async live(plan = straightPlan): Promise<void> {
    await this.quicken();
    const rolloutId = await this.started({}, plan);
    expect(await this.ended(rolloutId)).toBe('succeeded');
  }
}
