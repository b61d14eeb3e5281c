import { describe, expect, it } from 'vitest';
import { noRows } from '../drift/counters.ts';
import { after, exampleEvidence, exampleRollout } from '../example-rollout.ts';
import { judgeStep } from './judge.ts';

const stepping = { phase: 'stepping', acceptedAt: after(0), effectiveAt: after(10) } as const;
const rollout = exampleRollout({ progress: stepping });
const enough = { nCanary: 200, nStable: 1_800, xCanary: 2, xStable: 18 };
const now = after(100);

describe('judgeStep', () => {
  it('passes only with minimum time, minimum samples and fresh evidence, and says what would have been seen', () => {
    const judged = judgeStep(rollout, exampleEvidence(enough, after(95)), now);
    expect(judged.verdict).toBe('pass');
    const relative = judged.results.find((result) => result.checkId === 'errors');
    expect(relative?.sentence).toMatch(
      /^No harm seen: 2 of 200 canary requests and 18 of 1,800 stable ones had errors; an increase of ×[\d.]+ would have been seen with 80 %/,
    );
    expect(relative?.figures.detectableFactor).toBeGreaterThan(1);
    expect(judged.results.every((result) => !/good|healthy/.test(result.sentence))).toBe(true);
  });

  it.each([
    [
      'the minimum time has not passed',
      exampleEvidence(enough, after(55)),
      after(60),
      /minimum time has not passed/,
    ],
    [
      'samples are missing',
      exampleEvidence({ ...enough, nCanary: 99 }, after(95)),
      now,
      /1 more canary request is needed \(99 of 100\)/,
    ],
    ['the evidence is stale', exampleEvidence(enough, after(95)), after(200), /no complete interval/],
    [
      'the evidence is older than the weight',
      exampleEvidence(enough, after(10)),
      after(71),
      /no complete interval/,
    ],
    [
      'the source is down',
      exampleEvidence(enough, after(95), { sourceProblem: 'Prometheus does not answer.' }),
      now,
      /Prometheus does not answer/,
    ],
    ['nothing was measured', exampleEvidence(enough, null), now, /no complete interval/],
  ])('gives noEvidence while %s', (_, evidence, at, words) => {
    const judged = judgeStep(rollout, evidence, at);
    expect(judged.verdict).toBe('noEvidence');
    expect(judged.missing.join('; ')).toMatch(words);
    expect(judged.results.every((result) => result.verdict === 'noEvidence')).toBe(true);
  });

  it('gives noEvidence on evidence from before the weight took effect, and without checks while time or samples lack', () => {
    const step = { weightPercent: 100, minimumMs: 0, deadlineMs: 600_000, minimumSamples: 100 };
    const quick = exampleRollout({ progress: stepping, plan: { steps: [step] } });
    expect(judgeStep(quick, exampleEvidence(enough, after(10)), after(12)).verdict).toBe('noEvidence');
    expect(judgeStep(quick, exampleEvidence(enough, after(11)), after(12)).verdict).toBe('pass');
    const unchecked = exampleRollout({ progress: stepping, plan: { checks: [] } });
    expect(judgeStep(unchecked, exampleEvidence(enough, after(59)), after(60)).verdict).toBe('noEvidence');
    expect(judgeStep(unchecked, exampleEvidence(enough, after(69)), after(70)).verdict).toBe('pass');
  });

  it('gives noEvidence when a check of the plan has no counts of its own', () => {
    const evidence = exampleEvidence(enough, after(95));
    const judged = judgeStep(rollout, { ...evidence, checks: evidence.checks.slice(0, 1) }, now);
    expect(judged.verdict).toBe('noEvidence');
  });

  it('breaks a rail only with its minimum samples', () => {
    const few = judgeStep(
      rollout,
      exampleEvidence({ nCanary: 49, nStable: 400, xCanary: 49 }, after(95)),
      now,
    );
    expect(few.verdict).toBe('noEvidence');
    const many = judgeStep(
      rollout,
      exampleEvidence({ nCanary: 50, nStable: 400, xCanary: 11 }, after(95)),
      now,
    );
    expect(many.verdict).toBe('fail');
    expect(many.results[0]?.sentence).toBe('Rail broken: 22 % of 50 canary requests had errors, above 20 %.');
  });

  it('fails a relative check exactly when the tempered e-value reaches one over alpha', () => {
    const limit = Math.log(20);
    const below = judgeStep(rollout, exampleEvidence(enough, after(95), { logE: limit - 1e-9 }), now);
    const at = judgeStep(rollout, exampleEvidence(enough, after(95), { logE: limit + 1e-9 }), now);
    const tempered = judgeStep(
      rollout,
      exampleEvidence(enough, after(95), { logE: limit + 1e-9, phi: 2 }),
      now,
    );
    expect([below.verdict, at.verdict, tempered.verdict]).toEqual(['pass', 'fail', 'pass']);
  });

  it('fails on a broken canary whatever else is missing', () => {
    const judged = judgeStep(
      rollout,
      exampleEvidence(enough, null, { logE: 10, sourceProblem: 'Down.' }),
      now,
    );
    expect(judged.verdict).toBe('fail');
  });

  it('says when a fail rests on one pod of several, or on a single pod', () => {
    const check = { badByPod: [1, 40, 0] };
    const one = judgeStep(rollout, exampleEvidence(enough, after(95), { logE: 10, check }), now);
    expect(one.results[1]?.sentence).toContain('It rests on one pod of 3 (40 of 41)');
    const single = judgeStep(
      rollout,
      exampleEvidence(enough, after(95), { logE: 10, check: { canaryPodCount: 1 } }),
      now,
    );
    expect(single.results[1]?.sentence).toContain('single pod');
    const spread = judgeStep(
      rollout,
      exampleEvidence(enough, after(95), { logE: 10, check: { badByPod: [20, 21, 19] } }),
      now,
    );
    expect(spread.results[1]?.sentence).not.toContain('pod');
  });

  it('judges a first revision by its rails alone and says so', () => {
    const first = exampleRollout({ fromNumber: null, progress: { ...stepping, stepIndex: 2 } });
    const judged = judgeStep(
      first,
      exampleEvidence({ nCanary: 200, nStable: 0 }, after(95), { logE: 10 }),
      now,
    );
    expect(judged.results.map((result) => result.checkId)).toEqual(['rail']);
    expect(judged.verdict).toBe('pass');
    expect(judged.notes[0]).toMatch(/first revision.*only guard rails/);
  });
});

