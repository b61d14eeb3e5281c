import { eq } from 'drizzle-orm';
import type { Transaction } from '../../../db/client.ts';
import { driftAlert } from '../../../db/schema/drift.ts';
import { type DriftedFeature, type FeatureFacts, spanOfFact } from '../../../domain/drift/alert-facts.ts';
import { type AlertSpan, afterWindow, noAlertYet } from '../../../domain/drift/alert-spans.ts';
import { windowAt } from '../../../domain/drift/window-clock.ts';
import type { DriftVerdict } from '../../../domain/drift/window-verdict.ts';
import type { AuditDraft } from '../../audit/append.ts';
import type { When } from '../../notice.ts';
import type { KnownAlert } from '../../rows/known-drift-alerts.ts';
import { type Monitored, persistenceOf } from '../../rows/monitored-service.ts';
import { clearAlert, openAlert } from './alert-rows.ts';
import type { JudgedWindow } from './judge-window.ts';

/** Nothing alerts of what is longer ago. */
export const alertLatenessMs = 3_600_000;

const keyOf = ({ featureId, test }: Pick<DriftVerdict, 'featureId' | 'test'>) => `${featureId} ${test}`;

type Subject = Pick<DriftVerdict, 'featureId' | 'test'>;

/** The last span of each feature and test, of all alerts that are known. */
function latestSpans(alerts: readonly KnownAlert[]): Map<string, DriftedFeature> {
  const latest = new Map<string, DriftedFeature>();
  for (const { row, facts } of alerts) {
    if (row.kind !== 'drift' || facts?.of !== 'features') continue;
    for (const one of facts.features) {
      const known = latest.get(keyOf(one));
      if (known === undefined || known.openedMs < one.openedMs) latest.set(keyOf(one), one);
    }
  }
  return latest;
}

/** Alone, or as one of several windows that add up. */
const mayOpen = (one: DriftVerdict): boolean =>
  one.verdict === 'drifted' || (one.verdict === 'steady' && one.excess !== null && one.excess > 0);

/** Only what is open, or drifted in one of these windows, can change. */
function subjectsOf(recent: readonly JudgedWindow[], latest: ReadonlyMap<string, DriftedFeature>): Subject[] {
  const found = new Map<string, Subject>();
  for (const one of latest.values()) if (one.clearedMs === null) found.set(keyOf(one), one);
  for (const { verdicts } of recent) for (const one of verdicts) if (mayOpen(one)) found.set(keyOf(one), one);
  return [...found.values()];
}

/** Windows in ascending order, as many as persistence looks at; what came before them is in the span. */
function courseOf(
  recent: readonly JudgedWindow[],
  { subject, before, monitored }: { subject: Subject; before: AlertSpan | null; monitored: Monitored },
): AlertSpan | null {
  const sinceMs = Math.max(
    before?.clearedMs ?? before?.openedMs ?? Number.NEGATIVE_INFINITY,
    monitored.monitor.alertsFrom?.getTime() ?? Number.NEGATIVE_INFINITY,
  );
  let course = { ...noAlertYet, latest: before };
  for (const { span, verdicts } of recent) {
    if (span.toMs <= sinceMs) continue;
    const verdict = verdicts.find((one) => keyOf(one) === keyOf(subject)) ?? null;
    course = afterWindow(course, { endMs: span.toMs, verdict }, persistenceOf(monitored.settings));
  }
  return course.latest;
}

function openedFeature(
  monitored: Monitored,
  recent: readonly JudgedWindow[],
  { subject, span }: { subject: Subject; span: AlertSpan },
): DriftedFeature | null {
  const feature = monitored.features.find(({ featureId }) => featureId === subject.featureId);
  const verdict = recent
    .find((window) => window.span.toMs === span.openedMs)
    ?.verdicts.find((one) => keyOf(one) === keyOf(subject));
  if (feature === undefined || verdict === undefined || verdict.verdict === 'insufficientData') return null;
  const { featureId, test } = subject;
  const { effect, limit, severe } = verdict;
  return { featureId, test, name: feature.name, ...spanOfFact(span), effect, limit, severe };
}

type Changes = { readonly opened: DriftedFeature[]; readonly cleared: Map<string, number> };

function changesOf(monitored: Monitored, recent: readonly JudgedWindow[], now: Date): Changes {
  const latest = latestSpans(monitored.alerts);
  const changes: Changes = { opened: [], cleared: new Map() };
  for (const subject of subjectsOf(recent, latest)) {
    const before = latest.get(keyOf(subject));
    const span = courseOf(recent, {
      subject,
      before: before === undefined ? null : spanOfFact(before),
      monitored,
    });
    if (span === null) continue;
    const isOld = span.openedMs === before?.openedMs;
    if (isOld && before.clearedMs === null && span.clearedMs !== null)
      changes.cleared.set(keyOf(subject), span.clearedMs);
    if (isOld || span.clearedMs !== null || monitored.monitor.alertsFrom === null) continue;
    if (span.openedMs < now.getTime() - alertLatenessMs) continue;
    const opened = openedFeature(monitored, recent, { subject, span });
    if (opened !== null) changes.opened.push(opened);
  }
  return changes;
}

/**
 * Opens, widens or clears the one drift alert of a service by its last windows, in ascending order; answers what is to
 * be written into the audit log.
 */
export async function followFeatures(
  tx: Transaction,
  monitored: Monitored,
  { recent, ...when }: When & { readonly recent: readonly JudgedWindow[] },
): Promise<AuditDraft[]> {
  const { opened, cleared } = changesOf(monitored, recent, when.now);
  const open = monitored.alerts.find(({ row }) => row.kind === 'drift' && row.clearedAt === null);
  const before = open?.facts?.of === 'features' ? open.facts.features : [];
  const features = [
    ...before.map((one) =>
      one.clearedMs === null ? { ...one, clearedMs: cleared.get(keyOf(one)) ?? null } : one,
    ),
    ...opened,
  ];
  const { monitor, clock } = monitored;
  const facts: FeatureFacts = { schema: 1, of: 'features', windowLength: clock.length, features };
  if (open === undefined) {
    if (opened.length === 0) return [];
    const { projectId, serviceId } = monitor;
    const fromMs = Math.min(...opened.map(({ driftedMs }) => windowAt(clock, driftedMs - 1).fromMs));
    const referenceId = monitored.reference?.id ?? null;
    const alert = { projectId, serviceId, kind: 'drift' as const, referenceId, facts };
    return [await openAlert(tx, { ...alert, fromAt: new Date(fromMs) }, when)];
  }
  if (features.every(({ clearedMs }) => clearedMs !== null))
    return [await clearAlert(tx, open.row, { facts, now: when.now })];
  if (opened.length > 0 || cleared.size > 0)
    await tx.update(driftAlert).set({ facts }).where(eq(driftAlert.id, open.row.id));
  return [];
}
