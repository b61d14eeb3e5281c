import { and, asc, desc, eq, inArray, or, type SQL, sql } from 'drizzle-orm';
import type { Queries } from '../../db/client.ts';
import { budget, budgetRequest } from '../../db/schema/budgets.ts';
import { environment, policy, policyRevision } from '../../db/schema/environments.ts';
import { approval, guardedAction, promotion } from '../../db/schema/promotions.ts';
import { service } from '../../db/schema/services.ts';
import { budgetScopeSchema } from '../../domain/budget/budget-schema.ts';
import {
  type BudgetRequestState,
  type BudgetSubject,
  budgetSubjectSchema,
  decidedRefusal,
  instanceRules,
  presentState,
} from '../../domain/budget/request.ts';
import {
  type ApprovalProgress,
  approvalProgress,
  type Member,
  type PolicyRules,
  policyRulesSchema,
  type Subject,
  signerRefusal,
} from '../../domain/policy.ts';
import type { Principal } from '../../domain/principal.ts';
import { DomainError, type Refusal, refusal } from '../../domain/refusal.ts';
import { digestOf } from '../digest.ts';
import { instanceSigners, signingMembers } from '../project-members.ts';
import { ownerOf, type PrincipalRef, principalRefs } from './principal-refs.ts';
import { viewerRefusal } from './viewer-refusal.ts';

/** A request for more budget with everything that decides about it. */
export type BudgetRequestFacts = {
  readonly request: typeof budgetRequest.$inferSelect;
  readonly action: typeof guardedAction.$inferSelect;
  readonly state: BudgetRequestState;
  /** Whether the budget that gives is the instance's, whose admins sign. */
  readonly ofInstance: boolean;
  readonly subject: BudgetSubject;
  readonly rules: PolicyRules;
  readonly members: readonly Member[];
  readonly people: Subject;
  readonly approvals: readonly (typeof approval.$inferSelect)[];
  readonly progress: ApprovalProgress;
  readonly requestedBy: PrincipalRef;
};

/** The policy whose people sign for a budget: that of the promotion's environment, else of the budget's, else of the last production one. */
export async function signingPolicy(
  queries: Queries,
  asked: { projectId: string; promotionId: string | null; budgetId: string },
): Promise<{ policyRevisionId: string; rules: PolicyRules }> {
  const [row] = await queries
    .select({ scope: budget.scope })
    .from(budget)
    .where(eq(budget.id, asked.budgetId));
  const scope = budgetScopeSchema.parse(row?.scope);
  const environmentId =
    (await environmentOfPromotion(queries, asked.promotionId)) ?? scope.environmentId ?? null;
  const rows = await queries
    .select({ id: environment.id, revision: policyRevision })
    .from(environment)
    .innerJoin(policy, eq(policy.id, environment.policyId))
    .innerJoin(policyRevision, eq(policyRevision.id, policy.currentRevisionId))
    .where(eq(environment.projectId, asked.projectId))
    .orderBy(desc(environment.production), desc(environment.position));
  const found = rows.find(({ id }) => id === environmentId) ?? rows[0];
  if (found === undefined)
    throw new DomainError({
      code: 'policyUnsatisfiable',
      message: 'The project has no environment yet, so no policy says who signs.',
      fix: 'Create an environment with a policy first.',
    });
  return { policyRevisionId: found.revision.id, rules: policyRulesSchema.parse(found.revision.rules) };
}

async function environmentOfPromotion(queries: Queries, promotionId: string | null) {
  if (promotionId === null) return null;
  const rows = await queries
    .select({ environmentId: service.environmentId })
    .from(promotion)
    .innerJoin(service, eq(service.id, promotion.serviceId))
    .where(eq(promotion.id, promotionId));
  return rows[0]?.environmentId ?? null;
}

/** By which rules people sign for a budget of a project or of the instance, and who could. */
export async function signersOf(
  queries: Queries,
  { projectId, ofInstance }: { projectId: string; ofInstance: boolean },
  rules: PolicyRules,
): Promise<{ rules: PolicyRules; members: Member[] }> {
  if (ofInstance) return { rules: instanceRules(rules), members: await instanceSigners(queries) };
  return { rules, members: await signingMembers(queries, projectId) };
}

/** What the subject is now: the plan and the policy may have changed since it was asked. */
async function currentSubject(queries: Queries, asked: BudgetSubject): Promise<BudgetSubject> {
  const promotionId = asked.kind === 'budgetExceed' ? asked.promotionId : null;
  const { policyRevisionId } = await signingPolicy(queries, { ...asked, promotionId });
  if (asked.kind === 'budgetTransfer' || promotionId === null) return { ...asked, policyRevisionId };
  const rows = await queries
    .select({ planDigest: promotion.planDigest })
    .from(promotion)
    .where(eq(promotion.id, promotionId));
  return { ...asked, policyRevisionId, planDigest: rows[0]?.planDigest ?? null };
}

