import { and, eq, inArray, isNull } from 'drizzle-orm';
import type { Queries } from '../../db/client.ts';
import { model, modelVersion } from '../../db/schema/models.ts';
import { roleInterval } from '../../db/schema/services.ts';
import { previousEnvironments } from '../../domain/environment-order.ts';
import type { Blocker } from '../../domain/refusal.ts';
import { type ServiceStatus, serviceStatusSchema } from '../../domain/service-status.ts';
import type { RolloutRecord } from '../rows/active-rollouts.ts';
import type { RevisionRef } from '../rows/revision-refs.ts';
import { currentWeight } from '../rows/rollout-rows.ts';
import { type MatrixAsked, type MatrixFacts, matrixFacts, type ServiceRecordRow } from './matrix-facts.ts';
import { type PromoteChoice, promoteChoices } from './matrix-promote.ts';

/** What one service of a row does in one environment. */
export type MatrixCell = {
  readonly serviceId: string;
  readonly environmentId: string;
  readonly mode: 'managed' | 'watched';
  /** As the worker last saw it; null before its first look. */
  readonly state: ServiceStatus['state'] | null;
  readonly blocker: Blocker | null;
  readonly stable: RevisionRef | null;
  /** Since when the stable revision serves. */
  readonly servesSince: Date | null;
  /** The rollout that is under way, with what the new revision is to get of the traffic. */
  readonly rollout: {
    readonly id: string;
    readonly to: RevisionRef;
    readonly weightPercent: number;
    readonly paused: boolean;
    readonly held: boolean;
  } | null;
  /** Versions of the same model: registered later, and ahead of it in the environments before this one; 0 is up to date. */
  readonly behind: { readonly newest: number; readonly previous: number | null };
  /** One per environment of the next rung; empty on the last rung and while nothing is stable. */
  readonly promote: PromoteChoice[];
};

/** The cells by service name, each row's in the order of the environments. */
export async function matrixCells(queries: Queries, asked: MatrixAsked): Promise<Map<string, MatrixCell[]>> {
  if (asked.names.length === 0) return new Map();
  const facts = await matrixFacts(queries, asked);
  const { services, revisions, active } = facts;
  const since = await servingSince(queries, services);
  const newest = await newestNumbers(queries, facts);
  const promote = await promoteChoices(queries, facts, asked);
  const cellOf = (row: ServiceRecordRow): MatrixCell => {
    const stable = revisions.maybe(row.stableRevisionId);
    const status = row.status === null ? null : serviceStatusSchema.parse(row.status);
    const rollout = active.get(row.id);
    return {
      serviceId: row.id,
      environmentId: row.environmentId,
      mode: row.mode,
      state: status?.state ?? null,
      blocker: status?.blockers[0] ?? null,
      stable,
      servesSince: since.get(row.id) ?? null,
      rollout: rollout === undefined ? null : rolloutOf(rollout, revisions.of(rollout.toRevisionId)),
      behind: {
        newest: stable === null ? 0 : (newest.get(stable.modelName) ?? 0) - stable.versionNumber,
        previous: stable === null ? null : behindPrevious(row, stable, facts),
      },
      promote: promote(row),
    };
  };
  const byName = Map.groupBy(inColumns(facts), (row) => row.name);
  return new Map([...byName].map(([name, rows]) => [name, rows.map(cellOf)]));
}

function inColumns({ services, environments }: MatrixFacts): ServiceRecordRow[] {
  const column = new Map(environments.map(({ id }, index) => [id, index]));
  return services.toSorted(
    (left, right) => (column.get(left.environmentId) ?? 0) - (column.get(right.environmentId) ?? 0),
  );
}

function rolloutOf(row: RolloutRecord, to: RevisionRef) {
  const { id } = row;
  return {
    id,
    to,
    weightPercent: currentWeight(row),
    paused: row.pausedAt !== null,
    held: row.heldAt !== null,
  };
}

async function servingSince(
  queries: Queries,
  services: readonly ServiceRecordRow[],
): Promise<Map<string, Date>> {
  const rows = await queries
    .select({
      serviceId: roleInterval.serviceId,
      fromAt: roleInterval.fromAt,
      effectiveAt: roleInterval.effectiveAt,
    })
    .from(roleInterval)
    .where(
      and(
        inArray(
          roleInterval.serviceId,
          services.map((row) => row.id),
        ),
        eq(roleInterval.role, 'stable'),
        isNull(roleInterval.toAt),
      ),
    );
  return new Map(rows.map((row) => [row.serviceId, row.effectiveAt ?? row.fromAt]));
}

/** Number of the newest version of each model that is stable somewhere; numbers are never used twice, so no version is counted. */
async function newestNumbers(
  queries: Queries,
  { services, revisions }: MatrixFacts,
): Promise<Map<string, number>> {
  const ids = services.flatMap((row) => revisions.maybe(row.stableRevisionId)?.modelVersionId ?? []);
  if (ids.length === 0) return new Map();
  const rows = await queries
    .selectDistinct({ name: model.name, nextNumber: model.nextNumber })
    .from(modelVersion)
    .innerJoin(model, eq(model.id, modelVersion.modelId))
    .where(inArray(modelVersion.id, [...new Set(ids)]));
  return new Map(rows.map((row) => [row.name, row.nextNumber - 1]));
}

/** How many versions the newest of the same model in the environments before is ahead; null when none runs it. */
function behindPrevious(
  row: ServiceRecordRow,
  stable: RevisionRef,
  { services, revisions, environments }: MatrixFacts,
): number | null {
  const before = new Set(previousEnvironments(environments, row.environmentId).map(({ id }) => id));
  const numbers = services
    .filter((other) => other.name === row.name && before.has(other.environmentId))
    .map((other) => revisions.maybe(other.stableRevisionId))
    .filter((other) => other?.modelName === stable.modelName)
    .map((other) => other?.versionNumber ?? 0);
  return numbers.length === 0 ? null : Math.max(0, Math.max(...numbers) - stable.versionNumber);
}
