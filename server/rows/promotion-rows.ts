import { asc, inArray } from 'drizzle-orm';
import type { Queries } from '../../db/client.ts';
import { rollout } from '../../db/schema/rollouts.ts';
import { service } from '../../db/schema/services.ts';
import type { Principal } from '../../domain/principal.ts';
import type { PromotionState } from '../../domain/promotion.ts';
import type { Blocker } from '../../domain/refusal.ts';
import { activeRollouts } from './active-rollouts.ts';
import { type EnvironmentRef, environmentRefs } from './environment-refs.ts';
import type { PrincipalRef } from './principal-refs.ts';
import { type PromotionFacts, type PromotionRecord, promotionFacts } from './promotion-facts.ts';
import { decisionRefusal, promotionBlockers, signaturesMissing } from './promotion-judgement.ts';
import { type RevisionRef, revisionRefs } from './revision-refs.ts';

/** A request as lists and inboxes show it. */
export type PromotionRow = {
  readonly id: string;
  readonly state: PromotionState;
  readonly note: string;
  readonly service: { readonly id: string; readonly name: string };
  readonly environment: EnvironmentRef;
  readonly from: RevisionRef | null;
  readonly to: RevisionRef;
  readonly requestedBy: PrincipalRef;
  readonly requestedAt: Date;
  readonly expiresAt: Date;
  readonly decidedAt: Date | null;
  readonly signaturesMissing: number;
  readonly waitsForMe: boolean;
  readonly blocker: Blocker | null;
  readonly rolloutId: string | null;
};

type At = { readonly principal: Principal; readonly projectId: string; readonly now: Date };

/** Turns records of one project into rows in the same order, in a fixed number of round trips. */
export async function promotionRows(
  queries: Queries,
  records: readonly PromotionRecord[],
  at: At,
): Promise<PromotionRow[]> {
  const facts = await promotionFacts(queries, records, at);
  return await rowsOfFacts(queries, facts, at.principal);
}

export async function rowsOfFacts(
  queries: Queries,
  facts: readonly PromotionFacts[],
  principal: Principal,
): Promise<PromotionRow[]> {
  if (facts.length === 0) return [];
  const serviceIds = [...new Set(facts.map((fact) => fact.promotion.serviceId))];
  const services = await queries
    .select({ id: service.id, name: service.name, environmentId: service.environmentId })
    .from(service)
    .where(inArray(service.id, serviceIds));
  const serviceById = new Map(services.map((row) => [row.id, row]));
  const environments = await environmentRefs(
    queries,
    services.map((row) => row.environmentId),
  );
  const revisions = await revisionRefs(
    queries,
    facts.flatMap((fact) => [fact.promotion.fromRevisionId, fact.promotion.toRevisionId]),
  );
  const started = await startedBy(queries, facts);
  const active = await activeRollouts(queries, serviceIds);
  return facts.map((fact) => {
    const { promotion: row, action } = fact;
    const place = serviceById.get(row.serviceId);
    if (place === undefined) throw new Error(`Service ${row.serviceId} was not loaded.`);
    return {
      id: row.id,
      state: fact.state,
      note: row.note,
      service: { id: place.id, name: place.name },
      environment: environments(place.environmentId),
      from: revisions.maybe(row.fromRevisionId),
      to: revisions.of(row.toRevisionId),
      requestedBy: fact.requestedBy,
      requestedAt: row.requestedAt,
      expiresAt: action.expiresAt,
      decidedAt: row.decidedAt,
      signaturesMissing: fact.state === 'open' ? signaturesMissing(fact) : 0,
      waitsForMe: decisionRefusal(fact, 'approve', principal) === null,
      blocker: promotionBlockers(fact, { activeRollout: active.get(row.serviceId) ?? null })[0] ?? null,
      rolloutId: started.get(row.id) ?? null,
    };
  });
}

async function startedBy(queries: Queries, facts: readonly PromotionFacts[]): Promise<Map<string, string>> {
  const rows = await queries
    .select({ id: rollout.id, promotionId: rollout.promotionId })
    .from(rollout)
    .where(
      inArray(
        rollout.promotionId,
        facts.map((fact) => fact.promotion.id),
      ),
    )
    // Of several attempts the newest.
    .orderBy(asc(rollout.startedAt), asc(rollout.id));
  return new Map(rows.flatMap((row) => (row.promotionId === null ? [] : [[row.promotionId, row.id]])));
}
