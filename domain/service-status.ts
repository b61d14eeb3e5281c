import * as z from 'zod';
import type { Blocker } from './refusal.ts';
import { blockerSchema } from './refusal-schema.ts';
import type { DesiredServing, ObservedServing } from './serving.ts';
import { servingStatus, servingStatusSchema } from './serving-status.ts';
import { watchedStatusSchema } from './watched-status.ts';

/**
 * empty: nothing was ever rolled out · unknown: the cluster cannot be read · rollingOut · healthy · degraded: what serves is not
 * ready. Only of a watched service: scaledToZero (its owner's choice) · gone: its workload does not exist any more.
 */
export const serviceStates = [
  'empty',
  'unknown',
  'rollingOut',
  'healthy',
  'degraded',
  'scaledToZero',
  'gone',
] as const;

/** What the reconciler last saw of a Service; written to `service.status`, parsed on the way out. */
export const serviceStatusSchema = z.object({
  schema: z.literal(1),
  state: z.enum(serviceStates),
  /** Nothing is left to write: the cluster holds what is desired. */
  synced: z.boolean(),
  activeRolloutId: z.string().nullable(),
  stableNumber: z.int().nullable(),
  serving: servingStatusSchema,
  blockers: z.array(blockerSchema),
  /** Only of a watched service. */
  watched: watchedStatusSchema.optional(),
});
export type ServiceStatus = z.infer<typeof serviceStatusSchema>;

type Situation = {
  readonly desired: DesiredServing;
  readonly observed: ObservedServing;
  readonly activeRolloutId: string | null;
  readonly stableNumber: number | null;
  /** Writes that the pass still planned. */
  readonly pendingWrites: number;
  readonly blockers: readonly Blocker[];
};

/** The status of one pass. */
export function serviceStatus(situation: Situation): ServiceStatus {
  const { desired, observed, activeRolloutId, stableNumber, pendingWrites } = situation;
  const serving = servingStatus(desired, observed);
  const blockers = [...observed.blockers, ...situation.blockers];
  if (activeRolloutId === null) {
    const unready = serving.revisions.filter(
      ({ wanted, ready, number }) => wanted && !ready && number !== desired.debuggedNumber,
    );
    blockers.push(...unready.flatMap((revision) => revision.blockers));
  }
  const inSync = observed.fresh && observed.fight === null && pendingWrites === 0;
  return {
    schema: 1,
    state: stateOf(situation),
    synced: inSync && JSON.stringify(serving.desired) === JSON.stringify(serving.requested),
    activeRolloutId,
    stableNumber,
    serving,
    blockers,
  };
}

function stateOf({ desired, observed, activeRolloutId }: Situation): ServiceStatus['state'] {
  if (!observed.fresh && observed.blockers.length > 0) return 'unknown';
  if (activeRolloutId !== null) return 'rollingOut';
  if (desired.revisions.every(({ number }) => number === desired.debuggedNumber)) return 'empty';
  const ready = desired.revisions
    .filter(({ number }) => number !== desired.debuggedNumber)
    .every(({ number }) =>
      observed.revisions.some((found) => found.number === number && found.owned && found.ready),
    );
  return ready && observed.route.accepted && observed.fight === null ? 'healthy' : 'degraded';
}
