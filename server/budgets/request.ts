import { eq } from 'drizzle-orm';
import * as z from 'zod';
import type { Transaction } from '../../db/client.ts';
import { budgetRequest } from '../../db/schema/budgets.ts';
import { guardedAction, promotion } from '../../db/schema/promotions.ts';
import { amountTextSchema } from '../../domain/budget/budget-schema.ts';
import { amountText } from '../../domain/budget/budget-words.ts';
import type { BudgetSubject } from '../../domain/budget/request.ts';
import { idSchema } from '../../domain/name.ts';
import { type ApprovalProgress, approvalProgress, satisfiableRefusal } from '../../domain/policy.ts';
import { DomainError, refuse } from '../../domain/refusal.ts';
import type { AuditDraft } from '../audit/append.ts';
import { type CommandRun, command } from '../command.ts';
import { digestOf } from '../digest.ts';
import { newId } from '../id.ts';
import { emitNotice } from '../notice.ts';
import {
  missingSignatures,
  requestNoticeKey,
  signersOf,
  signingPolicy,
} from '../rows/budget-request-facts.ts';
import { type BudgetRow, lockBudgets, withAncestors } from '../rows/budget-rows.ts';
import { currencyOf } from '../rows/price-entries.ts';
import { ownerOf } from '../rows/principal-refs.ts';
import { notFound, onlyRow } from '../rows/row-project.ts';
import { wakeService } from '../wake-service.ts';
import { grant } from './grant.ts';
import { askingProject, lockBudget, refuseGivenAway } from './lock.ts';

const dayMs = 86_400_000;
const longestMs = 92 * dayMs;

const askedFields = {
  budgetId: idSchema,
  amount: amountTextSchema,
  /** When it ends by itself. */
  until: z.iso.datetime(),
  reason: z.string().trim().min(1, 'Say what it is for.').max(1_000),
  /** The project that asks, of a budget of the instance; one of a project is asked for there. */
  projectId: idSchema.optional(),
};

/** Asks for more than a budget has, for a time; the project's signers decide, or of a budget of the instance its admins. */
export const exceedBudget = command(
  {
    permission: 'budgets.exceed',
    schema: z.object({ ...askedFields, promotionId: idSchema.nullable().default(null) }),
    project: askingProject,
  },
  async (run) => {
    const { tx, input, projectId, now } = run;
    const row = await lockGiver(run);
    refuseLength(input, now);
    const { promotionId } = input;
    const planDigest = promotionId === null ? null : await planOf(tx, promotionId, projectId);
    const { policyRevisionId } = await signingPolicy(tx, { ...input, projectId });
    const subject: BudgetSubject = {
      ...common(run, row, policyRevisionId),
      kind: 'budgetExceed',
      promotionId,
      planDigest,
    };
    return await stored(run, { row, subject, toBudgetId: null });
  },
);

/** Asks to give a part of a budget to another for a time; the giver's signers decide. */
export const transferBudget = command(
  {
    permission: 'budgets.transfer',
    schema: z.object({ ...askedFields, toBudgetId: idSchema }),
    project: askingProject,
  },
  async (run) => {
    const { tx, input, projectId, now } = run;
    await lockBudgets(tx, [input.budgetId, input.toBudgetId]);
    const row = await lockGiver(run);
    refuseLength(input, now);
    await refuseReceiver(run, row, input.toBudgetId);
    await refuseGivenAway(tx, row, { amount: BigInt(input.amount), now });
    const { policyRevisionId } = await signingPolicy(tx, { ...input, projectId, promotionId: null });
    const { toBudgetId } = input;
    const subject: BudgetSubject = {
      ...common(run, row, policyRevisionId),
      kind: 'budgetTransfer',
      toBudgetId,
    };
    return await stored(run, { row, subject, toBudgetId });
  },
);

type Asked = { budgetId: string; amount: string; until: string; reason: string };

/** The budget that is asked of: the project's, or one of the instance, which then lets only this project ask. */
async function lockGiver({ tx, input, projectId }: CommandRun<Asked & { projectId?: string | undefined }>) {
  return await lockBudget(tx, input.budgetId, input.projectId === undefined ? projectId : null);
}

function common({ input, projectId }: CommandRun<Asked>, { unit }: BudgetRow, policyRevisionId: string) {
  const { budgetId, amount, until } = input;
  return { schema: 1 as const, projectId, budgetId, unit, amount, until, policyRevisionId };
}

function refuseLength({ until, amount }: Asked, now: Date): void {
  const no = (field: string, message: string) =>
    new DomainError({ code: 'invalidInput', message, params: { field } });
  if (BigInt(amount) === 0n) throw no('amount', 'Ask for more than nothing.');
  const ms = new Date(until).getTime() - now.getTime();
  if (ms <= 0) throw no('until', 'Let it end in the future.');
  if (ms > longestMs)
    throw no('until', 'Let it end within 92 days; what is needed for good is a new amount.');
}

async function planOf(tx: Transaction, promotionId: string, projectId: string): Promise<string> {
  const row = onlyRow(await tx.select().from(promotion).where(eq(promotion.id, promotionId)));
  if (row.projectId !== projectId) throw notFound();
  return row.planDigest;
}

