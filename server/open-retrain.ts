import { and, desc, eq, isNull, lte } from 'drizzle-orm';
import type { Transaction } from '../db/client.ts';
import { driftMonitor, driftWindow } from '../db/schema/drift.ts';
import { guardedAction } from '../db/schema/promotions.ts';
import { retrainRequest } from '../db/schema/retrains.ts';
import { service } from '../db/schema/services.ts';
import type { Notice } from '../domain/notice.ts';
import { approvalProgress, satisfiableRefusal } from '../domain/policy.ts';
import type { Principal } from '../domain/principal.ts';
import { blocker, DomainError, refuse } from '../domain/refusal.ts';
import {
  type ChosenAction,
  openRetrainRefusal,
  type RetrainPayload,
  type RetrainState,
  type RetrainSubject,
} from '../domain/retrain/request.ts';
import type { RetrainSettings } from '../domain/retrain/settings.ts';
import type { AuditDraft } from './audit/append.ts';
import { digestOf } from './digest.ts';
import { newId } from './id.ts';
import { emitNotice, type When } from './notice.ts';
import { signingMembers } from './project-members.ts';
import { missingSignatures } from './rows/budget-request-facts.ts';
import { alertView } from './rows/drift-alert-view.ts';
import type { AlertRow } from './rows/known-drift-alerts.ts';
import { ownerOf } from './rows/principal-refs.ts';
import { retrainNoticeKey } from './rows/retrain-facts.ts';
import { type RetrainPlace, retrainPlace, servingVersion } from './rows/retrain-place.ts';
import { chosenAction, retrainSettingsOf } from './rows/retrain-settings.ts';

/** The request of a service that may still lead to a version; null when there is none. */
async function livingRetrain(tx: Transaction, serviceId: string) {
  const [row] = await tx
    .select()
    .from(retrainRequest)
    .where(and(eq(retrainRequest.serviceId, serviceId), isNull(retrainRequest.closedAt)));
  return row ?? null;
}

type Opening = { readonly alert: AlertRow; readonly by: Principal };
type Opened = { readonly requestId: string; readonly state: RetrainState; readonly draft: AuditDraft };

/**
 * Opens the request that a real alert leads to by the settings of its service; throws why it cannot. Two at once make one:
 * the second runs into the unique index and is refused.
 */
export async function openRetrain(tx: Transaction, { alert, by }: Opening, when: When): Promise<Opened> {
  const { serviceId, projectId } = alert;
  const { settings } = await retrainSettingsOf(tx, serviceId);
  const hasLiving = (await livingRetrain(tx, serviceId)) !== null;
  refuse(openRetrainRefusal({ alertState: alert.state, hasLiving, policy: settings.policy }));
  const place = await retrainPlace(tx, serviceId);
  const version = await servingVersion(tx, serviceId);
  if (version === null)
    throw new DomainError({
      code: 'noStableRevision',
      message: 'No version serves here, so it is not known which model to train again.',
    });
  const action = await chosenAction(tx, settings.action, place);
  const requestId = newId();
  const payload = await payloadOf(tx, { alert, requestId, place, version });
  const signing =
    settings.policy === 'approve'
      ? await insertAction(tx, { alert, by, requestId, action, place }, when)
      : null;
  const state = firstState(settings, signing?.isGranted ?? true);
  await tx.insert(retrainRequest).values({
    id: requestId,
    projectId,
    serviceId,
    alertId: alert.id,
    modelId: version.modelId,
    modelVersionId: version.modelVersionId,
    policy: settings.policy,
    action,
    payload,
    actionId: signing?.actionId ?? null,
    openedAt: when.now,
    openedBy: by.id,
    state,
    stateAt: when.now,
    outcome: signing?.unsatisfiable ?? null,
  });
  const name = `${version.model} ${version.number}`;
  await tell(tx, { alert, requestId, place, name, state, payload, signing }, when);
  return {
    requestId,
    state,
    draft: {
      object: { kind: 'retrain', id: requestId, name },
      sentence: `asked for a retraining of ${name}, because of a real alert of ${place.service} in ${place.environment}`,
      after: { state, policy: settings.policy, action, payload, subjectDigest: signing?.subjectDigest },
      related: [
        { kind: 'driftAlert', id: alert.id },
        { kind: 'service', id: serviceId },
      ],
      action: 'retrains.open',
    },
  };
}

/**
 * Opens a request by itself: once an alert, not while another one of the service lives, and not before the rest after the
 * last one is over. Null when nothing is to be opened, whatever of it.
 */
