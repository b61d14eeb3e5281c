import { isDeepStrictEqual } from 'node:util';
import { eq } from 'drizzle-orm';
import { type Database, type Transaction, transactionAfter, withCommit } from '../../db/client.ts';
import { given, prepared, type ValueOf } from '../../db/prepared.ts';
import { budgetReservation } from '../../db/schema/budgets.ts';
import { policyRevision } from '../../db/schema/environments.ts';
import { guardedAction, promotion } from '../../db/schema/promotions.ts';
import { rollout } from '../../db/schema/rollouts.ts';
import { service } from '../../db/schema/services.ts';
import type { Dispersion } from '../../domain/analysis/tempering.ts';
import { policyRulesSchema } from '../../domain/policy.ts';
import { systemPrincipal } from '../../domain/principal.ts';
import {
  type PromotionSubject,
  promotionRefusal,
  promotionSubjectSchema,
  subjectRefusal,
} from '../../domain/promotion.ts';
import { type Blocker, blocker, type Refusal, refusal } from '../../domain/refusal.ts';
import { rolloutPlanSchema } from '../../domain/rollout-plan.ts';
import { promotionRetrySchema } from '../../domain/rollout-retry.ts';
import { type AuditDraft, appendAudit, isChainMoved, notifyChange, seeChain } from '../audit/append.ts';
import { digestOf } from '../digest.ts';
import { newId } from '../id.ts';
import { currentSubjects } from '../promotion-subject.ts';
import { onlyRow } from '../rows/row-project.ts';
import type { RunningRevision } from '../rows/running-revision.ts';
import { fence, type Lease } from './lease.ts';
import { reservedDetail, reserving } from './reservation.ts';
import { insertCanary } from './role-intervals.ts';
import { type PlannedStart, type StartGuard, startGuards, startRefusal } from './start-guards.ts';
import { readFacts, type StartFacts, startFacts } from './start-records.ts';

export type StartInput = {
  readonly lease: Lease;
  readonly promotion: AskedStart;
  /** Asked once everything else allows the start; null while it is not measured, which may take longer than locks should last. */
  readonly dispersion: () => Dispersion | null;
  readonly now: Date;
  readonly origin: 'live' | 'demo';
  readonly guards?: readonly StartGuard[];
  /** Called once all of a start is on its way to the database. */
  readonly onSent?: () => void;
};

/** Of a request, what never changes. */
export type AskedStart = Pick<
  typeof promotion.$inferSelect,
  'id' | 'projectId' | 'serviceId' | 'fromRevisionId' | 'toRevisionId'
>;

type RolloutRow = typeof rollout.$inferSelect;

/** started · ready: it would be, with a dispersion · refused: it stays approved, with a blocker · voided: its subject changed, so its signatures are void · gone: it is not approved any more. */
export type StartOutcome =
  | { readonly kind: 'started'; readonly row: RolloutRow; readonly to: RunningRevision }
  | { readonly kind: 'refused' | 'voided'; readonly refusal: Refusal | Blocker }
  | { readonly kind: 'ready' | 'gone' };

/**
 * The system command `rollouts.start`: in one transaction re-checks that the promotion is approved and that subject,
 * policy and previous revision are what was signed, asks the start guards, and inserts the rollout with the dispersion
 * fixed before it starts and with what it reserves.
 */
export async function startRollout(db: Database, input: StartInput): Promise<StartOutcome> {
  const outcome = await tryToStart(db, input, 1).catch((error: unknown) => {
    if (isChainMoved(error)) return tryToStart(db, input, 2);
    throw error;
  });
  return outcome.kind === 'started' ? { ...outcome, row: onlyRow(await outcome.inserted) } : outcome;
}

type Tried =
  | Exclude<StartOutcome, { kind: 'started' }>
  | {
      readonly kind: 'started';
      readonly inserted: Promise<readonly RolloutRow[]>;
      readonly to: RunningRevision;
    };

async function tryToStart(db: Database, input: StartInput, attempt: number): Promise<Tried> {
  const first = (tx: Transaction) => readLocked(tx, input, attempt);
  return await transactionAfter(
    db,
    { first, plansOnce: true },
    async (tx, { found, subject, facts }): Promise<Tried> => {
      if (found === undefined || promotionRefusal(found.row.state, 'start') !== null) return { kind: 'gone' };
      const start = plannedStart(found, input.now);
      const changed = subjectChange(found, subject);
      if (changed !== null) return await voided(tx, found, { input, reason: changed });
      const no =
        activeRefusal(await startFacts(tx, start, facts)) ??
        (await startRefusal(tx, start, input.guards ?? startGuards));
      if (no !== null) return await refused(tx, found, no);
      const dispersion = input.dispersion();
      return dispersion === null
        ? { kind: 'ready' }
        : await started(tx, found, { ...input, dispersion, start });
    },
  );
}

