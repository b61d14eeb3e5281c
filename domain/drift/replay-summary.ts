import type { AlertSpan } from './alert-spans.ts';
import type { DriftTest } from './drift-tests.ts';
import type { Replay } from './replay-monitor.ts';
import type { Span } from './window-clock.ts';

const dayMs = 86_400_000;

/** Alerts of features that overlap are one of the service: people would have heard of them once. */
type ServiceAlert = {
  readonly openedMs: number;
  readonly clearedMs: number | null;
  readonly features: readonly { readonly featureId: string; readonly test: DriftTest }[];
};

type ReplayDay = {
  readonly fromMs: number;
  readonly windows: number;
  /** Windows in which at least one distribution could be judged. */
  readonly judged: number;
};

export type ReplaySummary = {
  readonly alerts: readonly ServiceAlert[];
  readonly days: readonly ReplayDay[];
};

const isOver = ({ clearedMs }: Pick<AlertSpan, 'clearedMs'>, atMs: number) =>
  clearedMs !== null && clearedMs < atMs;

function serviceAlerts({ alerts }: Replay): ServiceAlert[] {
  const found: ServiceAlert[] = [];
  for (const { featureId, test, span } of alerts.toSorted(
    (left, right) => left.span.openedMs - right.span.openedMs,
  )) {
    const last = found.at(-1);
    if (last === undefined || isOver(last, span.openedMs)) {
      found.push({ openedMs: span.openedMs, clearedMs: span.clearedMs, features: [{ featureId, test }] });
      continue;
    }
    const lasts = last.clearedMs === null || span.clearedMs === null;
    found[found.length - 1] = {
      openedMs: last.openedMs,
      clearedMs: lasts ? null : Math.max(last.clearedMs, span.clearedMs),
      features: [...last.features, { featureId, test }],
    };
  }
  return found;
}

/** When a monitor would have alerted, and on which days (UTC) of a span it could judge. Empty case: no windows, no days. */
export function summarizeReplay(replay: Replay, { fromMs, toMs }: Span): ReplaySummary {
  const days: ReplayDay[] = [];
  for (let day = Math.floor(fromMs / dayMs) * dayMs; day < toMs; day += dayMs) {
    const own = replay.windows.filter(({ span }) => span.fromMs < day + dayMs && span.toMs > day);
    const judged = own.filter(({ verdicts }) =>
      verdicts.some(({ test, verdict }) => test === 'distribution' && verdict !== 'insufficientData'),
    );
    days.push({ fromMs: day, windows: own.length, judged: judged.length });
  }
  return { alerts: serviceAlerts(replay), days: days.filter(({ windows }) => windows > 0) };
}
