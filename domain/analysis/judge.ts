import { judgeCanaryGate } from '../drift/canary-gate.ts';
import { countOf, countText, figureText, shareText } from '../figure-text.ts';
import type { Rollout } from '../rollout.ts';
import { alphaPerCheck, type Check, type Rail, type RolloutStep } from '../rollout-plan.ts';
import { detectableIncrease } from './detectable-increase.ts';
import { combinedLogE } from './e-process.ts';
import type { CheckEvidence, CheckResult, Evidence, Verdict } from './verdict.ts';

/** What is judged: the rollout's plan and where it stands. */
export type JudgedRollout = Pick<Rollout, 'plan' | 'fromNumber' | 'progress'>;

export type StepJudgement = {
  readonly verdict: Verdict;
  readonly results: readonly CheckResult[];
  /** What a pass still lacks, as sentences; empty when nothing does. */
  readonly missing: readonly string[];
  /** When the minimum time of the step ends; null while its weight is not effective. */
  readonly minimumUntil: Date | null;
  readonly missingSamples: number;
  readonly evidenceFresh: boolean;
  /** What a reader must know about all results: rails only, false-alarm rate not backed by history. */
  readonly notes: readonly string[];
};

/** Evidence older than this many intervals (and a grace for scraping) is stale and passes nothing. */
const staleIntervals = 3;
const scrapeGraceMs = 15_000;
/** Share of bad requests on one pod above which a fail may rest on that pod alone. */
const onePodShare = 0.8;

type Gate = {
  /** What a pass lacks apart from the check's own verdict; empty when the step may pass. */
  readonly missing: readonly string[];
  readonly missingSamples: number;
  readonly alpha: number;
  /** Steps of the plan, over which the false alarms of drift checks are split. */
  readonly steps: number;
};

/** The step that is judged: the present one, the last one while the old revision is still kept. */
function judgedStep(rollout: Pick<Rollout, 'plan' | 'progress'>): RolloutStep {
  const step = rollout.plan.steps[rollout.progress.stepIndex] ?? rollout.plan.steps.at(-1);
  if (step === undefined) throw new RangeError('A plan without steps cannot be judged.');
  return step;
}

/**
 * Judges the present step: fail as soon as one check fails, pass when every check passes and minimum time, minimum
 * samples and fresh evidence newer than `effectiveAt` are there, otherwise noEvidence. Missing data never passes. The
 * first revision of a Service has nothing to be compared with: its relative checks give no result and a note says so.
 */
export function judgeStep(rollout: JudgedRollout, evidence: Evidence, now: Date): StepJudgement {
  const gate = gateOf(rollout, evidence, now);
  const checks = rollout.plan.checks.filter(
    (check) => rollout.fromNumber !== null || check.kind === 'threshold',
  );
  const results = checks.map((check) => {
    const own = evidence.checks.find((entry) => entry.checkId === check.id);
    return judgeCheck(check, { own, evidence, gate });
  });
  return {
    verdict: overall(results, gate),
    results,
    missing: gate.missing,
    minimumUntil: gate.minimumUntil,
    missingSamples: gate.missingSamples,
    evidenceFresh: gate.evidenceFresh,
    notes: notesOf(rollout, evidence, checks),
  };
}

function overall(results: readonly CheckResult[], gate: Gate): Verdict {
  if (results.some((result) => result.verdict === 'fail')) return 'fail';
  const allPass = results.every((result) => result.verdict === 'pass');
  return allPass && gate.missing.length === 0 ? 'pass' : 'noEvidence';
}

function notesOf(rollout: JudgedRollout, evidence: Evidence, checks: readonly Check[]): string[] {
  const notes: string[] = [];
  if (rollout.fromNumber === null)
    notes.push(
      "This is the Service's first revision: there is nothing to compare it with, so only guard rails are judged.",
    );
  else if (!evidence.phiBackedByHistory && checks.some((check) => check.kind === 'eProcess'))
    notes.push(
      `The stated false-alarm rate is not backed by history: errors are assumed to be ${figureText(evidence.phi)} times as clustered as independent ones.`,
    );
  if (checks.length === 0)
    notes.push('No check judges this rollout: only minimum times and numbers of requests hold it.');
  return notes;
}