describe('a drift check', () => {
  const plan = { checks: [{ kind: 'drift', id: 'inputs', of: 'inputs' } as const] };
  const drifting = exampleRollout({ progress: stepping, plan });
  const binning = { kind: 'categorical', categories: ['a', 'b'], tail: [] } as const;
  const arm = (counts: number[]) => ({ ...noRows(binning), counts });
  const gate = (canary: number[]) => [
    {
      featureId: 'f',
      name: 'amount',
      binning,
      reference: arm([500, 500]),
      current: arm(canary),
      dispersions: {},
    },
  ];
  const judgedWith = (features: ReturnType<typeof gate>, at = now) => {
    const evidence = exampleEvidence(enough, after(95));
    const [first] = evidence.checks;
    const checks = first === undefined ? [] : [{ ...first, checkId: 'inputs', gate: features }];
    return judgeStep(drifting, { ...evidence, checks }, at);
  };

  it('passes a step whose arms are asked alike, fails one whose are not, and holds one with too few rows', () => {
    expect(judgedWith(gate([200, 200])).verdict).toBe('pass');
    const failed = judgedWith(gate([20, 380]));
    expect(failed.verdict).toBe('fail');
    expect(failed.results[0]?.sentence).toMatch(/^The canary is not like stable in amount: its distribution/);
    expect(judgedWith(gate([20, 20])).results[0]?.sentence).toBe(
      'Not decided: the canary has 40 of 100 rows of amount.',
    );
    expect(judgedWith([]).verdict).toBe('noEvidence');
  });

  it('is not judged before the end of the step, however far the arms are apart', () => {
    const early = judgedWith(gate([20, 380]), after(60));
    expect(early.verdict).toBe('noEvidence');
    expect(early.results[0]?.sentence).toMatch(/^Not decided: it is judged at the end of the step/);
  });

  it('compares nothing for the first revision of a service', () => {
    const first = exampleRollout({ progress: stepping, plan, fromNumber: null });
    expect(judgeStep(first, exampleEvidence(enough, after(95)), now).results).toEqual([]);
  });
});
