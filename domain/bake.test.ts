import { describe, expect, it } from 'vitest';
import { type BakedRollout, bakeFailure, bakeState, bakeUntil } from './bake.ts';
import { after, exampleRollout } from './example-rollout.ts';
import { refusal } from './refusal.ts';
import { defaultRolloutPlan, rollBackPlan, rolloutPlanSchema } from './rollout-plan.ts';
import type { RailResult } from './running-rail.ts';

const baked = (change: Partial<BakedRollout> = {}): BakedRollout => ({
  plan: exampleRollout().plan,
  phase: 'succeeded',
  fullAt: after(0),
  fromRevisionId: 'revision-1',
  outcome: null,
  ...change,
});
const broken: RailResult = {
  checkId: 'rail',
  verdict: 'fail',
  sentence: 'Rail broken.',
  value: 0.4,
  limit: 0.1,
  requests: 100,
  bad: 40,
  spanMs: 300_000,
};

describe('the bake time', () => {
  it('lasts from 100 % on as long as the plan says, and not one moment longer', () => {
    expect(bakeUntil(baked())).toEqual(after(3_600));
    expect(bakeState(baked(), after(3_599))).toBe('baking');
    expect(bakeState(baked(), after(3_600))).toBe('over');
  });

  it.each([
    ['a plan that turns it off', { plan: { ...exampleRollout().plan, bakeMs: 0 } }],
    ['a plan without rails', { plan: { ...exampleRollout().plan, checks: [] } }],
    ['a first revision, which has nothing behind it', { fromRevisionId: null }],
    ['a rollout that was never at 100 %', { fullAt: null }],
    ['a roll back', { plan: rollBackPlan(defaultRolloutPlan) }],
  ] satisfies [string, Partial<BakedRollout>][])('is off for %s', (_, change) => {
    expect(bakeState(baked(change), after(1))).toBe('off');
    expect(bakeFailure({ state: 'off', results: [broken], mayRollBack: true })).toBeNull();
  });

  it('leads back once: afterwards nothing that breaks leads back again', () => {
    const failure = refusal({ code: 'analysisFailed', message: 'Rail broken.' });
    const outcome = { schema: 1, failure, rolloutId: 'back', at: after(5).toISOString() } as const;
    const state = bakeState(baked({ outcome }), after(6));
    expect(state).toBe('rolledBack');
    expect(bakeFailure({ state, results: [broken], mayRollBack: true })).toBeNull();
  });

  it('leads back for a broken rail alone, and only while that is allowed', () => {
    const undecided: RailResult = { ...broken, verdict: 'noEvidence' };
    expect(bakeFailure({ state: 'baking', results: [undecided], mayRollBack: true })).toBeNull();
    expect(bakeFailure({ state: 'baking', results: [undecided, broken], mayRollBack: true })).toBe(broken);
    expect(bakeFailure({ state: 'baking', results: [broken], mayRollBack: false })).toBeNull();
    expect(bakeFailure({ state: 'over', results: [broken], mayRollBack: true })).toBeNull();
  });

  it('of a plan that was stored before it existed is the default hour', () => {
    const { bakeMs: _, ...stored } = defaultRolloutPlan;
    expect(rolloutPlanSchema.parse(stored).bakeMs).toBe(3_600_000);
  });

  it.each([-1, 7 * 86_400_000 + 1, 1.5])('refuses %d ms', (bakeMs) => {
    expect(rolloutPlanSchema.safeParse({ ...defaultRolloutPlan, bakeMs }).success).toBe(false);
  });
});