function gateOf(
  rollout: JudgedRollout,
  evidence: Evidence,
  now: Date,
): Gate & { minimumUntil: Date | null; evidenceFresh: boolean } {
  const { effectiveAt } = rollout.progress;
  const step = judgedStep(rollout);
  const { newestAt, stepNCanary } = evidence.requests;
  const staleAfterMs = staleIntervals * rollout.plan.intervalMs + scrapeGraceMs;
  const evidenceFresh =
    evidence.sourceProblem === null &&
    effectiveAt !== null &&
    newestAt !== null &&
    newestAt > effectiveAt &&
    now.getTime() - newestAt.getTime() <= staleAfterMs;
  const minimumUntil = effectiveAt === null ? null : new Date(effectiveAt.getTime() + step.minimumMs);
  const missingSamples = Math.max(0, step.minimumSamples - stepNCanary);
  const missing: string[] = [];
  if (effectiveAt === null) missing.push('the weight has not been seen to take effect');
  if (minimumUntil !== null && minimumUntil > now) missing.push('its minimum time has not passed');
  if (missingSamples > 0)
    missing.push(
      `${countOf(missingSamples, 'more canary request')} ${missingSamples === 1 ? 'is' : 'are'} needed (${countText(stepNCanary)} of ${countText(step.minimumSamples)})`,
    );
  if (evidence.sourceProblem !== null) missing.push(evidence.sourceProblem);
  else if (!evidenceFresh && effectiveAt !== null)
    missing.push('no complete interval has been measured lately');
  const { plan } = rollout;
  const shares = { alpha: alphaPerCheck(plan), steps: plan.steps.length };
  return { missing, missingSamples, minimumUntil, evidenceFresh, ...shares };
}

type CheckContext = {
  readonly own: CheckEvidence | undefined;
  readonly evidence: Evidence;
  readonly gate: Gate;
};

/** Judges one check; without evidence of its own it is noEvidence. */
function judgeCheck(check: Check, context: CheckContext): CheckResult {
  const { own } = context;
  if (own === undefined || own.problem !== null)
    return {
      checkId: check.id,
      kind: check.kind,
      verdict: 'noEvidence',
      sentence: `Not decided: ${own?.problem ?? context.evidence.sourceProblem ?? 'nothing has been measured yet'}.`,
      figures: figuresOf(own, context.gate, {}),
    };
  switch (check.kind) {
    case 'threshold':
      return judgeRail(check, own, context);
    case 'eProcess':
      return judgeRelative(check, own, context);
    case 'drift':
      return judgeDrift(check, own, context);
  }
}

/** Once a step, at its end: looking again and again at the same rows would alarm more often than is said. */
function judgeDrift(
  check: Extract<Check, { kind: 'drift' }>,
  own: CheckEvidence,
  { gate }: CheckContext,
): CheckResult {
  const figures = figuresOf(own, gate, {});
  const result = (verdict: Verdict, sentence: string): CheckResult => ({
    checkId: check.id,
    kind: check.kind,
    verdict,
    sentence,
    figures,
  });
  if (gate.missing.length > 0)
    return result(
      'noEvidence',
      `Not decided: it is judged at the end of the step; ${gate.missing.join('; ')}.`,
    );
  const { verdict, seen } = judgeCanaryGate(own.gate ?? [], gate.steps);
  switch (verdict) {
    case 'pass':
      return result('pass', `No harm seen: ${seen}.`);
    case 'fail':
      return result('fail', `The canary is not like stable in ${seen}.`);
    case 'noEvidence':
      return result('noEvidence', `Not decided: ${seen}.`);
  }
}

type Relative = Extract<Check, { kind: 'eProcess' }>;

function railValue(
  check: Rail,
  own: CheckEvidence,
  evidence: Evidence,
): { samples: number; value: number | null } {
  if (check.of === 'query') return { samples: evidence.requests.stepNCanary, value: own.queryValue };
  const whole = own.stepNCanary < check.minimumSamples;
  const samples = whole ? own.nCanary : own.stepNCanary;
  const bad = whole ? own.xCanary : own.stepXCanary;
  return { samples, value: samples === 0 ? null : bad / samples };
}

