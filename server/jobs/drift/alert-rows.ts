import { eq } from 'drizzle-orm';
import type { Transaction } from '../../../db/client.ts';
import { driftAlert } from '../../../db/schema/drift.ts';
import { type AlertFacts } from '../../../domain/drift/alert-facts.ts';
import { clearedState } from '../../../domain/drift/alert-marks.ts';
import { worstFirst } from '../../../domain/drift/alert-worst.ts';
import { driftText, lengthWords } from '../../../domain/drift/drift-words.ts';
import { qualityText, queriesText } from '../../../domain/drift/fact-words.ts';
import type { Notice } from '../../../domain/notice.ts';
import { systemPrincipal } from '../../../domain/principal.ts';
import { type AuditDraft, appendAudit } from '../../audit/append.ts';
import { newId } from '../../id.ts';
import { emitNotice, endNotice, type When } from '../../notice.ts';
import { driftNoticeKey } from '../../rows/drift-alert-view.ts';
import type { AlertRow } from '../../rows/known-drift-alerts.ts';
import { noticePlace } from '../../rows/rollout-notices.ts';

type Kind = AlertRow['kind'];
type Place = Awaited<ReturnType<typeof noticePlace>>;

/** What people are told of an alert, with the figures of the moment. */
function noticeOf({ service, environment, production }: Place, facts: AlertFacts): Notice {
  const place = { service, environment, production };
  if (facts.of === 'quality')
    return {
      kind: 'badData',
      ...place,
      suites: facts.suites.length,
      failed: facts.suites.reduce((sum, { failed }) => sum + failed, 0),
      what: qualityText(facts),
    };
  if (facts.of === 'queries') return { kind: 'queriesUnusual', ...place, what: queriesText(facts) };
  const length = lengthWords[facts.windowLength];
  if (facts.of === 'traffic')
    return {
      kind: 'rowsUnusual',
      ...place,
      rows: facts.rows,
      usual: Math.round(facts.usualRows),
      window: length,
    };
  const drifting = worstFirst(facts.features).filter(({ clearedMs }) => clearedMs === null);
  const [worst] = drifting;
  return {
    kind: 'drift',
    ...place,
    features: new Set(drifting.map(({ featureId }) => featureId)).size,
    worst: worst?.name ?? '',
    change: worst === undefined ? '' : driftText(worst.test, worst.effect),
    severe: drifting.some(({ severe }) => severe),
  };
}

type Named = Pick<AlertRow, 'id' | 'projectId' | 'serviceId'>;

export async function tellAlert(
  tx: Transaction,
  { id, projectId, serviceId }: Named,
  { facts, ...when }: When & { readonly facts: AlertFacts },
): Promise<void> {
  const notice = noticeOf(await noticePlace(tx, serviceId), facts);
  const object = { kind: 'driftAlert' as const, id };
  await emitNotice(tx, { projectId, notice, object, serviceId, dedupKey: driftNoticeKey(id) }, when);
}

async function endAlertNotice(tx: Transaction, { id, projectId }: Named, now: Date): Promise<void> {
  await endNotice(tx, { projectId, dedupKey: driftNoticeKey(id) }, now);
}

/** The draft of an act of Fairlead on an alert, on the timelines of alert and service. */
export async function alertDraft(
  tx: Transaction,
  { id, serviceId }: Named,
  { sentence, after }: { sentence: (place: string) => string; after?: unknown },
): Promise<AuditDraft> {
  const { service, environment } = await noticePlace(tx, serviceId);
  const place = `${service} in ${environment}`;
  return {
    object: { kind: 'driftAlert', id, name: place },
    sentence: sentence(place),
    ...(after === undefined ? {} : { after }),
    related: [{ kind: 'service', id: serviceId }],
    action: 'driftAlerts.open',
  };
}

const kindWords: Readonly<Record<Kind, string>> = {
  drift: 'drift',
  slowDrift: 'slow drift',
  noRows: 'missing rows',
  volume: 'an unusual number of rows',
  dataQuality: 'bad data',
  queryPattern: 'unusual queries',
  performance: 'worse predictions',
};

export type NewAlert = {
  readonly projectId: string;
  readonly serviceId: string;
  readonly kind: Kind;
  readonly referenceId: string | null;
  readonly facts: AlertFacts;
  readonly fromAt: Date;
};

/** Opens an alert and tells of it. */
export async function openAlert(tx: Transaction, alert: NewAlert, when: When): Promise<AuditDraft> {
  const row = { id: newId(), ...alert };
  const at = { openedAt: when.now, stateAt: when.now };
  await tx.insert(driftAlert).values({ ...row, state: 'open', ...at });
  await tellAlert(tx, row, { facts: alert.facts, ...when });
  return await alertDraft(tx, row, {
    sentence: (place) => `alerted about ${kindWords[alert.kind]} of ${place}`,
    after: alert.facts,
  });
}

/** Clears an alert whose drift has ended; what people said of it stays. */
export async function clearAlert(
  tx: Transaction,
  row: AlertRow,
  { facts, now }: { facts: AlertFacts; now: Date },
): Promise<AuditDraft> {
  const state = clearedState(row.state);
  const stateAt = state === row.state ? row.stateAt : now;
  await tx
    .update(driftAlert)
    .set({ facts, clearedAt: now, state, stateAt, snoozedUntil: null })
    .where(eq(driftAlert.id, row.id));
  await endAlertNotice(tx, row, now);
  return await alertDraft(tx, row, {
    sentence: (place) => `saw the end of ${kindWords[row.kind]} of ${place}`,
  });
}

/** Writes what Fairlead did to alerts of a project; last in the transaction. */
export async function auditOpened(
  tx: Transaction,
  projectId: string,
  { drafts, now, origin }: When & { readonly drafts: readonly AuditDraft[] },
): Promise<void> {
  if (drafts.length === 0) return;
  await appendAudit(tx, {
    projectId,
    actor: systemPrincipal,
    action: 'driftAlerts.open',
    now,
    origin,
    drafts,
  });
}
