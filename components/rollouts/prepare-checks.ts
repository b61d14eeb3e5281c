import { figureText, shareText } from '../../domain/figure-text.ts';
import type { Check } from '../../domain/rollout-plan.ts';
import type { RolloutStatus } from '../../domain/rollout-status.ts';
import type { Tone } from '../ui/tone.ts';
import type { RolloutDetail } from './rollout-answers.ts';

export type Result = RolloutStatus['results'][number];
export type PreparedCheck = {
  readonly check: Check;
  readonly title: string;
  /** Null while nothing was judged. */
  readonly result: Result | null;
  /** The step at which a finished rollout was last judged; null for the present one. */
  readonly step: number | null;
};

export function checkTitle(check: Check): string {
  if (check.kind === 'drift')
    return check.of === 'inputs'
      ? 'Inputs alike, canary against stable'
      : 'Predictions alike, canary against stable';
  const what = check.of === 'errors' ? 'Error share' : slowTitle(check);
  if (check.kind === 'eProcess') return `${what}, canary against stable`;
  return check.of === 'query'
    ? `Query at most ${figureText(check.max)}`
    : `${what} at most ${shareText(check.max)}`;
}

function slowTitle(check: Exclude<Check, { kind: 'drift' }>): string {
  return check.slowerThanMs === undefined ? 'Slow share' : `Share slower than ${check.slowerThanMs} ms`;
}

/** Icon, colour and word of a verdict; a pass never says more than that no harm was seen. */
export function verdictWord(
  kind: Check['kind'],
  verdict: Result['verdict'] | null,
): { tone: Tone; label: string } {
  switch (verdict) {
    case 'pass':
      return { tone: 'ok', label: kind === 'threshold' ? 'Rail kept' : 'No harm seen' };
    case 'fail':
      return { tone: 'bad', label: kind === 'threshold' ? 'Rail broken' : 'Harm seen' };
    case 'noEvidence':
      return { tone: 'neutral', label: 'No evidence yet' };
    case null:
      return { tone: 'neutral', label: 'Not judged' };
  }
}

type Input = Pick<RolloutDetail, 'plan' | 'status' | 'checkResults' | 'from'>;

/** The plan's checks with their newest verdicts; a first revision has rails only. */
export function prepareChecks({ plan, status, checkResults, from }: Input): PreparedCheck[] {
  const checks = plan.checks.filter((check) => from !== null || check.kind === 'threshold');
  return checks.map((check) => {
    const title = checkTitle(check);
    const live = status?.results.find((result) => result.checkId === check.id);
    if (live !== undefined) return { check, title, result: live, step: null };
    const stored = checkResults
      .filter((entry) => entry.checkId === check.id)
      .toSorted((left, right) => right.step - left.step || right.at.getTime() - left.at.getTime())
      .find((entry) => isResult(entry.evidence));
    const evidence = stored?.evidence;
    return { check, title, result: isResult(evidence) ? evidence : null, step: stored?.step ?? null };
  });
}

/** Looked at by hand, because the schema would bring zod to the page; anything else is shown as not judged. */
function isResult(value: unknown): value is Result {
  if (typeof value !== 'object' || value === null) return false;
  const { verdict, sentence, figures } = value as Partial<Record<keyof Result, unknown>>;
  const isVerdict = verdict === 'pass' || verdict === 'fail' || verdict === 'noEvidence';
  return isVerdict && typeof sentence === 'string' && typeof figures === 'object' && figures !== null;
}