/** A part goes to a budget of the same project, or to one that stands under the same budget: nowhere else is it known. */
async function refuseReceiver(
  { tx, projectId }: CommandRun<unknown>,
  giver: BudgetRow,
  toBudgetId: string,
): Promise<void> {
  const receiver = onlyRow(await lockBudgets(tx, [toBudgetId]));
  const above = new Set(await withAncestors(tx, giver.parentId === null ? [] : [giver.parentId]));
  const chain = await withAncestors(tx, [toBudgetId]);
  const shared = chain.some((id) => above.has(id) || (giver.projectId === null && id === giver.id));
  // Out of a budget of the instance a project asks for a budget of its own.
  const isOwn = receiver.projectId === projectId;
  if (giver.projectId === null ? !isOwn || !shared : !isOwn && !shared) throw notFound();
  const no = (message: string) =>
    new DomainError({ code: 'invalidInput', message, params: { field: 'toBudgetId' } });
  if (receiver.id === giver.id) throw no('A budget cannot give to itself.');
  if (receiver.closedAt !== null) throw no(`The budget "${receiver.name}" is closed.`);
  if (receiver.unit !== giver.unit) throw no(`"${receiver.name}" counts in another unit.`);
}

type Request = {
  readonly row: BudgetRow;
  readonly subject: BudgetSubject;
  readonly toBudgetId: string | null;
};

/** Stores the request, open or, where the policy asks nobody, granted at once. */
async function stored(run: CommandRun<Asked>, { row, subject, toBudgetId }: Request) {
  const { tx, input, projectId, principal, now } = run;
  const promotionId = subject.kind === 'budgetExceed' ? subject.promotionId : null;
  const policy = await signingPolicy(tx, { ...input, projectId, promotionId });
  const asked = { projectId, ofInstance: row.projectId === null };
  const { rules, members } = await signersOf(tx, asked, policy.rules);
  const people = { requesterUserId: ownerOf(principal), authorUserIds: [] };
  refuse(satisfiableRefusal(rules, members, people));
  const [actionId, requestId] = [newId(), newId()];
  const subjectDigest = digestOf(subject);
  await tx.insert(guardedAction).values({
    id: actionId,
    projectId,
    kind: subject.kind,
    subject,
    subjectDigest,
    policyRevisionId: subject.policyRevisionId,
    requestedBy: principal.id,
    requestedAt: now,
    expiresAt: new Date(now.getTime() + rules.expiresAfterMs),
  });
  const progress = approvalProgress(rules, { members, subject: people }, []);
  const isGranted = progress.satisfied;
  const state = isGranted ? ('approved' as const) : ('open' as const);
  const [request] = await tx
    .insert(budgetRequest)
    .values({
      id: requestId,
      projectId,
      actionId,
      kind: subject.kind === 'budgetExceed' ? 'exceed' : 'transfer',
      budgetId: row.id,
      toBudgetId,
      amount: input.amount,
      untilAt: new Date(input.until),
      promotionId,
      reason: input.reason,
      state,
      requestedAt: now,
      decidedAt: isGranted ? now : null,
    })
    .returning();
  if (isGranted && request !== undefined) await grant(run, request);
  await wakeWaiting(tx, isGranted ? promotionId : null, now);
  if (!isGranted) await tellSigners(run, { row, toBudgetId, requestId, progress });
  return {
    result: { requestId, state, subjectDigest },
    audit: [await entry(run, { row, subject, toBudgetId }, isGranted)] as const,
  };
}

type Telling = Pick<Request, 'row' | 'toBudgetId'> & {
  readonly requestId: string;
  readonly progress: ApprovalProgress;
};

/** Those who may sign hear of it; it is over once it was decided. */
async function tellSigners(
  { tx, input, projectId, principal, now, ctx }: CommandRun<Asked>,
  { row, toBudgetId, requestId, progress }: Telling,
): Promise<void> {
  const amount = amountText(BigInt(input.amount), { unit: row.unit, currency: await currencyOf(tx) });
  const notice = {
    kind: 'budgetRequest',
    budget: row.name,
    what: toBudgetId === null ? `${amount} more` : `giving ${amount} of it to another budget`,
    signatures: missingSignatures(progress),
    askedBy: principal.name,
    signerIds: progress.canStillSign.map(({ userId }) => userId),
  } as const;
  const object = { kind: 'budget', id: row.id } as const;
  const dedupKey = requestNoticeKey(requestId);
  await emitNotice(tx, { projectId, notice, object, serviceId: null, dedupKey }, { now, origin: ctx.origin });
}

/** The service whose start waited for it looks again at once. */
export async function wakeWaiting(tx: Transaction, promotionId: string | null, now: Date): Promise<void> {
  if (promotionId === null) return;
  const [row] = await tx
    .select({ serviceId: promotion.serviceId })
    .from(promotion)
    .where(eq(promotion.id, promotionId));
  if (row !== undefined) await wakeService(tx, row.serviceId, now);
}

async function entry(
  { tx, input }: CommandRun<Asked>,
  { row, subject, toBudgetId }: Request,
  isGranted: boolean,
): Promise<AuditDraft> {
  const measure = { unit: row.unit, currency: await currencyOf(tx) };
  const amount = amountText(BigInt(input.amount), measure);
  const what =
    toBudgetId === null
      ? `asked for ${amount} more for the budget ${row.name}`
      : `asked to give ${amount} of the budget ${row.name} to another`;
  return {
    object: { kind: 'budget', id: row.id, name: row.name },
    sentence: `${what} until ${input.until}${isGranted ? '; the policy asks nobody, so it is granted' : ''}`,
    after: { subject },
    comment: input.reason,
    related: toBudgetId === null ? [] : [{ kind: 'budget', id: toBudgetId }],
  };
}