export async function openDueRetrain(tx: Transaction, opening: Opening, when: When): Promise<Opened | null> {
  const { alert } = opening;
  await tx
    .select({ id: service.id })
    .from(service)
    .where(eq(service.id, alert.serviceId))
    .for('no key update');
  const { settings } = await retrainSettingsOf(tx, alert.serviceId);
  if (settings.policy === 'off') return null;
  const [last] = await tx
    .select({ closedAt: retrainRequest.closedAt })
    .from(retrainRequest)
    .where(eq(retrainRequest.serviceId, alert.serviceId))
    .orderBy(desc(retrainRequest.openedAt))
    .limit(1);
  const restsUntilMs = (last?.closedAt?.getTime() ?? 0) + settings.cooldownHours * 3_600_000;
  if (last !== undefined && (last.closedAt === null || restsUntilMs > when.now.getTime())) return null;
  const known = await tx.$count(retrainRequest, eq(retrainRequest.alertId, alert.id));
  if (known > 0) return null;
  try {
    return await openRetrain(tx, opening, when);
  } catch (error) {
    // What cannot be started now, such as a template that was removed, is tried again while the alert lasts.
    if (error instanceof DomainError) return null;
    throw error;
  }
}

type Telling = Omit<About, 'version'> & {
  readonly name: string;
  readonly state: RetrainState;
  readonly payload: RetrainPayload;
  readonly signing: Awaited<ReturnType<typeof insertAction>> | null;
};

/** People hear what was opened, and signers that they are asked; it is over with the request. */
async function tell(
  tx: Transaction,
  { alert: { projectId, serviceId }, requestId, place, name, state, payload, signing }: Telling,
  when: When,
): Promise<void> {
  const { service: of, environment, production } = place;
  const notice: Notice = {
    kind: 'retrainRequest',
    service: of,
    environment,
    production,
    version: name,
    why: payload.alert,
    next: state === 'asked' ? 'signatures' : state === 'approved' ? 'start' : 'people',
    signatures: signing?.missing ?? 0,
    signerIds: [...(signing?.signerIds ?? [])],
  };
  const object = { kind: 'retrain', id: requestId } as const;
  const dedupKey = retrainNoticeKey(requestId);
  await emitNotice(tx, { projectId, notice, object, serviceId, dedupKey }, when);
}

function firstState({ policy }: RetrainSettings, isGranted: boolean): RetrainState {
  if (policy === 'notify') return 'told';
  return isGranted ? 'approved' : 'asked';
}

type Version = NonNullable<Awaited<ReturnType<typeof servingVersion>>>;
type About = { alert: AlertRow; requestId: string; place: RetrainPlace; version: Version };

async function payloadOf(
  tx: Transaction,
  { alert, requestId, place, version }: About,
): Promise<RetrainPayload> {
  const { facts, sentence } = alertView(alert);
  const [window] = await tx
    .select({ inputDigest: driftWindow.inputDigest, windowEnd: driftWindow.windowEnd })
    .from(driftWindow)
    .innerJoin(driftMonitor, eq(driftMonitor.id, driftWindow.monitorId))
    .where(and(eq(driftMonitor.serviceId, alert.serviceId), lte(driftWindow.windowEnd, alert.openedAt)))
    .orderBy(desc(driftWindow.windowEnd))
    .limit(1);
  return {
    schema: 1,
    retrainId: requestId,
    model: version.model,
    modelVersionId: version.modelVersionId,
    modelVersion: version.number,
    service: place.service,
    environment: place.environment,
    alertId: alert.id,
    alert: sentence,
    referenceId: alert.referenceId,
    windowFrom: alert.fromAt.toISOString(),
    windowTo: (window?.windowEnd ?? alert.openedAt).toISOString(),
    features:
      facts?.of === 'features'
        ? facts.features.map(({ name, test, effect, limit }) => ({ name, test, effect, limit }))
        : [],
    inputDigest: window?.inputDigest ?? null,
  };
}

type Signed = Opening & { requestId: string; action: ChosenAction; place: RetrainPlace };

/** What signers decide about, bound to exactly this action under this policy. */
async function insertAction(tx: Transaction, { alert, by, requestId, action, place }: Signed, { now }: When) {
  const { projectId, serviceId } = alert;
  const { rules, policyRevisionId } = place;
  const members = await signingMembers(tx, projectId);
  const people = { requesterUserId: ownerOf(by), authorUserIds: [] };
  const progress = approvalProgress(rules, { members, subject: people }, []);
  const subject: RetrainSubject = {
    schema: 1,
    kind: 'retrain',
    projectId,
    serviceId,
    retrainId: requestId,
    alertId: alert.id,
    action,
    policyRevisionId,
  };
  const [actionId, subjectDigest] = [newId(), digestOf(subject)];
  await tx.insert(guardedAction).values({
    id: actionId,
    projectId,
    kind: 'retrain',
    subject,
    subjectDigest,
    policyRevisionId,
    requestedBy: by.id,
    requestedAt: now,
    expiresAt: new Date(now.getTime() + rules.expiresAfterMs),
  });
  const never = satisfiableRefusal(rules, members, people);
  return {
    actionId,
    subjectDigest,
    isGranted: progress.satisfied,
    missing: missingSignatures(progress),
    signerIds: progress.canStillSign.map(({ userId }) => userId),
    unsatisfiable: never === null ? null : blocker({ ...never, owner: 'an admin of the project' }),
  };
}
