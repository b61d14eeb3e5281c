import { and, asc, desc, eq, isNull, type SQL } from 'drizzle-orm';
import type { Queries } from '../../db/client.ts';
import { policyRevision } from '../../db/schema/environments.ts';
import { approval, guardedAction } from '../../db/schema/promotions.ts';
import { retrainRequest } from '../../db/schema/retrains.ts';
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
import {
  type ChosenAction,
  chosenActionSchema,
  presentRetrainState,
  type RetrainPayload,
  type RetrainState,
  type RetrainSubject,
  retrainDecidedRefusal,
  retrainPayloadSchema,
  retrainSubjectSchema,
} from '../../domain/retrain/request.ts';
import { digestOf } from '../digest.ts';
import { signingMembers } from '../project-members.ts';
import { ownerOf, type PrincipalRef, principalRefs } from './principal-refs.ts';
import { retrainPlace } from './retrain-place.ts';
import { actionOf, chosenAction } from './retrain-settings.ts';
import { viewerRefusal } from './viewer-refusal.ts';

/** What is signed of a request that asks for signatures. */
type RetrainSigning = {
  readonly action: typeof guardedAction.$inferSelect;
  readonly rules: PolicyRules;
  readonly members: readonly Member[];
  readonly people: Subject;
  readonly approvals: readonly (typeof approval.$inferSelect)[];
  readonly progress: ApprovalProgress;
};

/** A request for a retraining with everything that decides about it. */
export type RetrainFacts = {
  readonly request: typeof retrainRequest.$inferSelect;
  readonly action: ChosenAction;
  readonly payload: RetrainPayload;
  readonly state: RetrainState;
  /** Null where the policy of the service asks for no signature. */
  readonly signing: RetrainSigning | null;
  readonly openedBy: PrincipalRef;
};

type By = { readonly requestId: string } | { readonly serviceId: string } | { readonly askedIn: string };

function requestsBy(by: By): SQL | undefined {
  if ('requestId' in by) return eq(retrainRequest.id, by.requestId);
  if ('serviceId' in by) return eq(retrainRequest.serviceId, by.serviceId);
  return and(
    eq(retrainRequest.projectId, by.askedIn),
    eq(retrainRequest.state, 'asked'),
    isNull(retrainRequest.closedAt),
  );
}

/** One request, those of a service, or those of a project that wait for signatures; newest first, at most 20. */
export async function retrainFacts(queries: Queries, by: By, now: Date): Promise<RetrainFacts[]> {
  const rows = await queries
    .select({ request: retrainRequest, signed: guardedAction })
    .from(retrainRequest)
    .leftJoin(guardedAction, eq(guardedAction.id, retrainRequest.actionId))
    .where(requestsBy(by))
    .orderBy(desc(retrainRequest.openedAt))
    .limit(20);
  const facts: RetrainFacts[] = [];
  for (const row of rows) facts.push(await factsOf(queries, row, now));
  return facts;
}

type Row = { request: RetrainFacts['request']; signed: RetrainSigning['action'] | null };

async function factsOf(queries: Queries, { request, signed }: Row, now: Date): Promise<RetrainFacts> {
  const openedBy = (await principalRefs(queries, [request.openedBy]))(request.openedBy);
  const signing = signed === null ? null : await signingOf(queries, request, { action: signed, openedBy });
  const waits = ['asked', 'approved'].includes(request.state) && !hasBegun(request);
  const changed = waits && signed !== null && (await isChanged(queries, signed));
  const stored = { state: request.state, expiresAt: signed?.expiresAt ?? null };
  return {
    request,
    action: chosenActionSchema.parse(request.action),
    payload: retrainPayloadSchema.parse(request.payload),
    state: presentRetrainState(stored, changed, now),
    signing,
    openedBy,
  };
}

/** Whether something of it went out already, so that it can only be followed. */
const hasBegun = ({ work, noticeId }: RetrainFacts['request']): boolean => work !== null || noticeId !== null;

/** Whether what was asked for, or who signs for it, is not what it was. */
async function isChanged(queries: Queries, { subject, subjectDigest }: RetrainSigning['action']) {
  const asked = retrainSubjectSchema.parse(subject);
  return digestOf(await currentSubject(queries, asked)) !== subjectDigest;
}

async function currentSubject(queries: Queries, asked: RetrainSubject): Promise<RetrainSubject | null> {
  const place = await retrainPlace(queries, asked.serviceId);
  const action = await chosenAction(queries, actionOf(asked.action), place).catch((error: unknown) => {
    if (error instanceof DomainError) return null;
    throw error;
  });
  return action === null ? null : { ...asked, action, policyRevisionId: place.policyRevisionId };
}

async function signingOf(
  queries: Queries,
  { projectId }: RetrainFacts['request'],
  { action, openedBy }: { action: RetrainSigning['action']; openedBy: PrincipalRef },
): Promise<RetrainSigning> {
  const [revision] = await queries
    .select({ rules: policyRevision.rules })
    .from(policyRevision)
    .where(eq(policyRevision.id, action.policyRevisionId));
  const rules = policyRulesSchema.parse(revision?.rules);
  const members = await signingMembers(queries, projectId);
  const approvals = await queries
    .select()
    .from(approval)
    .where(eq(approval.actionId, action.id))
    .orderBy(asc(approval.id));
  const people = { requesterUserId: ownerOf(openedBy), authorUserIds: [] };
  const progress = approvalProgress(rules, { members, subject: people }, approvals);
  return { action, rules, members, people, approvals, progress };
}

/** The key under which people hear of a request, and of its end. */
export const retrainNoticeKey = (requestId: string): string => `retrain:${requestId}`;

/** Why this principal cannot sign or reject now, or null; thrown by the command, shown on the button. */
export function retrainDecisionRefusal(
  { request, state, signing }: RetrainFacts,
  verb: 'approve' | 'reject',
  principal: Principal,
): Refusal | null {
  const role = viewerRefusal({ principal, projectId: request.projectId }, `retrains.${verb}`);
  if (role !== null) return role;
  if (principal.kind !== 'user')
    return refusal({
      code: 'forbidden',
      message: 'Only a person who is signed in can sign; a token never can.',
      fix: 'Open the request in the console.',
    });
  const decided = retrainDecidedRefusal(state);
  if (decided !== null) return decided;
  if (signing === null) return refusal({ code: 'wrongState', message: 'It needs no signature.' });
  if (signing.approvals.some(({ ownerUserId }) => ownerUserId === principal.id))
    return refusal({ code: 'alreadyDecided', message: 'You signed this already.' });
  const member = signing.members.find(({ userId }) => userId === principal.id);
  if (member === undefined)
    return refusal({
      code: 'notApprover',
      message: 'You are not among those who may sign in this project.',
      fix: 'Ask an admin of the project for the role approver.',
    });
  return signerRefusal(signing.rules, member, signing.people);
}
