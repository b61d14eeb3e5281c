import type { Queries } from '../../db/client.ts';
import { explainedShortage } from '../../domain/preflight/explain-shortage.ts';
import type { Blocker } from '../../domain/refusal.ts';
import type { ObservedServing, ServingScope } from '../../domain/serving.ts';
import { roomOf } from '../rows/room.ts';

const isShortage = ({ code }: Blocker): boolean => code === 'quotaExceeded' || code === 'unschedulable';

/** What is seen, with pods that find no room named by quota, numbers and holders; reads nothing more when all have room. */
export async function withShortages(
  queries: Queries,
  scope: ServingScope,
  observed: ObservedServing,
): Promise<ObservedServing> {
  if (!observed.revisions.some(({ blockers }) => blockers.some(isShortage))) return observed;
  const room = await roomOf(queries, scope);
  const known = { namespace: scope.namespace, cluster: room?.cluster ?? null };
  const revisions = observed.revisions.map((revision) => ({
    ...revision,
    blockers: revision.blockers.map((found) => explainedShortage(found, known)),
  }));
  return { ...observed, revisions };
}
