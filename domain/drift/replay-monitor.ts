import {
  type AlertCourse,
  type AlertSpan,
  afterWindow,
  noAlertYet,
  type PersistenceRule,
} from './alert-spans.ts';
import type { Binning } from './binning.ts';
import { type Counters, noRows } from './counters.ts';
import type { Dispersion } from './dispersion.ts';
import { type DriftTest, testsOf } from './drift-tests.ts';
import { type CountedWindow, dispersionsOf, sumWindows } from './same-hours.ts';
import {
  dispersionSpan,
  outside,
  type Span,
  sameWindows,
  type WindowClock,
  windowAt,
  windowsWithin,
} from './window-clock.ts';
import { type DriftVerdict, type FeatureWindow, judgeWindow } from './window-verdict.ts';

/** What was counted of a feature, by the start of the window; a window that is not there had no rows. */
export type FeatureHistory = {
  readonly featureId: string;
  readonly binning: Binning;
  readonly windows: ReadonlyMap<number, Counters>;
  /** Spans marked as data fault: no reference is made of them. */
  readonly leftOut: readonly Span[];
  /** Training or fixed counters that it is judged against; null: the same hours of the last four weeks. */
  readonly reference: Counters | null;
};

export type ReplayedWindow = { readonly span: Span; readonly verdicts: readonly DriftVerdict[] };
export type ReplayedAlert = {
  readonly featureId: string;
  readonly test: DriftTest;
  readonly span: AlertSpan;
};
export type Replay = {
  readonly windows: readonly ReplayedWindow[];
  readonly alerts: readonly ReplayedAlert[];
};

type Estimate = { readonly asOfMs: number; readonly dispersions: Partial<Record<DriftTest, Dispersion>> };
type Course = {
  readonly history: FeatureHistory;
  readonly tests: Map<DriftTest, AlertCourse>;
  readonly past: Span[];
  estimate: Estimate | null;
  readonly alerts: ReplayedAlert[];
};

const counted = ({ windows }: FeatureHistory, spans: readonly Span[]): CountedWindow[] =>
  spans.flatMap(({ fromMs }) => {
    const counters = windows.get(fromMs);
    return counters === undefined ? [] : [{ fromMs, counters }];
  });

/** From the start of the first window that drifted to the end of the one that cleared it. */
function spanOf(clock: WindowClock, { driftedMs, clearedMs }: AlertSpan): Span {
  return { fromMs: windowAt(clock, driftedMs - 1).fromMs, toMs: clearedMs ?? Number.POSITIVE_INFINITY };
}

const openSpans = ({ tests }: Course, clock: WindowClock): Span[] =>
  [...tests.values()].flatMap(({ latest }) =>
    latest === null || latest.clearedMs !== null ? [] : [spanOf(clock, latest)],
  );

/** Windows under an alert teach nothing: those of past ones, and of an open one all since it drifted. */
const leftOutOf = (course: Course, clock: WindowClock): Span[] => [
  ...course.history.leftOut,
  ...course.past,
  ...openSpans(course, clock),
];

/** What is the same for all features: a window, its same hours, and the windows that over-dispersion is estimated from. */
type Moment = {
  readonly window: Span;
  readonly same: readonly Span[];
  readonly estimatedMs: number;
  readonly earlier: readonly Span[];
};

function momentsOf(clock: WindowClock, span: Span): Moment[] {
  let last: Pick<Moment, 'estimatedMs' | 'earlier'> | null = null;
  return windowsWithin(clock, span).map((window) => {
    const over = dispersionSpan(clock, window);
    if (last?.estimatedMs !== over.toMs)
      last = { estimatedMs: over.toMs, earlier: windowsWithin(clock, over) };
    return { window, same: sameWindows(clock, window), ...last };
  });
}

/** An open alert is judged against the reference as it stood when the drift began, so that it cannot be swallowed. */
function referenceOf(course: Course, clock: WindowClock, { window, same }: Moment): Counters {
  const { history } = course;
  if (history.reference !== null) return history.reference;
  const open = openSpans(course, clock);
  const spans =
    open.length === 0 ? same : sameWindows(clock, window, Math.min(...open.map(({ fromMs }) => fromMs)));
  return sumWindows(history.binning, counted(history, outside(spans, leftOutOf(course, clock))));
}

function estimateFor(course: Course, clock: WindowClock, { estimatedMs, earlier }: Moment): Estimate {
  if (course.estimate?.asOfMs === estimatedMs) return course.estimate;
  const { history } = course;
  const windows = counted(history, outside(earlier, leftOutOf(course, clock)));
  course.estimate = { asOfMs: estimatedMs, dispersions: dispersionsOf(history.binning, windows, clock) };
  return course.estimate;
}

function featureWindow(course: Course, clock: WindowClock, moment: Moment): FeatureWindow {
  const { featureId, binning, windows } = course.history;
  return {
    featureId,
    binning,
    reference: referenceOf(course, clock, moment),
    current: windows.get(moment.window.fromMs) ?? noRows(binning),
    dispersions: estimateFor(course, clock, moment).dispersions,
  };
}

function follow(course: Course, { span, verdicts }: ReplayedWindow, setting: ReplaySetting): void {
  const { featureId, binning } = course.history;
  for (const test of testsOf(binning)) {
    const verdict = verdicts.find((one) => one.test === test) ?? null;
    const before = course.tests.get(test) ?? noAlertYet;
    const after = afterWindow(before, { endMs: span.toMs, verdict }, setting.persistence);
    course.tests.set(test, after);
    const { latest } = after;
    if (latest?.openedMs === span.toMs) course.alerts.push({ featureId, test, span: latest });
    if (latest?.clearedMs !== span.toMs) continue;
    course.past.push(spanOf(setting.clock, latest));
    const at = course.alerts.findLastIndex((one) => one.test === test);
    course.alerts[at] = { featureId, test, span: latest };
  }
}

export type ReplaySetting = { readonly clock: WindowClock; readonly persistence: PersistenceRule };

/**
 * What a monitor would have said and when it would have alerted, had it judged every window of a span: each with what
 * was known by then, over-dispersion estimated once a day, windows under its own alerts left out of later references.
 * Empty case: no features give windows without verdicts. Source: drift.md §9.2, §9.3.
 */
export function replayMonitor(
  histories: readonly FeatureHistory[],
  span: Span,
  setting: ReplaySetting,
): Replay {
  const { clock } = setting;
  const courses = histories.map(
    (history): Course => ({ history, tests: new Map(), past: [], estimate: null, alerts: [] }),
  );
  const windows = momentsOf(clock, span).map((moment): ReplayedWindow => {
    const { window } = moment;
    const verdicts = judgeWindow(courses.map((course) => featureWindow(course, clock, moment)));
    const byFeature = Map.groupBy(verdicts, ({ featureId }) => featureId);
    for (const course of courses)
      follow(course, { span: window, verdicts: byFeature.get(course.history.featureId) ?? [] }, setting);
    return { span: window, verdicts };
  });
  return { windows, alerts: courses.flatMap(({ alerts }) => alerts) };
}
