import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { psiGrid } from '../../domain/analysis/e-process.ts';
import type { Evidence } from '../../domain/analysis/verdict.ts';
import { desiredServing } from '../../domain/desired-serving.ts';
import {
  after,
  exampleEvidence,
  exampleRevision,
  exampleRollout,
  exampleScope,
} from '../../domain/example-rollout.ts';
import { endedPhases, type Rollout } from '../../domain/rollout.ts';
import type { Transition } from '../../domain/rollout-move.ts';
import { advanceRollout } from '../../domain/rollout-progress.ts';
import { recordingLeftMs } from '../../domain/rollout-recording.ts';
import { stepWeight } from '../../domain/rollout-weights.ts';
import type { ServingAction } from '../../domain/serving.ts';
import { plan } from '../../domain/serving-plan.ts';
import { ModelledCluster } from './modelled-cluster.ts';

const runs = { numRuns: 500, seed: 20_261_124 };
const passSeconds = 15;

type Event =
  | { kind: 'pass'; cutAfter: number }
  | {
      kind:
        | 'settle'
        | 'freeze'
        | 'failNext'
        | 'pause'
        | 'resume'
        | 'promote'
        | 'abort'
        | 'rollBack'
        | 'record'
        | 'continue';
    }
  | { kind: 'unready'; number: number; forGood: boolean }
  | { kind: 'vanish'; number: number }
  | { kind: 'metrics'; up: boolean }
  | { kind: 'traffic'; perPass: number }
  | { kind: 'keep'; forSeconds: number }
  | { kind: 'gatewayIgnores'; ignores: boolean }
  | { kind: 'canaryBreaks' };

const number = fc.constantFrom(1, 2);
const eventArbitrary: fc.Arbitrary<Event> = fc.oneof(
  {
    weight: 12,
    arbitrary: fc.constantFrom(0, 1, 9, 9, 9).map((cutAfter): Event => ({ kind: 'pass', cutAfter })),
  },
  { weight: 8, arbitrary: fc.constant<Event>({ kind: 'settle' }) },
  {
    weight: 2,
    arbitrary: fc.constantFrom<Event>(
      { kind: 'freeze' },
      { kind: 'failNext' },
      { kind: 'pause' },
      { kind: 'resume' },
      { kind: 'promote' },
      { kind: 'continue' },
      { kind: 'record' },
    ),
  },
  {
    weight: 1,
    arbitrary: fc.constantFrom<Event>({ kind: 'abort' }, { kind: 'rollBack' }, { kind: 'canaryBreaks' }),
  },
  {
    weight: 2,
    arbitrary: fc
      .tuple(number, fc.boolean())
      .map(([which, forGood]): Event => ({ kind: 'unready', number: which, forGood })),
  },
  { weight: 1, arbitrary: number.map((which): Event => ({ kind: 'vanish', number: which })) },
  { weight: 1, arbitrary: fc.boolean().map((up): Event => ({ kind: 'metrics', up })) },
  {
    weight: 1,
    arbitrary: fc.constantFrom(0, 5, 400).map((perPass): Event => ({ kind: 'traffic', perPass })),
  },
  {
    weight: 1,
    arbitrary: fc.constantFrom(0, 60, 600).map((forSeconds): Event => ({ kind: 'keep', forSeconds })),
  },
  { weight: 1, arbitrary: fc.boolean().map((ignores): Event => ({ kind: 'gatewayIgnores', ignores })) },
);

/** The pure half of the loop over the modelled cluster, with people and metrics that do anything at any time. */
class ModelledRollout {
  readonly cluster = new ModelledCluster();
  rollout: Rollout;
  transitions: Transition[] = [];
  seconds = 0;
  metricsUp = true;
  perPass = 400;
  gatewayIgnores = false;
  broken = false;
  #counts = { nCanary: 0, nStable: 0 };
  #step = 0;
  #split = { nCanary: 0, nStable: 0 };

