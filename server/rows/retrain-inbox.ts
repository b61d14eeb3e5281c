import type { Queries } from '../../db/client.ts';
import type { Principal } from '../../domain/principal.ts';
import { missingSignatures } from './budget-request-facts.ts';
import type { PrincipalRef } from './principal-refs.ts';
import { retrainDecisionRefusal, retrainFacts } from './retrain-facts.ts';

/** A retraining that somebody may sign. */
export type RetrainInboxRow = {
  readonly requestId: string;
  readonly model: string;
  readonly modelVersion: number;
  readonly service: string;
  readonly environment: string;
  readonly openedBy: PrincipalRef;
  readonly openedAt: Date;
  readonly signaturesMissing: number;
};

/** Retrainings of a project that wait for this person's signature, newest first. */
export async function retrainInboxOf(
  queries: Queries,
  { projectId, principal, now }: { projectId: string; principal: Principal; now: Date },
): Promise<RetrainInboxRow[]> {
  const asked = await retrainFacts(queries, { askedIn: projectId }, now);
  return asked
    .filter((facts) => retrainDecisionRefusal(facts, 'approve', principal) === null)
    .map(({ request, payload, openedBy, signing }) => ({
      requestId: request.id,
      model: payload.model,
      modelVersion: payload.modelVersion,
      service: payload.service,
      environment: payload.environment,
      openedBy,
      openedAt: request.openedAt,
      signaturesMissing: signing === null ? 0 : missingSignatures(signing.progress),
    }));
}
