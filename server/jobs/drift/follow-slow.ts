import { eq } from 'drizzle-orm';
import type { Transaction } from '../../../db/client.ts';
import { driftAlert, driftMonitor } from '../../../db/schema/drift.ts';
import type { DriftedFeature, FeatureFacts } from '../../../domain/drift/alert-facts.ts';
import { type Replay, replayMonitor } from '../../../domain/drift/replay-monitor.ts';
import { slowDriftClock, slowDriftPersistence } from '../../../domain/drift/slow-drift.ts';
import { type Span, windowAt } from '../../../domain/drift/window-clock.ts';
import type { AuditDraft } from '../../audit/append.ts';
import type { When } from '../../notice.ts';
import type { Monitored } from '../../rows/monitored-service.ts';
import { fixedReference, slowHistories } from '../../rows/slow-histories.ts';
import { clearAlert, openAlert } from './alert-rows.ts';
import { isSettled } from './settled.ts';

const weekMs = 7 * 86_400_000;
/** Weeks whose verdicts may add up. */
const rememberedWeeks = 12;

/**
 * Judges the last whole week of every feature, once it is over, against training data or a fixed window where there is
 * one: what the rolling reference follows little by little. Opens, widens or clears the one slow-drift alert of the service.
 */
export async function followSlowDrift(
  tx: Transaction,
  monitored: Monitored,
  when: When,
): Promise<AuditDraft[]> {
  const { monitor, settings } = monitored;
  const clock = slowDriftClock(settings.timeZone);
  const toMs = windowAt(clock, when.now.getTime()).fromMs;
  if (toMs <= (monitor.slowJudgedUntil ?? monitor.createdAt).getTime()) return [];
  const reference = await fixedReference(tx, monitored);
  if (reference === null) return [];
  if (!(await isSettled(tx, { serviceId: monitor.serviceId, endMs: toMs, now: when.now }))) return [];
  const slowJudgedUntil = new Date(toMs);
  await tx.update(driftMonitor).set({ slowJudgedUntil }).where(eq(driftMonitor.id, monitor.id));
  const span = { fromMs: toMs - rememberedWeeks * weekMs, toMs };
  const histories = await slowHistories(tx, monitored, { reference, span });
  const replay = replayMonitor(histories, sinceAlertsAreOn(monitored, span), {
    clock,
    persistence: slowDriftPersistence,
  });
  return await follow(tx, monitored, { replay, toMs, referenceId: reference.id, when });
}

/** Weeks that ended before alerts were switched on tell nobody anything. */
function sinceAlertsAreOn({ monitor }: Monitored, { fromMs, toMs }: Span): Span {
  const onMs = monitor.alertsFrom?.getTime() ?? toMs - weekMs;
  return { fromMs: Math.max(fromMs, onMs - weekMs + 1), toMs };
}

/** Each test that is in drift at the end of the replayed weeks. */
function driftedNow({ features }: Monitored, { alerts, windows }: Replay): DriftedFeature[] {
  const names = new Map(features.map(({ featureId, name }) => [featureId, name]));
  return alerts.flatMap(({ featureId, test, span }) => {
    const verdict = windows
      .find((window) => window.span.toMs === span.openedMs)
      ?.verdicts.find((one) => one.featureId === featureId && one.test === test);
    if (span.clearedMs !== null || verdict === undefined || verdict.verdict === 'insufficientData') return [];
    const { effect, limit, severe } = verdict;
    return [{ featureId, test, name: names.get(featureId) ?? '', ...span, effect, limit, severe }];
  });
}

const keyOf = ({ featureId, test }: DriftedFeature) => `${featureId} ${test}`;

type Found = {
  readonly replay: Replay;
  readonly toMs: number;
  readonly referenceId: string;
  readonly when: When;
};

async function follow(
  tx: Transaction,
  monitored: Monitored,
  { replay, toMs, referenceId, when }: Found,
): Promise<AuditDraft[]> {
  const { monitor, alerts } = monitored;
  const drifted = driftedNow(monitored, replay);
  const known = alerts.find(({ row }) => row.kind === 'slowDrift' && row.clearedAt === null);
  const before = known?.facts?.of === 'features' ? known.facts.features : [];
  const now = new Set(drifted.map(keyOf));
  const kept = before.map((one) =>
    now.has(keyOf(one)) ? one : { ...one, clearedMs: one.clearedMs ?? toMs },
  );
  const lasting = new Set(kept.filter(({ clearedMs }) => clearedMs === null).map(keyOf));
  const opened = monitor.alertsFrom === null ? [] : drifted.filter((one) => !lasting.has(keyOf(one)));
  const facts: FeatureFacts = {
    schema: 1,
    of: 'features',
    windowLength: 'week',
    features: [...kept, ...opened],
  };
  if (known === undefined) {
    if (opened.length === 0) return [];
    const { projectId, serviceId } = monitor;
    const fromAt = new Date(Math.min(...opened.map(({ driftedMs }) => driftedMs)) - weekMs);
    return [
      await openAlert(tx, { projectId, serviceId, kind: 'slowDrift', referenceId, facts, fromAt }, when),
    ];
  }
  if (drifted.length === 0) return [await clearAlert(tx, known.row, { facts, now: when.now })];
  await tx.update(driftAlert).set({ facts }).where(eq(driftAlert.id, known.row.id));
  return [];
}
