import type { Transaction } from '../../../db/client.ts';
import { spanOfFact, type TrafficFacts } from '../../../domain/drift/alert-facts.ts';
import { type AlertSpan, afterWindow, noAlertYet, type Votable } from '../../../domain/drift/alert-spans.ts';
import { trafficVerdicts } from '../../../domain/drift/traffic.ts';
import { windowAt } from '../../../domain/drift/window-clock.ts';
import type { AuditDraft } from '../../audit/append.ts';
import type { When } from '../../notice.ts';
import { type Monitored, persistenceOf } from '../../rows/monitored-service.ts';
import { clearAlert, openAlert } from './alert-rows.ts';
import { alertLatenessMs } from './follow-features.ts';
import type { JudgedWindow } from './judge-window.ts';

const kinds = ['noRows', 'volume'] as const;
type Kind = (typeof kinds)[number];
type Recent = When & { readonly recent: readonly JudgedWindow[] };

/** Opens and clears alerts about missing rows and about unusually many or few; answers what is to be audited. */
export async function followTraffic(
  tx: Transaction,
  monitored: Monitored,
  when: Recent,
): Promise<AuditDraft[]> {
  const drafts: AuditDraft[] = [];
  for (const kind of kinds) drafts.push(...(await followKind(tx, monitored, { kind, ...when })));
  return drafts;
}

async function followKind(
  tx: Transaction,
  monitored: Monitored,
  { kind, recent, ...when }: Recent & { kind: Kind },
): Promise<AuditDraft[]> {
  const known = monitored.alerts.find(({ row }) => row.kind === kind);
  const before = known?.facts?.of === 'traffic' ? known.facts : null;
  const span = courseOf(monitored, recent, { kind, before: before === null ? null : spanOfFact(before) });
  if (span === null) return [];
  if (known !== undefined && before !== null && span.openedMs === before.openedMs) {
    if (before.clearedMs !== null || span.clearedMs === null) return [];
    const facts = { ...before, clearedMs: span.clearedMs };
    return [await clearAlert(tx, known.row, { facts, now: when.now })];
  }
  const { monitor, clock } = monitored;
  if (monitor.alertsFrom === null || span.clearedMs !== null) return [];
  if (span.openedMs < when.now.getTime() - alertLatenessMs) return [];
  const opening = recent.find((window) => window.span.toMs === span.openedMs);
  const facts: TrafficFacts = {
    schema: 1,
    of: 'traffic',
    windowLength: clock.length,
    ...spanOfFact(span),
    rows: opening?.rows ?? 0,
    usualRows: opening?.usualRows ?? 0,
  };
  const { projectId, serviceId } = monitor;
  const fromAt = new Date(windowAt(clock, span.driftedMs - 1).fromMs);
  const alert = { projectId, serviceId, kind, referenceId: null, facts, fromAt };
  return [await openAlert(tx, alert, when)];
}

function courseOf(
  { settings, monitor }: Monitored,
  recent: readonly JudgedWindow[],
  { kind, before }: { kind: Kind; before: AlertSpan | null },
): AlertSpan | null {
  const sinceMs = Math.max(
    before?.clearedMs ?? before?.openedMs ?? Number.NEGATIVE_INFINITY,
    monitor.alertsFrom?.getTime() ?? Number.NEGATIVE_INFINITY,
  );
  let course = { ...noAlertYet, latest: before };
  for (const window of recent) {
    if (window.span.toMs <= sinceMs) continue;
    const verdict: Votable | null = trafficVerdicts(window.rows, window, settings.traffic)[kind];
    course = afterWindow(course, { endMs: window.span.toMs, verdict }, persistenceOf(settings));
  }
  return course.latest;
}
