import { and, desc, eq } from 'drizzle-orm';
import * as z from 'zod';
import type { Queries } from '../../db/client.ts';
import { driftReference } from '../../db/schema/drift.ts';
import { model, modelVersion } from '../../db/schema/models.ts';
import type { Principal } from '../../domain/principal.ts';
import type { Blocker } from '../../domain/refusal.ts';
import { closeRetrainRefusal } from '../../domain/retrain/request.ts';
import { missingSignatures } from './budget-request-facts.ts';
import { type RetrainFacts, retrainDecisionRefusal } from './retrain-facts.ts';
import { viewerRefusal } from './viewer-refusal.ts';

/** What was applied to the cluster, and how far that is by its last look. */
export const retrainWorkSchema = z.object({
  schema: z.literal(1),
  apiVersion: z.string(),
  kind: z.string(),
  namespace: z.string(),
  name: z.string(),
  phase: z.enum(['waiting', 'running', 'succeeded', 'failed']),
  message: z.string(),
});
export type RetrainWork = z.output<typeof retrainWorkSchema>;

/** A request as pages and REST show it. */
export async function retrainView(queries: Queries, facts: RetrainFacts, principal: Principal) {
  const { request, action, payload, state, signing, openedBy } = facts;
  const { id, projectId, serviceId, policy, openedAt, startedAt, stateAt, closedAt } = request;
  return {
    id,
    serviceId,
    policy,
    action,
    payload,
    state,
    openedAt,
    openedBy,
    startedAt,
    stateAt,
    closedAt,
    outcome: request.outcome as Blocker | null,
    work: request.work === null ? null : retrainWorkSchema.parse(request.work),
    noticeId: request.noticeId,
    newVersion:
      request.newVersionId === null ? null : await newVersion(queries, request, request.newVersionId),
    signing:
      signing === null
        ? null
        : {
            subjectDigest: signing.action.subjectDigest,
            expiresAt: signing.action.expiresAt,
            missing: missingSignatures(signing.progress),
            canStillSign: signing.progress.canStillSign.map(({ name }) => name),
          },
    refusals: {
      approve: retrainDecisionRefusal(facts, 'approve', principal),
      reject: retrainDecisionRefusal(facts, 'reject', principal),
      close: viewerRefusal({ principal, projectId }, 'retrains.close') ?? closeRetrainRefusal(state),
    },
  };
}
export type RetrainView = Awaited<ReturnType<typeof retrainView>>;

/** The version that came of it, and whether it brought a reference of its own. */
async function newVersion(
  queries: Queries,
  { serviceId }: Pick<RetrainFacts['request'], 'serviceId'>,
  modelVersionId: string,
) {
  const [row] = await queries
    .select({ modelName: model.name, number: modelVersion.number })
    .from(modelVersion)
    .innerJoin(model, eq(model.id, modelVersion.modelId))
    .where(eq(modelVersion.id, modelVersionId));
  if (row === undefined) return null;
  const [reference] = await queries
    .select({ id: driftReference.id, name: driftReference.name, createdAt: driftReference.createdAt })
    .from(driftReference)
    .where(and(eq(driftReference.serviceId, serviceId), eq(driftReference.modelVersionId, modelVersionId)))
    .orderBy(desc(driftReference.createdAt))
    .limit(1);
  return { modelVersionId, ...row, reference: reference ?? null };
}