/** Requests that give from a budget or to it, or that a project's people may still decide; newest first, at most 50. */
export async function budgetRequestFacts(
  queries: Queries,
  by:
    | { readonly budgetId: string; readonly projectId?: string }
    | { readonly requestId: string }
    | { readonly openIn: string },
  now: Date,
): Promise<BudgetRequestFacts[]> {
  const rows = await queries
    .select({
      request: budgetRequest,
      action: guardedAction,
      ofInstance: sql<boolean>`${budget.projectId} is null`,
    })
    .from(budgetRequest)
    .innerJoin(budget, eq(budget.id, budgetRequest.budgetId))
    .innerJoin(guardedAction, eq(guardedAction.id, budgetRequest.actionId))
    .where(requestsBy(by))
    .orderBy(desc(budgetRequest.requestedAt))
    .limit(50);
  const facts: BudgetRequestFacts[] = [];
  for (const row of rows) facts.push(await factsOf(queries, row, now));
  return facts;
}

type By = Parameters<typeof budgetRequestFacts>[1];

function requestsBy(by: By): SQL | undefined {
  if ('requestId' in by) return eq(budgetRequest.id, by.requestId);
  if ('openIn' in by) return and(eq(budgetRequest.projectId, by.openIn), eq(budgetRequest.state, 'open'));
  const own = by.projectId === undefined ? undefined : eq(budgetRequest.projectId, by.projectId);
  return and(own, or(eq(budgetRequest.budgetId, by.budgetId), eq(budgetRequest.toBudgetId, by.budgetId)));
}

async function factsOf(
  queries: Queries,
  { request, action, ofInstance }: Pick<BudgetRequestFacts, 'request' | 'action' | 'ofInstance'>,
  now: Date,
): Promise<BudgetRequestFacts> {
  const subject = budgetSubjectSchema.parse(action.subject);
  const changed =
    request.state === 'open' && digestOf(await currentSubject(queries, subject)) !== action.subjectDigest;
  const [revision] = await queries
    .select({ rules: policyRevision.rules })
    .from(policyRevision)
    .where(eq(policyRevision.id, action.policyRevisionId));
  const asked = { projectId: request.projectId, ofInstance };
  const { rules, members } = await signersOf(queries, asked, policyRulesSchema.parse(revision?.rules));
  const approvals = await queries
    .select()
    .from(approval)
    .where(inArray(approval.actionId, [action.id]))
    .orderBy(asc(approval.id));
  const requestedBy = (await principalRefs(queries, [action.requestedBy]))(action.requestedBy);
  const people = { requesterUserId: ownerOf(requestedBy), authorUserIds: [] };
  return {
    request,
    action,
    state: presentState({ ...request, expiresAt: action.expiresAt }, changed, now),
    subject,
    ofInstance,
    rules,
    members,
    people,
    approvals,
    progress: approvalProgress(rules, { members, subject: people }, approvals),
    requestedBy,
  };
}

/** How many more people have to sign at the least. */
export function missingSignatures({ missingPeople, rules }: ApprovalProgress): number {
  return Math.max(missingPeople, ...rules.map(({ missing }) => missing), 0);
}

/** The key under which those who may sign hear of a request, and of its end. */
export function requestNoticeKey(requestId: string): string {
  return `budgetRequest:${requestId}`;
}

/** Why this principal cannot sign or reject now, or null; thrown by the command, shown on the button. */
export function budgetDecisionRefusal(
  facts: BudgetRequestFacts,
  verb: 'approve' | 'reject',
  principal: Principal,
): Refusal | null {
  const { request, approvals, members, rules, people, ofInstance } = facts;
  const permission = ofInstance ? (`instanceBudgets.${verb}` as const) : (`budgets.${verb}` as const);
  const role = viewerRefusal({ principal, projectId: request.projectId }, permission);
  if (role !== null) return role;
  if (principal.kind !== 'user')
    return refusal({
      code: 'forbidden',
      message: 'Only a person who is signed in can sign; a token never can.',
      fix: 'Open the budget in the console.',
    });
  const decided = decidedRefusal(facts.state);
  if (decided !== null) return decided;
  if (approvals.some(({ ownerUserId }) => ownerUserId === principal.id))
    return refusal({ code: 'alreadyDecided', message: 'You signed this already.' });
  const member = members.find(({ userId }) => userId === principal.id);
  if (member === undefined)
    return refusal({
      code: 'notApprover',
      message: `You are not among those who may sign in this ${ofInstance ? 'instance' : 'project'}.`,
      fix: ofInstance ? null : 'Ask an admin of the project for the role approver.',
    });
  return signerRefusal(rules, member, people);
}
