import { eq } from 'drizzle-orm';
import * as z from 'zod';
import type { Transaction } from '../../db/client.ts';
import { budgetRequest } from '../../db/schema/budgets.ts';
import { amountText } from '../../domain/budget/budget-words.ts';
import { decidedRefusal } from '../../domain/budget/request.ts';
import { idSchema } from '../../domain/name.ts';
import { refuse } from '../../domain/refusal.ts';
import { type AuditDraft, appendAudit } from '../audit/append.ts';
import { type CommandRun, command } from '../command.ts';
import { endNotice } from '../notice.ts';
import {
  type BudgetRequestFacts,
  budgetDecisionRefusal,
  budgetRequestFacts,
  requestNoticeKey,
} from '../rows/budget-request-facts.ts';
import { type BudgetRow, lockBudgets } from '../rows/budget-rows.ts';
import { currencyOf } from '../rows/price-entries.ts';
import { notFound, onlyRow, rowProject } from '../rows/row-project.ts';
import {
  type Decision,
  decisionFields,
  refuseOtherSubject,
  stateAfterDecision,
  storeDecision,
} from '../sign-action.ts';
import { grant } from './grant.ts';
import { lockBudget, refuseGivenAway } from './lock.ts';
import { wakeWaiting } from './request.ts';

const decisionSchema = z.object({
  requestId: idSchema,
  ...decisionFields,
});
type DecisionInput = z.output<typeof decisionSchema>;
const rejectionSchema = decisionSchema.extend({
  comment: z.string().trim().min(1, 'Say why.').max(5_000),
});

const project = (tx: Transaction, input: { requestId: string }) =>
  rowProject(tx, budgetRequest, input.requestId);

/** Signs; the last signature that the policy asks for grants it at once. */
export const approveRequest = command(
  { permission: 'budgets.approve', schema: decisionSchema, project },
  (run) => decide(run, 'approve'),
);

/** Ends the request with a reason. */
export const rejectRequest = command(
  {
    permission: 'budgets.reject',
    schema: rejectionSchema,
    project,
  },
  (run) => decide(run, 'reject'),
);

/** The same for what is asked of a budget of the instance, by one of its admins. */
export const approveInstanceRequest = command(
  { permission: 'instanceBudgets.approve', schema: decisionSchema, project: 'instance' },
  (run) => decide(run, 'approve'),
);

export const rejectInstanceRequest = command(
  { permission: 'instanceBudgets.reject', schema: rejectionSchema, project: 'instance' },
  (run) => decide(run, 'reject'),
);

/** Takes a request back before it was decided. */
export const withdrawRequest = command(
  { permission: 'budgets.withdraw', schema: z.object({ requestId: idSchema }), project },
  async ({ tx, input, now }) => {
    const facts = await lockRequest(tx, input.requestId, now);
    refuse(decidedRefusal(facts.state));
    await save(tx, { facts, state: 'withdrawn', now });
    const row = onlyRow(await lockBudgets(tx, [facts.request.budgetId]));
    return {
      result: { requestId: input.requestId, state: 'withdrawn' as const },
      audit: [
        {
          object: { kind: 'budget', id: row.id, name: row.name },
          sentence: `withdrew a request for the budget ${row.name}`,
          before: { state: 'open' },
          after: { state: 'withdrawn' },
        },
      ],
    };
  },
);

/** Locks the request first, so that decisions made at the same time are taken one after the other. */
async function lockRequest(tx: Transaction, requestId: string, now: Date): Promise<BudgetRequestFacts> {
  await tx
    .select({ id: budgetRequest.id })
    .from(budgetRequest)
    .where(eq(budgetRequest.id, requestId))
    .for('update');
  return onlyRow(await budgetRequestFacts(tx, { requestId }, now));
}

async function decide(run: CommandRun<DecisionInput>, verb: Decision) {
  const { tx, input, principal, now } = run;
  const facts = await lockRequest(tx, input.requestId, now);
  if (!facts.ofInstance && run.projectId === '') throw notFound();
  refuse(budgetDecisionRefusal(facts, verb, principal));
  const { request, action, ofInstance } = facts;
  const { projectId } = request;
  refuseOtherSubject(action, input.subjectDigest);
  await lockBudgets(tx, [request.budgetId, ...(request.toBudgetId === null ? [] : [request.toBudgetId])]);
  const row = await lockBudget(tx, request.budgetId, ofInstance ? null : projectId);
  const { subjectDigest, comment } = input;
  const decided = { userId: principal.id, decision: verb };
  await storeDecision(tx, { projectId, actionId: action.id, ...decided, comment, subjectDigest, now });
  const state = stateAfterDecision({ ...facts, subject: facts.people }, decided);
  if (state !== 'open') await save(tx, { facts, state, now });
  if (state === 'approved') {
    if (request.kind === 'transfer') await refuseGivenAway(tx, row, { amount: BigInt(request.amount), now });
    await grant(run, request);
    await wakeWaiting(tx, request.promotionId, now);
  }
  const audited = await entry(run, { facts, row, verb, state });
  if (ofInstance) await auditAsker(run, { projectId, verb, entry: audited });
  return { result: { requestId: request.id, state }, audit: [audited] as const };
}

type Asker = { readonly projectId: string; readonly verb: Decision; readonly entry: AuditDraft };

/** What the instance decided stands in the chain of the project that asked as well. */
async function auditAsker(
  { tx, principal, now, ctx }: CommandRun<DecisionInput>,
  { projectId, verb, entry: draft }: Asker,
): Promise<void> {
  const action = `instanceBudgets.${verb}` as const;
  await appendAudit(tx, { projectId, actor: principal, action, now, origin: ctx.origin, drafts: [draft] });
}

type Saving = { facts: BudgetRequestFacts; state: 'approved' | 'rejected' | 'withdrawn'; now: Date };

async function save(tx: Transaction, { facts, state, now }: Saving): Promise<void> {
  await tx.update(budgetRequest).set({ state, decidedAt: now }).where(eq(budgetRequest.id, facts.request.id));
  const { projectId, id } = facts.request;
  await endNotice(tx, { projectId, dedupKey: requestNoticeKey(id) }, now);
}

type Decided = {
  facts: BudgetRequestFacts;
  row: BudgetRow;
  verb: Decision;
  state: ReturnType<typeof stateAfterDecision>;
};

async function entry({ tx, input }: CommandRun<DecisionInput>, { facts, row, verb, state }: Decided) {
  const { request, action } = facts;
  const measure = { unit: row.unit, currency: await currencyOf(tx) };
  const amount = amountText(BigInt(request.amount), measure);
  const what = request.kind === 'exceed' ? `${amount} more for` : `a transfer of ${amount} from`;
  const last = state === 'approved' ? '; it was the last signature' : '';
  return {
    object: { kind: 'budget' as const, id: row.id, name: row.name },
    sentence: `${verb === 'approve' ? 'approved' : 'rejected'} ${what} the budget ${row.name}${last}`,
    before: { state: 'open' },
    after: { state, subjectDigest: action.subjectDigest },
    comment: input.comment === '' ? undefined : input.comment,
    related: request.toBudgetId === null ? [] : [{ kind: 'budget' as const, id: request.toBudgetId }],
  };
}
