import { cusum } from './cusum.ts';
/**
 * An alert opens at `needed` drifted windows of the last `of`, or by the CUSUM of windows whose mean effect reaches the
 * limit; it clears at as many calm ones.
 */
export type PersistenceRule = {
  readonly needed: number;
  readonly of: number;
  /** A window is calm when its effect is below this share of the limit. */
  readonly clearShare: number;
  /** After it has cleared none opens for this long. */
  readonly cooldownMs: number;
};

export const usualPersistence: PersistenceRule = {
  needed: 2,
  of: 3,
  clearShare: 0.8,
  cooldownMs: 24 * 3_600_000,
};

/** What persistence needs to know of a verdict: that of a feature and test, or of the traffic as a whole. */
export type Votable =
  | { readonly verdict: 'insufficientData' }
  | {
      readonly verdict: 'steady' | 'drifted';
      readonly effect: number;
      readonly limit: number;
      /** What CUSUM adds up; where there is none, windows count only alone. */
      readonly excess?: number | null;
    };

/** The verdict of one feature and test at the end of a window; null when the window has none. */
export type WindowVerdict = { readonly endMs: number; readonly verdict: Votable | null };

/**
 * Milliseconds since 1970 of the windows' ends: of the first drifted one that led to the alert, of the one that opened
 * it and of the one that cleared it, null while it is open.
 */
export type AlertSpan = {
  readonly driftedMs: number;
  readonly openedMs: number;
  readonly clearedMs: number | null;
};

/** Windows that a shift may take to add up; a course needs no more of the past. */
export const rememberedWindows = 12;

type Vote = 'drifted' | 'calm' | 'none';

/** A window's share in opening or clearing; of one without enough data nothing but its place. */
type Remembered = {
  readonly endMs: number;
  readonly vote: Vote;
  /** Effect over its limit. */
  readonly strength: number;
  readonly excess: number | null;
};

/** Between calm and drifted lies hysteresis; a window without enough data takes its place without a vote. */
function remembered({ endMs, verdict }: WindowVerdict, clearShare: number): Remembered {
  if (verdict === null || verdict.verdict === 'insufficientData')
    return { endMs, vote: 'none', strength: 0, excess: null };
  const strength = verdict.effect / verdict.limit;
  const vote = verdict.verdict === 'drifted' ? 'drifted' : strength < clearShare ? 'calm' : 'none';
  return { endMs, vote, strength, excess: verdict.excess ?? null };
}

/** Where the alert of one feature and test stands after a window; `latest` is the open one or the last that was. */
export type AlertCourse = {
  readonly latest: AlertSpan | null;
  readonly endMs: number;
  readonly recent: readonly Remembered[];
};

/** Before the first window. */
export const noAlertYet: AlertCourse = { latest: null, endMs: Number.NEGATIVE_INFINITY, recent: [] };

/** End of the first window of the drift that the last windows together show; null when they show none. */
function driftedSince(recent: readonly Remembered[], { needed, of }: PersistenceRule): number | null {
  const drifted = recent.slice(-of).filter(({ vote }) => vote === 'drifted');
  if (drifted.length >= needed) return drifted[0]?.endMs ?? null;
  const last = cusum(recent.map(({ excess }) => excess)).at(-1);
  if (last?.alarm !== true || last.began === null) return null;
  const run = recent.slice(last.began).filter(({ excess }) => excess !== null);
  const strength = run.reduce((sum, one) => sum + one.strength, 0) / run.length;
  return run.length >= needed && strength >= 1 ? (run[0]?.endMs ?? null) : null;
}

/** The course after one more window: k of n or CUSUM to open, k of n calm ones to clear, and a cooldown after it. */
export function afterWindow(course: AlertCourse, window: WindowVerdict, rule: PersistenceRule): AlertCourse {
  const { endMs } = window;
  if (!(endMs > course.endMs)) throw new RangeError('Windows must be given in ascending order.');
  const kept = Math.max(rememberedWindows, rule.of);
  const recent = [...course.recent, remembered(window, rule.clearShare)].slice(-kept);
  const { latest } = course;
  if (latest !== null && latest.clearedMs === null) {
    const calm = recent.slice(-rule.of).filter(({ vote }) => vote === 'calm');
    if (calm.length < rule.needed) return { latest, endMs, recent };
    return { latest: { ...latest, clearedMs: endMs }, endMs, recent: [] };
  }
  const restsUntilMs = (latest?.clearedMs ?? Number.NEGATIVE_INFINITY) + rule.cooldownMs;
  const driftedMs = endMs < restsUntilMs ? null : driftedSince(recent, rule);
  if (driftedMs === null) return { latest, endMs, recent };
  return { latest: { driftedMs, openedMs: endMs, clearedMs: null }, endMs, recent: [] };
}

/**
 * When alerts of one feature and test were open, over windows in ascending order. It is a replay: the same windows give
 * the same spans, and later ones do not change what was opened before them. Empty case: no windows give none. Throws
 * RangeError for windows out of order.
 */
export function alertSpans(windows: readonly WindowVerdict[], rule = usualPersistence): AlertSpan[] {
  const spans: AlertSpan[] = [];
  let course = noAlertYet;
  for (const window of windows) {
    course = afterWindow(course, window, rule);
    const { latest } = course;
    if (latest === null) continue;
    if (spans.at(-1)?.openedMs === latest.openedMs) spans.pop();
    spans.push(latest);
  }
  return spans;
}