  constructor(rollout: Rollout) {
    this.rollout = rollout;
    if (rollout.fromNumber === null) return;
    for (let round = 0; round < 3; round += 1) {
      const seen = this.cluster.observe();
      for (const action of plan(desiredServing(this.#service(), null), seen))
        this.cluster.apply(action, seen);
      this.cluster.settle();
    }
  }

  #service() {
    const stable = this.rollout.progress.phase === 'succeeded' ? 2 : this.rollout.fromNumber;
    return { scope: exampleScope, generation: 1, stable: stable === null ? null : exampleRevision(stable) };
  }

  #measure(): Evidence {
    const canaryShare = this.gatewayIgnores ? 0 : (this.cluster.route.weights[2] ?? 0) / 100;
    const nCanary = Math.round(this.perPass * canaryShare);
    const arms = { nCanary, nStable: this.perPass - nCanary };
    if (this.metricsUp) {
      this.#counts = {
        nCanary: this.#counts.nCanary + nCanary,
        nStable: this.#counts.nStable + arms.nStable,
      };
      this.#step = this.rollout.progress.effectiveAt === null ? 0 : this.#step + nCanary;
      this.#split = this.rollout.progress.acceptedAt === null ? { nCanary: 0, nStable: 0 } : arms;
    }
    const evidence = exampleEvidence(this.#counts, this.metricsUp ? after(this.seconds) : null, {
      logE: this.broken ? 10 : 0,
      split: this.#split,
      sourceProblem: this.metricsUp ? null : 'Down.',
    });
    expect(evidence.checks[1]?.sumLogE.length).toBe(psiGrid.length);
    return { ...evidence, requests: { ...evidence.requests, stepNCanary: this.#step } };
  }

  pass(cutAfter: number): void {
    this.seconds += passSeconds;
    const seen = this.cluster.observe();
    const evidence = this.#measure();
    const before = this.rollout;
    const answer = advanceRollout(before, { observed: seen, evidence }, after(this.seconds));
    this.#check(before, answer.transitions, evidence);
    if (answer.transitions.length === 0 && answer.requeueAfterMs !== null)
      expect(answer.blockers).not.toEqual([]);
    this.transitions.push(...answer.transitions);
    this.rollout = { ...before, progress: answer.progress };
    if (answer.progress.effectiveAt === null) this.#step = 0;
    const from = before.fromNumber === null ? null : exampleRevision(before.fromNumber);
    const active = endedPhases.includes(answer.progress.phase)
      ? null
      : { rollout: this.rollout, from, to: exampleRevision(2) };
    for (const action of plan(desiredServing(this.#service(), active, this.#kept()), seen).slice(
      0,
      cutAfter,
    )) {
      this.#checkWrite(action);
      try {
        this.cluster.apply(action, seen);
      } catch (error) {
        if (error instanceof Error && error.message === 'failed') return;
        throw error;
      }
    }
  }

  /** The canary that somebody keeps once traffic went back. */
  #kept() {
    const { progress, intent } = this.rollout;
    const isBack = progress.phase === 'rolledBack' || progress.phase === 'aborted';
    return isBack && intent.keepUntil !== null && after(this.seconds) < intent.keepUntil
      ? exampleRevision(2)
      : null;
  }

  /** What went back gets no traffic again, and stays until its record is frozen or 20 s after its weight was off. */
  #checkWrite(action: ServingAction): void {
    const { progress, recordedAt } = this.rollout;
    const wentBack = ['rollingBack', 'rolledBack', 'aborted'].includes(progress.phase);
    if (!wentBack) return;
    if (action.kind === 'applyRoute') expect(action.weights[2] ?? 0).toBe(0);
    if (action.kind === 'applyRevision' && action.revision.number === 2) expect(this.#kept()).not.toBeNull();
    if (action.kind !== 'deleteRevision' || action.number !== 2) return;
    expect(this.#kept()).toBeNull();
    const { weightOffAt } = progress;
    const isOver = weightOffAt !== null && after(this.seconds) >= new Date(weightOffAt.getTime() + 20_000);
    expect(recordedAt !== null || isOver).toBe(true);
  }

  /** What may never happen, told apart from how it is decided. */
  #check(before: Rollout, transitions: readonly Transition[], evidence: Evidence): void {
    for (const { from, to, withoutEvidence } of transitions) {
      const wentOn = to.phase === 'stepping' && from.phase === 'stepping' && to.stepIndex > from.stepIndex;
      if (wentOn || (from.phase === 'stepping' && (to.phase === 'finishing' || to.phase === 'succeeded'))) {
        expect(before.intent.pausedAt).toBeNull();
        // A first revision has nothing to be worse than.
        if (before.fromNumber !== null) expect(this.broken).toBe(false);
        expect(before.intent.goal).toBe('complete');
        if (!withoutEvidence) {
          expect(this.metricsUp).toBe(true);
          expect(before.progress.effectiveAt).not.toBeNull();
          expect(evidence.requests.stepNCanary).toBeGreaterThanOrEqual(100);
          const weight = stepWeight(before);
          const share = evidence.split.nCanary / (evidence.split.nCanary + evidence.split.nStable);
          expect(Math.abs(share - weight / 100)).toBeLessThan(0.15);
        } else {
          const person = before.intent.promotedAt !== null || before.intent.continuedStep === from.stepIndex;
          expect(person || before.plan.onDeadline === 'continue').toBe(true);
        }
      }
      if (from.phase === 'rollingBack') expect(endedPhases).toContain(to.phase);
    }
  }

  happen(event: Event): void {
    const { rollout, cluster } = this;
    const intend = (change: Partial<Rollout['intent']>) => {
      if (!endedPhases.includes(rollout.progress.phase))
        this.rollout = { ...rollout, intent: { ...rollout.intent, ...change } };
    };
    const now = after(this.seconds);
    switch (event.kind) {
      case 'pass':
        return this.pass(event.cutAfter);
      case 'settle':
        return cluster.settle();
      case 'freeze':
        return cluster.freeze();
      case 'failNext':
        cluster.failNextApply = true;
        return;
      case 'pause':
        return intend({ pausedAt: now });
      case 'resume':
        return intend({ pausedAt: null });
      case 'promote':
        return intend({ promotedAt: now, pausedAt: null });
      case 'continue':
        return intend({ continuedStep: rollout.progress.stepIndex });
      case 'abort':
        return intend({ goal: 'abort' });
      case 'rollBack':
        return intend({ goal: 'rollBack' });
      case 'record':
        // As the executor does: once, when one is due.
        if (recordingLeftMs(rollout, now) !== null) this.rollout = { ...rollout, recordedAt: now };
        return;
      case 'keep':
        this.rollout = {
          ...rollout,
          intent: { ...rollout.intent, keepUntil: after(this.seconds + event.forSeconds) },
        };
        return;
      case 'unready':
        return cluster.unready(event.number, event.forGood);
      case 'vanish':
        return cluster.vanish(event.number);
      case 'metrics':
        this.metricsUp = event.up;
        return;
      case 'traffic':
        this.perPass = event.perPass;
        return;
      case 'gatewayIgnores':
        this.gatewayIgnores = event.ignores;
        return;
      case 'canaryBreaks':
        this.broken = true;
    }
  }

  endFaults(): void {
    this.cluster.endFaults();
    this.metricsUp = true;
    this.perPass = 400;
    this.gatewayIgnores = false;
    this.rollout = { ...this.rollout, intent: { ...this.rollout.intent, pausedAt: null } };
  }
}

describe('advanceRollout and plan against a modelled cluster', () => {
  it('raise weight only when they may, always end once faults end, leave the right revision alone and then write nothing', () => {
    const ends = new Map<string, number>();
    fc.assert(
      fc.property(
        fc.constantFrom<1 | null>(1, 1, 1, null),
        fc.constantFrom('hold' as const, 'rollBack' as const, 'continue' as const),
        fc.array(eventArbitrary, { maxLength: 80 }),
        (fromNumber, onDeadline, events) => {
          const model = new ModelledRollout(exampleRollout({ fromNumber, plan: { onDeadline } }));
          for (const event of events) model.happen(event);
          model.endFaults();
          for (let round = 0; round < 80; round += 1) {
            model.pass(9);
            model.cluster.settle();
          }
          const { phase } = model.rollout.progress;
          ends.set(phase, (ends.get(phase) ?? 0) + 1);
          expect(endedPhases).toContain(phase);
          if (model.rollout.intent.goal === 'abort') expect(['aborted', 'succeeded']).toContain(phase);
          const left = phase === 'succeeded' ? 2 : fromNumber;
          expect([...model.cluster.revisions.keys()]).toEqual(left === null ? [] : [left]);
          expect(model.cluster.route.weights).toEqual(left === null ? {} : { [left]: 100 });
          const { writes } = model.cluster;
          const transitions = model.transitions.length;
          model.pass(9);
          expect([model.cluster.writes, model.transitions.length]).toEqual([writes, transitions]);
        },
      ),
      runs,
    );
    expect([...ends.keys()].sort()).toEqual(['aborted', 'rolledBack', 'succeeded']);
  });
});
