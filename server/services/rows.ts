import type { Queries } from '../../db/client.ts';
import type { service } from '../../db/schema/services.ts';
import { type Adoption, adoptionSchema } from '../../domain/adoption.ts';
import { ownerBlockers } from '../../domain/owner.ts';
import type { Blocker } from '../../domain/refusal.ts';
import { type ServiceStatus, serviceStatusSchema } from '../../domain/service-status.ts';
import { activeRollouts, type RolloutRecord } from '../rows/active-rollouts.ts';
import { type EnvironmentRef, environmentRefs } from '../rows/environment-refs.ts';
import { type PrincipalRef, principalRefs } from '../rows/principal-refs.ts';
import { type RevisionRef, revisionRefs } from '../rows/revision-refs.ts';
import { currentWeight, planOf } from '../rows/rollout-rows.ts';

export type ServiceRow = {
  readonly id: string;
  readonly name: string;
  readonly mode: 'managed' | 'watched';
  readonly environment: EnvironmentRef;
  readonly stable: RevisionRef | null;
  readonly status: ServiceStatus | null;
  readonly statusAt: Date | null;
  readonly generation: number;
  readonly observedGeneration: number;
  readonly activeRollout: {
    readonly id: string;
    readonly phase: RolloutRecord['phase'];
    readonly stepIndex: number;
    readonly stepCount: number;
    readonly weightPercent: number;
    readonly paused: boolean;
    readonly held: boolean;
  } | null;
  readonly owner: PrincipalRef | null;
  /** What a watched service looks at, and who writes it; null for one that Fairlead made. */
  readonly watches: Pick<Adoption, 'workload' | 'manager'> | null;
  readonly blockers: Blocker[];
};

type Record = typeof service.$inferSelect;

/** Turns records into rows in the same order, in a fixed number of round trips. */
export async function serviceRows(queries: Queries, records: readonly Record[]): Promise<ServiceRow[]> {
  const environments = await environmentRefs(
    queries,
    records.map((row) => row.environmentId),
  );
  const revisions = await revisionRefs(
    queries,
    records.map((row) => row.stableRevisionId),
  );
  const by = await principalRefs(
    queries,
    records.map((row) => row.ownerUserId),
  );
  const active = await activeRollouts(
    queries,
    records.map((row) => row.id),
  );
  return records.map((row) => {
    const place = environments(row.environmentId);
    const status = row.status === null ? null : serviceStatusSchema.parse(row.status);
    const rollout = active.get(row.id);
    return {
      id: row.id,
      name: row.name,
      mode: row.mode,
      environment: place,
      stable: revisions.maybe(row.stableRevisionId),
      status,
      statusAt: row.statusAt,
      generation: row.generation,
      observedGeneration: row.observedGeneration,
      activeRollout: rollout === undefined ? null : activeOf(rollout),
      owner: row.ownerUserId === null ? null : by(row.ownerUserId),
      watches: row.adoption === null ? null : watchesOf(row.adoption),
      blockers: [
        ...(status?.blockers ?? []),
        ...ownerBlockers({ ownerUserId: row.ownerUserId, production: place.production }),
      ],
    };
  });
}

function watchesOf(stored: unknown): Pick<Adoption, 'workload' | 'manager'> {
  const { workload, manager } = adoptionSchema.parse(stored);
  return { workload, manager };
}

function activeOf(row: RolloutRecord) {
  return {
    id: row.id,
    phase: row.phase,
    stepIndex: row.stepIndex,
    stepCount: planOf(row).steps.length,
    weightPercent: currentWeight(row),
    paused: row.pausedAt !== null,
    held: row.heldAt !== null,
  };
}