/**
 * Locks the request and its service, then reads all that is judged, in one round trip. Each is a statement of its own, after
 * the lock: what joins a row that was waited for is as it was before the wait.
 */
async function readLocked(tx: Transaction, { promotion: asked, lease }: StartInput, attempt: number) {
  const locked = lockedPromotions(tx, { promotionId: asked.id });
  // After the lock, which is sent first.
  const facts = readFacts(tx, asked);
  const [[found], , subjects] = await Promise.all([
    locked,
    fence(tx, lease),
    currentSubjects(tx, [asked.id]),
    // The guards hear why they could not be read.
    facts.catch(() => undefined),
    seeChain(tx, asked.projectId, attempt),
  ]);
  return { found, subject: subjects.get(asked.id), facts };
}

type Found = {
  readonly row: typeof promotion.$inferSelect;
  readonly subject: unknown;
  readonly policyRules: unknown;
  readonly subjectDigest: string;
  readonly requestedBy: string;
  readonly serviceName: string;
};

function plannedStart({ row, policyRules }: Found, now: Date): PlannedStart {
  const { id: promotionId, projectId, serviceId, fromRevisionId, toRevisionId, retry } = row;
  return {
    projectId,
    serviceId,
    promotionId,
    fromRevisionId,
    toRevisionId,
    plan: rolloutPlanSchema.parse(row.plan),
    policyRules: policyRulesSchema.parse(policyRules),
    firstStepIndex: retry === null ? 0 : promotionRetrySchema.parse(retry).firstStepIndex,
    now,
  };
}

const lockedPromotions = prepared((queries, value: ValueOf<{ promotionId: string }>) =>
  queries
    .select({
      row: promotion,
      subject: guardedAction.subject,
      policyRules: policyRevision.rules,
      subjectDigest: guardedAction.subjectDigest,
      requestedBy: guardedAction.requestedBy,
      serviceName: service.name,
    })
    .from(promotion)
    .innerJoin(guardedAction, eq(guardedAction.id, promotion.actionId))
    .innerJoin(policyRevision, eq(policyRevision.id, guardedAction.policyRevisionId))
    .innerJoin(service, eq(service.id, promotion.serviceId))
    .where(eq(promotion.id, value('promotionId')))
    .for('update', { of: [promotion, service] }),
);

function subjectChange(found: Found, now: PromotionSubject | undefined): Refusal | null {
  const asked = promotionSubjectSchema.parse(found.subject);
  if (now === undefined || digestOf(asked) !== found.subjectDigest)
    return refusal({
      code: 'subjectChanged',
      message: 'What was signed cannot be read back as it was signed, so its signatures do not count.',
    });
  return subjectRefusal(asked, now);
}

function activeRefusal({ activeRolloutId: rolloutId }: StartFacts): Refusal | null {
  return rolloutId === null
    ? null
    : refusal({
        code: 'rolloutActive',
        message: 'Another rollout of this Service is under way; this one starts when that has ended.',
        params: { rolloutId },
      });
}

async function refused(tx: Transaction, { row }: Found, reason: Refusal | Blocker): Promise<Tried> {
  const outcome = 'until' in reason ? reason : blocker(reason);
  if (!isDeepStrictEqual(row.outcome, outcome)) {
    await tx.update(promotion).set({ outcome }).where(eq(promotion.id, row.id));
    await notifyChange(tx, { projectId: row.projectId, topic: 'promotion', id: row.id });
  }
  return { kind: 'refused', refusal: reason };
}

type Voiding = { readonly input: StartInput; readonly reason: Refusal };

async function voided(tx: Transaction, found: Found, { input, reason }: Voiding): Promise<Tried> {
  const { row } = found;
  await tx
    .update(promotion)
    .set({ state: 'voided', outcome: reason, decidedAt: input.now })
    .where(eq(promotion.id, row.id));
  await write(tx, found, {
    ...input,
    draft: {
      object: { kind: 'promotion', id: row.id, name: found.serviceName },
      sentence: `did not start and voided the request: ${reason.message}`,
      before: { state: row.state },
      after: { state: 'voided', reason: reason.message },
      related: [{ kind: 'service', id: row.serviceId }],
    },
  });
  return { kind: 'voided', refusal: reason };
}

