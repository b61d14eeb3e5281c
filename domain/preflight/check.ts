/** From best to worst. PASS and WARN start; the other two are refusals with a fix. */
const preflightVerdicts = ['PASS', 'WARN', 'NEEDS_APPROVAL', 'FAIL'] as const;
export type PreflightVerdict = (typeof preflightVerdicts)[number];

export type CheckKind =
  | 'quota'
  | 'limitRange'
  | 'kueue'
  | 'claims'
  | 'schedulable'
  | 'nodePool'
  | 'budget'
  | 'price'
  | 'rollBackReserve'
  | 'steadyState';

/** One question of the preflight and its answer, with the numbers that it rests on. */
export type PreflightCheck = {
  readonly kind: CheckKind;
  /** Name of the quota, limit range, queue, pool or budget; empty when there is only one of its kind. */
  readonly subject: string;
  readonly verdict: PreflightVerdict;
  readonly sentence: string;
  readonly figures: Readonly<Record<string, string | number>>;
  readonly fix: string | null;
};

/** The worst of the verdicts; PASS of none. */
export function worstVerdict(checks: readonly Pick<PreflightCheck, 'verdict'>[]): PreflightVerdict {
  const worst = checks.reduce((most, { verdict }) => Math.max(most, preflightVerdicts.indexOf(verdict)), 0);
  return preflightVerdicts[worst] ?? 'PASS';
}

/** What stops a start, worst first; empty when it may start. */
export function stoppingChecks(checks: readonly PreflightCheck[]): PreflightCheck[] {
  return (['FAIL', 'NEEDS_APPROVAL'] as const).flatMap((verdict) =>
    checks.filter((check) => check.verdict === verdict),
  );
}
