import { inArray } from 'drizzle-orm';
import type { Queries } from '../../db/client.ts';
import { service } from '../../db/schema/services.ts';
import type { Principal } from '../../domain/principal.ts';
import { missingSignatures } from './budget-request-facts.ts';
import { rebaseDecisionRefusal, rebaseFacts } from './rebase-facts.ts';

/** References that wait for this person's signature, newest first. */
export async function rebaseInboxOf(
  queries: Queries,
  { projectId, principal, now }: { projectId: string; principal: Principal; now: Date },
) {
  const open = await rebaseFacts(queries, { openIn: projectId }, now);
  const mine = open.filter((facts) => rebaseDecisionRefusal(facts, 'approve', principal) === null);
  if (mine.length === 0) return [];
  const names = await queries
    .select({ id: service.id, name: service.name })
    .from(service)
    .where(
      inArray(
        service.id,
        mine.map(({ rebase }) => rebase.serviceId),
      ),
    );
  return mine.map(({ rebase, requestedBy, progress }) => ({
    rebaseId: rebase.id,
    name: rebase.name,
    service: { id: rebase.serviceId, name: names.find(({ id }) => id === rebase.serviceId)?.name ?? '' },
    requestedBy,
    requestedAt: rebase.requestedAt,
    signaturesMissing: missingSignatures(progress),
  }));
}