async function started(
  tx: Transaction,
  found: Found,
  input: Omit<StartInput, 'dispersion'> & { dispersion: Dispersion; start: PlannedStart },
): Promise<Tried> {
  const { row } = found;
  const { plan } = input.start;
  const { phi, backedByHistory } = input.dispersion;
  const retry = row.retry === null ? null : promotionRetrySchema.parse(row.retry);
  const firstStepIndex = retry?.firstStepIndex ?? 0;
  const values = {
    id: newId(),
    projectId: row.projectId,
    serviceId: row.serviceId,
    promotionId: row.id,
    fromRevisionId: row.fromRevisionId,
    toRevisionId: row.toRevisionId,
    plan,
    planDigest: row.planDigest,
    phi,
    phiBackedByHistory: backedByHistory,
    startedAt: input.now,
    startedBy: retry?.requestedBy ?? found.requestedBy,
    retryOfId: retry?.rolloutId ?? null,
    firstStepIndex,
    // What the earlier attempt proved is not proven again.
    passedSteps: firstStepIndex,
    phase: 'starting' as const,
    stepStartedAt: input.now,
  };
  const reserved = await reserving(tx, values.id, input.start);
  // The rollout first, because all that follows names it.
  const inserted = withCommit(tx, insertedRollout(tx, values));
  void withCommit(tx, insertCanary(tx, values, input.now));
  void withCommit(tx, takenPromotion(tx, { id: row.id }));
  if (reserved !== null) void withCommit(tx, tx.insert(budgetReservation).values([...reserved.rows]));
  await write(tx, found, {
    ...input,
    draft: {
      object: { kind: 'rollout', id: values.id, name: found.serviceName },
      sentence:
        retry === null
          ? `started the rollout that was approved on ${found.serviceName}`
          : `started the retry from step ${firstStepIndex + 1} that its approval still covers on ${found.serviceName}`,
      after: {
        promotionId: row.id,
        fromRevisionId: row.fromRevisionId,
        toRevisionId: row.toRevisionId,
        planDigest: row.planDigest,
        subjectDigest: found.subjectDigest,
        phi,
        phiBackedByHistory: backedByHistory,
        ...(retry === null ? {} : { retryOfId: retry.rolloutId, firstStepIndex }),
        ...(reserved === null ? {} : { reserved: reservedDetail(reserved) }),
      },
      related: [
        ...(retry === null ? [] : [{ kind: 'rollout' as const, id: retry.rolloutId }]),
        { kind: 'promotion', id: row.id },
        { kind: 'service', id: row.serviceId },
        { kind: 'serviceRevision', id: row.toRevisionId },
      ],
    },
  });
  input.onSent?.();
  return { kind: 'started', inserted, to: (await startFacts(tx, input.start)).to };
}

/** What a rollout begins with; all else of it is as the table says. */
const newColumns = [
  'id',
  'projectId',
  'serviceId',
  'promotionId',
  'fromRevisionId',
  'toRevisionId',
  'plan',
  'planDigest',
  'phi',
  'phiBackedByHistory',
  'startedAt',
  'startedBy',
  'retryOfId',
  'firstStepIndex',
  'passedSteps',
  'phase',
  'stepStartedAt',
] as const;
type NewRollout = Required<Pick<typeof rollout.$inferInsert, (typeof newColumns)[number]>>;

const insertedRollout = prepared((queries, value: ValueOf<NewRollout>) =>
  queries.insert(rollout).values(given(value, newColumns)).returning(),
);

const takenPromotion = prepared((queries, value: ValueOf<{ id: string }>) =>
  queries
    .update(promotion)
    .set({ state: 'started', outcome: null, retry: null })
    .where(eq(promotion.id, value('id'))),
);

async function write(
  tx: Transaction,
  { row }: Found,
  { now, origin, draft }: Pick<StartInput, 'now' | 'origin'> & { draft: AuditDraft },
): Promise<void> {
  await appendAudit(tx, {
    projectId: row.projectId,
    actor: systemPrincipal,
    action: 'rollouts.start',
    now,
    origin,
    drafts: [draft],
  });
}
