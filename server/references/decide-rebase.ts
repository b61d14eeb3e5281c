import { eq } from 'drizzle-orm';
import * as z from 'zod';
import type { Transaction } from '../../db/client.ts';
import { driftRebase } from '../../db/schema/rebases.ts';
import { service } from '../../db/schema/services.ts';
import { withdrawRebaseRefusal } from '../../domain/drift/rebase.ts';
import { idSchema } from '../../domain/name.ts';
import { refuse } from '../../domain/refusal.ts';
import { type CommandRun, command } from '../command.ts';
import { endNotice } from '../notice.ts';
import { dropNextBinning } from '../rows/next-binning.ts';
import {
  type RebaseFacts,
  rebaseDecisionRefusal,
  rebaseFacts,
  rebaseNoticeKey,
} from '../rows/rebase-facts.ts';
import { onlyRow, rowProject } from '../rows/row-project.ts';
import {
  type Decision,
  decisionFields,
  refuseOtherSubject,
  stateAfterDecision,
  storeDecision,
} from '../sign-action.ts';
import { activationTime } from './activation-time.ts';

const decisionSchema = z.object({ rebaseId: idSchema, ...decisionFields });

const project = (tx: Transaction, input: { rebaseId: string }) => rowProject(tx, driftRebase, input.rebaseId);

/** Signs; after the last signature that the policy asks for it takes effect at the end of the running window. */
export const approveRebase = command(
  { permission: 'references.approve', schema: decisionSchema, project },
  (run) => decide(run, 'approve'),
);

/** Ends the request with a reason. */
export const rejectRebase = command(
  {
    permission: 'references.reject',
    schema: decisionSchema.extend({ comment: z.string().trim().min(1, 'Say why.').max(5_000) }),
    project,
  },
  (run) => decide(run, 'reject'),
);

/** Takes a request back before it was decided, or while its new bins are not in use. */
export const withdrawRebase = command(
  { permission: 'references.withdraw', schema: z.object({ rebaseId: idSchema }), project },
  async ({ tx, input, projectId, now }) => {
    const { rebase, state } = await lockRebase(tx, input.rebaseId, now);
    refuse(withdrawRebaseRefusal(state, rebase.newBinsDays));
    await dropNextBinning(tx, rebase);
    await tx
      .update(driftRebase)
      .set({ state: 'withdrawn', decidedAt: now })
      .where(eq(driftRebase.id, rebase.id));
    await endNotice(tx, { projectId, dedupKey: rebaseNoticeKey(rebase.id) }, now);
    return {
      result: { rebaseId: rebase.id, state: 'withdrawn' as const },
      audit: [{ ...(await objectOf(tx, rebase)), sentence: `withdrew the reference "${rebase.name}"` }],
    };
  },
);

/** Locks the request first, so that decisions made at the same time are taken one after the other. */
async function lockRebase(tx: Transaction, rebaseId: string, now: Date): Promise<RebaseFacts> {
  await tx.select({ id: driftRebase.id }).from(driftRebase).where(eq(driftRebase.id, rebaseId)).for('update');
  return onlyRow(await rebaseFacts(tx, { rebaseId }, now));
}

async function objectOf(tx: Transaction, { serviceId }: RebaseFacts['rebase']) {
  const { name } = onlyRow(
    await tx.select({ name: service.name }).from(service).where(eq(service.id, serviceId)),
  );
  return { object: { kind: 'service' as const, id: serviceId, name } };
}

async function decide(run: CommandRun<z.output<typeof decisionSchema>>, verb: Decision) {
  const { tx, input, principal, now, projectId } = run;
  const facts = await lockRebase(tx, input.rebaseId, now);
  refuse(rebaseDecisionRefusal(facts, verb, principal));
  const { rebase, action } = facts;
  refuseOtherSubject(action, input.subjectDigest);
  const { subjectDigest, comment } = input;
  const decided = { userId: principal.id, decision: verb };
  await storeDecision(tx, { projectId, actionId: action.id, ...decided, comment, subjectDigest, now });
  const state = stateAfterDecision({ ...facts, subject: facts.people }, decided);
  // New bins have to be learned first.
  const isDated = state === 'approved' && rebase.newBinsDays === null;
  const activatesAt = isDated ? await activationTime(tx, rebase.serviceId, now) : null;
  if (state !== 'open') {
    await tx
      .update(driftRebase)
      .set({ state, decidedAt: now, activatesAt })
      .where(eq(driftRebase.id, rebase.id));
    await endNotice(tx, { projectId, dedupKey: rebaseNoticeKey(rebase.id) }, now);
  }
  const last = state === 'approved' ? '; it was the last signature' : '';
  return {
    result: { rebaseId: rebase.id, state },
    audit: [
      {
        ...(await objectOf(tx, rebase)),
        sentence: `${verb === 'approve' ? 'approved' : 'rejected'} the reference "${rebase.name}"${last}`,
        before: { state: 'open' },
        after: { state, subjectDigest },
        comment: comment === '' ? undefined : comment,
      },
    ] as const,
  };
}
