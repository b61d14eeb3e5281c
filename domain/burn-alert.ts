import { type AlertSighting } from './alert.ts';
import {
  type BurnJudgement,
  burnPolicies,
  burnSentence,
  judgeBurn,
  type Objective,
  type ObjectiveCounts,
} from './objective.ts';

type BurnSeverity = 'high' | 'low';

const minuteMs = 60_000;
/** A burn is over when it has been below its limits for so long: the short windows have long followed by then. */
const calmAfterMs: Record<BurnSeverity, number> = { high: 15 * minuteMs, low: 60 * minuteMs };

/** What one look says about one promise and one severity. */
export type BurnAlert = {
  readonly key: string;
  readonly severity: BurnSeverity;
  readonly seen: AlertSighting;
  readonly calmMs: number;
  readonly sentence: string;
  readonly judgement: BurnJudgement;
};

/** All lengths that the policies look back. */
export const burnWindowsMs: readonly number[] = [
  ...new Set(burnPolicies.flatMap(({ longMs, shortMs }) => [shortMs, longMs])),
].sort((left, right) => left - right);

/** Every policy's judgement on one promise, by the counts of each window. */
export function judgeBurns(
  objective: Objective,
  countsOf: (windowMs: number) => ObjectiveCounts,
): BurnJudgement[] {
  return burnPolicies.map((policy) =>
    judgeBurn(policy, { long: countsOf(policy.longMs), short: countsOf(policy.shortMs) }, objective),
  );
}

/**
 * The two alerts of a promise: the fast ones call somebody, the slow one can wait. Bad when one of its policies burns,
 * calm when none does and one could be judged, otherwise unknown.
 */
export function burnAlerts(objective: Objective, judgements: readonly BurnJudgement[]): BurnAlert[] {
  return (['high', 'low'] as const).flatMap((severity) => {
    const own = judgements.filter((judgement) => judgement.policy.severity === severity);
    const judgement =
      own.find(({ verdict }) => verdict === 'burning') ??
      own.find(({ verdict }) => verdict === 'calm') ??
      own[0];
    if (judgement === undefined) return [];
    const seen = judgement.verdict === 'burning' ? 'bad' : judgement.verdict === 'calm' ? 'calm' : 'unknown';
    return [
      {
        key: `${objective.kind} ${severity}`,
        severity,
        seen,
        calmMs: calmAfterMs[severity],
        sentence: burnSentence(objective, judgement),
        judgement,
      },
    ];
  });
}
