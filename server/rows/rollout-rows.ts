import { inArray } from 'drizzle-orm';
import type { Queries } from '../../db/client.ts';
import { service } from '../../db/schema/services.ts';
import { bakeOutcomeSchema } from '../../domain/bake.ts';
import type { Blocker, Refusal } from '../../domain/refusal.ts';
import { refusalSchema } from '../../domain/refusal-schema.ts';
import type { RolloutIntent, RolloutPhase, RolloutProgress } from '../../domain/rollout.ts';
import { type RolloutPlan, rolloutPlanSchema } from '../../domain/rollout-plan.ts';
import { type RolloutStatus, rolloutStatusSchema } from '../../domain/rollout-status.ts';
import type { RolloutRecord } from './active-rollouts.ts';
import { type EnvironmentRef, environmentRefs } from './environment-refs.ts';
import { type PrincipalRef, principalRefs } from './principal-refs.ts';
import { type RevisionRef, revisionRefs } from './revision-refs.ts';

/** A rollout as lists show it. */
export type RolloutRow = {
  readonly id: string;
  readonly service: { readonly id: string; readonly name: string };
  readonly environment: EnvironmentRef;
  readonly from: RevisionRef | null;
  readonly to: RevisionRef;
  readonly phase: RolloutPhase;
  readonly stepIndex: number;
  readonly stepCount: number;
  /** What the new revision is to get in the present phase and step. */
  readonly weightPercent: number;
  readonly paused: boolean;
  readonly held: boolean;
  readonly goal: RolloutIntent['goal'];
  readonly startedAt: Date;
  readonly startedBy: PrincipalRef;
  readonly endedAt: Date | null;
  readonly failure: Refusal | null;
  /** Why it was led back inside its bake time; null when it was not. */
  readonly bakeFailure: Refusal | null;
  /** Why it does not move, as the worker last said; empty when it has ended. */
  readonly blockers: Blocker[];
  readonly promotionId: string | null;
};

export function intentOf(row: RolloutRecord): RolloutIntent {
  const { goal, pausedAt, promotedAt, continuedStep, keepUntil } = row;
  return { goal, pausedAt, promotedAt, continuedStep, keepUntil };
}

function failureOf(row: RolloutRecord): Refusal | null {
  return row.failure === null ? null : refusalSchema.parse(row.failure);
}

export function progressOf(row: RolloutRecord): RolloutProgress {
  const { phase, stepIndex, stepStartedAt, acceptedAt, effectiveAt, heldAt, fullAt, endedAt } = row;
  const { weightOffAt, passedSteps } = row;
  return {
    phase,
    stepIndex,
    stepStartedAt,
    acceptedAt,
    effectiveAt,
    heldAt,
    fullAt,
    endedAt,
    failure: failureOf(row),
    weightOffAt,
    passedSteps,
  };
}

export function planOf(row: RolloutRecord): RolloutPlan {
  return rolloutPlanSchema.parse(row.plan);
}

export function statusOf(row: RolloutRecord): RolloutStatus | null {
  return row.status === null ? null : rolloutStatusSchema.parse(row.status);
}

/** The new revision's share that the phase asks for; a service's first revision takes everything at once. */
export function currentWeight(row: RolloutRecord): number {
  switch (row.phase) {
    case 'stepping':
      return row.fromRevisionId === null ? 100 : (planOf(row).steps[row.stepIndex]?.weightPercent ?? 100);
    case 'finishing':
    case 'succeeded':
      return 100;
    case 'starting':
    case 'rollingBack':
    case 'rolledBack':
    case 'aborted':
      return 0;
  }
}

/** Turns records into rows in the same order, in a fixed number of round trips. */
export async function rolloutRows(
  queries: Queries,
  records: readonly RolloutRecord[],
): Promise<RolloutRow[]> {
  if (records.length === 0) return [];
  const services = await queries
    .select({ id: service.id, name: service.name, environmentId: service.environmentId })
    .from(service)
    .where(inArray(service.id, [...new Set(records.map((row) => row.serviceId))]));
  const serviceById = new Map(services.map((row) => [row.id, row]));
  const environments = await environmentRefs(
    queries,
    services.map((row) => row.environmentId),
  );
  const revisions = await revisionRefs(
    queries,
    records.flatMap((row) => [row.fromRevisionId, row.toRevisionId]),
  );
  const by = await principalRefs(
    queries,
    records.map((row) => row.startedBy),
  );
  return records.map((row) => {
    const place = serviceById.get(row.serviceId);
    if (place === undefined) throw new Error(`Service ${row.serviceId} was not loaded.`);
    return {
      id: row.id,
      service: { id: place.id, name: place.name },
      environment: environments(place.environmentId),
      from: revisions.maybe(row.fromRevisionId),
      to: revisions.of(row.toRevisionId),
      phase: row.phase,
      stepIndex: row.stepIndex,
      stepCount: planOf(row).steps.length,
      weightPercent: currentWeight(row),
      paused: row.pausedAt !== null && row.endedAt === null,
      held: row.heldAt !== null && row.endedAt === null,
      goal: row.goal,
      startedAt: row.startedAt,
      startedBy: by(row.startedBy),
      endedAt: row.endedAt,
      failure: failureOf(row),
      bakeFailure: row.bakeOutcome === null ? null : bakeOutcomeSchema.parse(row.bakeOutcome).failure,
      blockers: row.endedAt === null ? (statusOf(row)?.blockers ?? []) : [],
      promotionId: row.promotionId,
    };
  });
}
