import type { CheckResult } from '../analysis/verdict.ts';
import { shareText } from '../figure-text.ts';
import { formatNumber } from '../number-format.ts';
import type { RolloutPhase } from '../rollout.ts';
import type { SubjectKey, Words } from './chart-answer.ts';

/** What is said of a rollout: its new version, where it stands, and what the checks say of it. */
export type ToldRollout = {
  readonly to: SubjectKey;
  readonly phase: RolloutPhase;
  /** Measured share of the new version, 0 to 1; the one asked for while nothing is measured. */
  readonly share: number;
  readonly failed: boolean;
  readonly results: readonly Pick<CheckResult, 'kind' | 'verdict' | 'figures'>[];
};

/** Where a new version stands and whether harm was seen, for people who are no engineers and without its name. */
export function rolloutWords(rollout: ToldRollout | null): Words {
  if (rollout === null) return ['No new version was on its way in this time.'];
  const { to, phase, failed, share } = rollout;
  const subject = { subject: to };
  if (phase === 'succeeded') return [subject, ' answers all requests.'];
  if (phase === 'aborted' || phase === 'rolledBack')
    return [subject, failed ? ' did harm and was taken back.' : ' was taken back by a person.'];
  if (phase === 'rollingBack')
    return [subject, failed ? ' does harm and is being taken back.' : ' is being taken back by a person.'];
  return [subject, ` answers ${shareText(share)} of requests; ${harmWords(rollout.results)}.`];
}

/** A check against the present version says what would have been seen; rails alone say that no limit was crossed. */
function harmWords(results: ToldRollout['results']): string {
  if (results.some(({ verdict }) => verdict === 'fail')) return 'harm was seen';
  const relative = results.filter(({ kind }) => kind === 'eProcess');
  const asked = relative.length > 0 ? relative : results;
  if (asked.length === 0 || asked.some(({ verdict }) => verdict !== 'pass'))
    return 'too little traffic to say';
  if (relative.length === 0) return 'no limit was crossed so far';
  const factors = relative.map(({ figures }) => figures.detectableFactor ?? Number.POSITIVE_INFINITY);
  const worst = Math.max(...factors);
  if (worst <= 2) return 'no harm seen so far, a doubling of errors would have shown';
  return Number.isFinite(worst)
    ? `no harm seen so far, ${formatNumber(worst, 1)} times as many errors would have shown`
    : 'no harm seen so far';
}