function judgeRail(check: Rail, own: CheckEvidence, { evidence, gate }: CheckContext): CheckResult {
  const { samples, value } = railValue(check, own, evidence);
  const text = (figure: number) => (check.of === 'query' ? figureText(figure) : shareText(figure));
  const figures = figuresOf(own, gate, { value, limit: check.max });
  const result = (verdict: Verdict, sentence: string): CheckResult => ({
    checkId: check.id,
    kind: check.kind,
    verdict,
    sentence,
    figures,
  });
  if (value === null)
    return result('noEvidence', `Not decided: the rail at ${text(check.max)} has no value yet.`);
  const seen =
    check.of === 'query'
      ? `the rail's query gives ${text(value)}`
      : `${text(value)} of ${countOf(samples, 'canary request')} ${badWords(check)}`;
  if (value > check.max && samples >= check.minimumSamples)
    return result('fail', `Rail broken: ${seen}, above ${text(check.max)}.${podWarning(own)}`);
  if (value > check.max)
    return result(
      'noEvidence',
      `Not decided: ${seen}, above ${text(check.max)}, but the rail breaks only from ${countOf(check.minimumSamples, 'request')}.`,
    );
  if (gate.missing.length > 0)
    return result('noEvidence', `Not decided: ${seen}; ${gate.missing.join('; ')}.`);
  return result('pass', `No harm seen: ${seen}; the rail is at ${text(check.max)}.`);
}

function judgeRelative(check: Relative, own: CheckEvidence, { evidence, gate }: CheckContext): CheckResult {
  const logE = own.sumLogE.length === 0 ? 0 : combinedLogE(own.sumLogE, evidence.phi);
  const logLimit = Math.log(1 / gate.alpha);
  const bad = badWords(check);
  const seen = `${countText(own.xCanary)} of ${countOf(own.nCanary, 'canary request')} and ${countText(own.xStable)} of ${countText(own.nStable)} stable ones ${bad}`;
  const eText = `e-value ${figureText(Math.exp(Math.min(logE, 600)))}, fails from ${figureText(1 / gate.alpha)}`;
  const result = (
    verdict: Verdict,
    sentence: string,
    detectableFactor: number | null = null,
  ): CheckResult => ({
    checkId: check.id,
    kind: check.kind,
    verdict,
    sentence,
    figures: figuresOf(own, gate, { logE, logLimit, detectableFactor }),
  });
  if (logE >= logLimit)
    return result('fail', `The canary does worse than stable: ${seen} (${eText}).${podWarning(own)}`);
  if (gate.missing.length > 0)
    return result('noEvidence', `Not decided: ${gate.missing.join('; ')}. So far ${seen} (${eText}).`);
  const detectable = detectableIncrease({ intervals: own.intervals, alpha: gate.alpha, phi: evidence.phi });
  const power =
    detectable.factor !== null
      ? `an increase of ×${figureText(detectable.factor)} would have been seen with 80 %`
      : detectable.shareCanary !== null
        ? `a canary share of ${shareText(detectable.shareCanary)} would have been seen with 80 %`
        : 'no increase could have been seen with 80 % at this traffic';
  return result('pass', `No harm seen: ${seen}; ${power} (${eText}).`, detectable.factor);
}

function badWords(check: Check): string {
  return check.of === 'slow' ? `took longer than ${check.slowerThanMs ?? 0} ms` : 'had errors';
}

/** One pod cannot tell a bad version from a bad node. */
function podWarning(own: CheckEvidence): string {
  if (own.canaryPodCount === 1)
    return ' The canary has a single pod: this may be its node rather than the version.';
  const total = own.badByPod.reduce((sum, bad) => sum + bad, 0);
  const worst = Math.max(0, ...own.badByPod);
  if (own.badByPod.length < 2 || total === 0 || worst < onePodShare * total) return '';
  return ` It rests on one pod of ${own.badByPod.length} (${countText(worst)} of ${countText(total)}): this may be its node rather than the version.`;
}

type Figures = CheckResult['figures'];

function figuresOf(own: CheckEvidence | undefined, gate: Gate, known: Partial<Figures>): Figures {
  return {
    nCanary: own?.nCanary ?? 0,
    nStable: own?.nStable ?? 0,
    xCanary: own?.xCanary ?? 0,
    xStable: own?.xStable ?? 0,
    logE: known.logE ?? null,
    logLimit: known.logLimit ?? null,
    value: known.value ?? null,
    limit: known.limit ?? null,
    missingSamples: gate.missingSamples,
    detectableFactor: known.detectableFactor ?? null,
    canaryPodCount: own?.canaryPodCount ?? 0,
  };
}
