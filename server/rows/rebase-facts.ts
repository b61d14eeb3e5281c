import { and, asc, desc, eq, isNull, type SQL } from 'drizzle-orm';
import type { Queries } from '../../db/client.ts';
import { driftBinning, driftMonitor, driftReference } from '../../db/schema/drift.ts';
import { environment, policy, policyRevision } from '../../db/schema/environments.ts';
import { approval, guardedAction } from '../../db/schema/promotions.ts';
import { driftRebase } from '../../db/schema/rebases.ts';
import { service } from '../../db/schema/services.ts';
import {
  presentRebaseState,
  type RebaseState,
  type RebaseSubject,
  rebaseDecidedRefusal,
  rebaseSubjectSchema,
} from '../../domain/drift/rebase.ts';
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
import { type Refusal, refusal } from '../../domain/refusal.ts';
import { digestOf } from '../digest.ts';
import { signingMembers } from '../project-members.ts';
import { ownerOf, type PrincipalRef, principalRefs } from './principal-refs.ts';
import { onlyRow } from './row-project.ts';
import { viewerRefusal } from './viewer-refusal.ts';

/** A request to compare a service with another window, with everything that decides about it. */
export type RebaseFacts = {
  readonly rebase: typeof driftRebase.$inferSelect;
  readonly action: typeof guardedAction.$inferSelect;
  readonly state: RebaseState;
  readonly subject: RebaseSubject;
  readonly rules: PolicyRules;
  readonly members: readonly Member[];
  readonly people: Subject;
  readonly approvals: readonly (typeof approval.$inferSelect)[];
  readonly progress: ApprovalProgress;
  readonly requestedBy: PrincipalRef;
};

/** The key under which those who may sign hear of a request, and of its end. */
export const rebaseNoticeKey = (rebaseId: string): string => `rebaseRequest:${rebaseId}`;

type Present = Pick<RebaseSubject, 'binningId' | 'before' | 'policyRevisionId'> & {
  readonly rules: PolicyRules;
};

/** How the service is compared now, and the policy of its environment; null while it has no bins or no monitor. */
export async function presentJudging(queries: Queries, serviceId: string): Promise<Present | null> {
  const [monitor] = await queries.select().from(driftMonitor).where(eq(driftMonitor.serviceId, serviceId));
  const [binning] = await queries
    .select({ id: driftBinning.id })
    .from(driftBinning)
    .where(and(eq(driftBinning.serviceId, serviceId), eq(driftBinning.state, 'active')));
  if (monitor === undefined || binning === undefined) return null;
  const { windowLength, referenceKind } = monitor;
  const [reference] = await queries
    .select({ id: driftReference.id })
    .from(driftReference)
    .where(
      and(
        eq(driftReference.serviceId, serviceId),
        eq(driftReference.kind, referenceKind),
        isNull(driftReference.replacedAt),
      ),
    );
  const revision = onlyRow(
    await queries
      .select({ id: policyRevision.id, rules: policyRevision.rules })
      .from(service)
      .innerJoin(environment, eq(environment.id, service.environmentId))
      .innerJoin(policy, eq(policy.id, environment.policyId))
      .innerJoin(policyRevision, eq(policyRevision.id, policy.currentRevisionId))
      .where(eq(service.id, serviceId)),
  );
  return {
    binningId: binning.id,
    before: { windowLength, referenceKind, referenceId: reference?.id ?? null },
    policyRevisionId: revision.id,
    rules: policyRulesSchema.parse(revision.rules),
  };
}

type By = { readonly rebaseId: string } | { readonly serviceId: string } | { readonly openIn: string };

function rebasesBy(by: By): SQL | undefined {
  if ('rebaseId' in by) return eq(driftRebase.id, by.rebaseId);
  if ('serviceId' in by) return eq(driftRebase.serviceId, by.serviceId);
  return and(eq(driftRebase.projectId, by.openIn), eq(driftRebase.state, 'open'));
}

/** One request, those of a service, or the open ones of a project; newest first, at most 20. */
export async function rebaseFacts(queries: Queries, by: By, now: Date): Promise<RebaseFacts[]> {
  const rows = await queries
    .select({ rebase: driftRebase, action: guardedAction })
    .from(driftRebase)
    .innerJoin(guardedAction, eq(guardedAction.id, driftRebase.actionId))
    .where(rebasesBy(by))
    .orderBy(desc(driftRebase.requestedAt))
    .limit(20);
  const facts: RebaseFacts[] = [];
  for (const row of rows) facts.push(await factsOf(queries, row, now));
  return facts;
}

async function factsOf(
  queries: Queries,
  { rebase, action }: Pick<RebaseFacts, 'rebase' | 'action'>,
  now: Date,
): Promise<RebaseFacts> {
  const subject = rebaseSubjectSchema.parse(action.subject);
  const isLiving = rebase.state === 'open' || rebase.state === 'approved';
  const changed = isLiving && (await isChanged(queries, { rebase, action }, subject));
  const revision = onlyRow(
    await queries.select().from(policyRevision).where(eq(policyRevision.id, action.policyRevisionId)),
  );
  const rules = policyRulesSchema.parse(revision.rules);
  const members = await signingMembers(queries, rebase.projectId);
  const approvals = await queries
    .select()
    .from(approval)
    .where(eq(approval.actionId, action.id))
    .orderBy(asc(approval.id));
  const requestedBy = (await principalRefs(queries, [action.requestedBy]))(action.requestedBy);
  const people = { requesterUserId: ownerOf(requestedBy), authorUserIds: [] };
  return {
    rebase,
    action,
    state: presentRebaseState({ ...rebase, expiresAt: action.expiresAt }, changed, now),
    subject,
    rules,
    members,
    people,
    approvals,
    progress: approvalProgress(rules, { members, subject: people }, approvals),
    requestedBy,
  };
}

/** Whether what it replaces is another by now; who signs counts until it is signed. */
async function isChanged(
  queries: Queries,
  { rebase, action }: Pick<RebaseFacts, 'rebase' | 'action'>,
  subject: RebaseSubject,
): Promise<boolean> {
  const present = await presentJudging(queries, rebase.serviceId);
  if (present === null) return true;
  const { rules: _, policyRevisionId, ...judging } = present;
  const signing = rebase.state === 'open' ? { policyRevisionId } : {};
  return digestOf({ ...subject, ...judging, ...signing }) !== action.subjectDigest;
}

/** Why this principal cannot sign or reject now, or null; thrown by the command, shown on the button. */
export function rebaseDecisionRefusal(
  { rebase, state, approvals, members, rules, people }: RebaseFacts,
  verb: 'approve' | 'reject',
  principal: Principal,
): Refusal | null {
  const role = viewerRefusal({ principal, projectId: rebase.projectId }, `references.${verb}`);
  if (role !== null) return role;
  if (principal.kind !== 'user')
    return refusal({
      code: 'forbidden',
      message: 'Only a person who is signed in can sign; a token never can.',
      fix: 'Open the references of the service in the console.',
    });
  const decided = rebaseDecidedRefusal(state);
  if (decided !== null) return decided;
  if (approvals.some(({ ownerUserId }) => ownerUserId === principal.id))
    return refusal({ code: 'alreadyDecided', message: 'You signed this already.' });
  const member = members.find(({ userId }) => userId === principal.id);
  if (member === undefined)
    return refusal({
      code: 'notApprover',
      message: 'You are not among those who may sign in this project.',
      fix: 'Ask an admin of the project for the role approver.',
    });
  return signerRefusal(rules, member, people);
}
