import { eq } from 'drizzle-orm';
import * as z from 'zod';
import type { Transaction } from '../../db/client.ts';
import { retrainRequest } from '../../db/schema/retrains.ts';
import { idSchema } from '../../domain/name.ts';
import { refuse } from '../../domain/refusal.ts';
import { type CommandRun, command } from '../command.ts';
import { moveRetrain, retrainName, retrainObject } from '../move-retrain.ts';
import { type RetrainFacts, retrainDecisionRefusal, retrainFacts } from '../rows/retrain-facts.ts';
import { onlyRow, rowProject } from '../rows/row-project.ts';
import {
  type Decision,
  decisionFields,
  refuseOtherSubject,
  stateAfterDecision,
  storeDecision,
} from '../sign-action.ts';

const decisionSchema = z.object({ requestId: idSchema, ...decisionFields });
type DecisionInput = z.output<typeof decisionSchema>;

const project = (tx: Transaction, input: { requestId: string }) =>
  rowProject(tx, retrainRequest, input.requestId);

/** Signs; after the last signature that the policy asks for the worker starts the training. */
export const approveRetrain = command(
  { permission: 'retrains.approve', schema: decisionSchema, project },
  (run) => decide(run, 'approve'),
);

/** Ends the request with a reason. */
export const rejectRetrain = command(
  {
    permission: 'retrains.reject',
    schema: decisionSchema.extend({ comment: z.string().trim().min(1, 'Say why.').max(5_000) }),
    project,
  },
  (run) => decide(run, 'reject'),
);

/** Locks the request first, so that what is decided at the same time comes one after the other. */
export async function lockRetrain(tx: Transaction, requestId: string, now: Date): Promise<RetrainFacts> {
  await tx
    .select({ id: retrainRequest.id })
    .from(retrainRequest)
    .where(eq(retrainRequest.id, requestId))
    .for('update');
  return onlyRow(await retrainFacts(tx, { requestId }, now));
}

async function decide(
  { tx, input, principal, now, projectId, ctx }: CommandRun<DecisionInput>,
  verb: Decision,
) {
  const facts = await lockRetrain(tx, input.requestId, now);
  refuse(retrainDecisionRefusal(facts, verb, principal));
  const { request, signing } = facts;
  if (signing === null) throw new Error('A request that can be signed has something to sign.');
  const { subjectDigest, comment } = input;
  refuseOtherSubject(signing.action, subjectDigest);
  const decided = { userId: principal.id, decision: verb };
  await storeDecision(tx, {
    projectId,
    actionId: signing.action.id,
    ...decided,
    comment,
    subjectDigest,
    now,
  });
  const state = stateAfterDecision({ ...signing, subject: signing.people }, decided);
  const after = state === 'open' ? ('asked' as const) : state;
  if (after !== 'asked') await moveRetrain(tx, request, { state: after, now, origin: ctx.origin });
  const last = after === 'approved' ? '; it was the last signature' : '';
  return {
    result: { requestId: request.id, state: after },
    audit: [
      {
        ...retrainObject(request),
        sentence: `${verb === 'approve' ? 'approved' : 'rejected'} a retraining of ${retrainName(request)}${last}`,
        before: { state: 'asked' },
        after: { state: after, subjectDigest },
        comment: comment === '' ? undefined : comment,
      },
    ] as const,
  };
}
