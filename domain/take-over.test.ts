import { describe, expect, it } from 'vitest';
import { exampleRevision, exampleScope, exampleStart, observedRevision } from './example-rollout.ts';
import type { DesiredServing, ObservedServing } from './serving.ts';
import {
  advanceTakeOver,
  afterAct,
  type TakeOver,
  type TakeOverPhase,
  takenOverServing,
  takeOverRefusal,
} from './take-over.ts';
import { drainMs, shiftPercents, stepHoldMs } from './take-over-times.ts';

const path = {
  workload: { name: 'old', uid: 'u' },
  backends: [{ name: 'old', port: 80 }],
  selectorKeys: ['app'],
  routes: [{ name: 'scores', uid: 'r', rules: [{ index: 0, backendRefs: [{ name: 'old', port: 80 }] }] }],
};
const at = (phase: TakeOverPhase, change: Partial<TakeOver> = {}): TakeOver => ({
  schema: 1,
  phase,
  step: 0,
  since: exampleStart.toISOString(),
  inEffectSince: null,
  startedAt: exampleStart.toISOString(),
  path,
  foundReplicas: 2,
  scalesFoundToZero: false,
  ...change,
});
const own: DesiredServing = {
  scope: exampleScope,
  generation: 1,
  revisions: [exampleRevision(1)],
  weights: { 1: 100 },
  fallbackNumber: 1,
};
const old = observedRevision(0, { owned: false });

function seen(
  requested: Record<number, number>,
  change: Partial<ObservedServing> = {},
  form: 'kept' | 'removed' | 'restored' = 'kept',
): ObservedServing {
  return {
    observedAt: exampleStart,
    fresh: true,
    revisions: [old, observedRevision(1)],
    route: { exists: true, owned: true, requested, accepted: true, blockers: [], matchesScope: true },
    found: { exists: true, replicas: 2, form },
    fight: null,
    blockers: [],
    ...change,
  };
}
const later = (ms: number) => new Date(exampleStart.getTime() + ms);

describe('acts of a take over', () => {
  it.each<[TakeOverPhase, boolean, boolean, boolean]>([
    ['creating', true, false, false],
    ['shifting', true, false, false],
    ['serving', true, true, true],
    ['finishing', true, false, false],
    ['finished', true, false, true],
    ['returning', false, false, false],
    ['draining', false, false, false],
    ['removing', false, false, false],
  ])('%s: give back %s, finish %s, roll out %s', (phase, giveBack, finish, rollOut) => {
    const allowed = (act: 'giveBack' | 'finish' | 'rollOut') =>
      takeOverRefusal(act, { takeOver: at(phase), rolloutActive: false }) === null;
    expect([allowed('giveBack'), allowed('finish'), allowed('rollOut')]).toEqual([giveBack, finish, rollOut]);
  });

  it('neither finishes nor gives back under a rollout, and lets a service roll out that was never taken over', () => {
    const rolling = { takeOver: at('serving'), rolloutActive: true };
    expect(takeOverRefusal('finish', rolling)?.code).toBe('rolloutActive');
    expect(takeOverRefusal('giveBack', rolling)?.code).toBe('rolloutActive');
    expect(takeOverRefusal('rollOut', { takeOver: null, rolloutActive: false })).toBeNull();
    expect(takeOverRefusal('giveBack', { takeOver: null, rolloutActive: false })?.code).toBe('wrongState');
  });
});

describe('what the cluster should hold', () => {
  it('shifts in steps and falls back to the found pods until all is ours', () => {
    const weights = shiftPercents.map((_percent, step) => takenOverServing(own, at('shifting', { step })));
    expect(weights.map((serving) => serving.weights)).toEqual([
      { 0: 90, 1: 10 },
      { 0: 50, 1: 50 },
      { 1: 100 },
    ]);
    expect(weights.every(({ fallbackNumber }) => fallbackNumber === 0)).toBe(true);
  });

  it('scales the found pods down only while finishing with consent, and up again when giving back', () => {
    const replicas = (phase: TakeOverPhase, scalesFoundToZero: boolean) =>
      takenOverServing(own, at(phase, { scalesFoundToZero })).found?.replicas;
    expect(replicas('finishing', true)).toBe(0);
    expect(replicas('finishing', false)).toBeNull();
    expect(replicas('finished', true)).toBeNull();
    expect(replicas('returning', true)).toBe(2);
    expect(replicas('returning', false)).toBeNull();
  });
});

describe('one look', () => {
  it.each<{ title: string; takeOver: TakeOver; observed: ObservedServing }>([
    {
      title: 'one of two pods is not ready',
      takeOver: at('creating'),
      observed: seen({ 0: 100 }, { revisions: [old, observedRevision(1, { readyReplicas: 1 })] }, 'restored'),
    },
    {
      title: 'the gateway has not accepted the split',
      takeOver: at('shifting'),
      observed: seen({ 0: 90, 1: 10 }, { route: { ...seen({ 0: 90, 1: 10 }).route, accepted: false } }),
    },
    { title: 'others took the split back', takeOver: at('shifting'), observed: seen({ 0: 100 }) },
    {
      title: 'the picture is not fresh',
      takeOver: at('shifting'),
      observed: seen({ 0: 90, 1: 10 }, { fresh: false }),
    },
    {
      title: 'another manager fights',
      takeOver: at('shifting'),
      observed: seen({ 0: 90, 1: 10 }, { fight: { manager: 'helm', object: 'o', fields: [] } }),
    },
    {
      title: 'the found pods are not ready again',
      takeOver: at('returning'),
      observed: seen({ 1: 100 }, { revisions: [{ ...old, ready: false }, observedRevision(1)] }),
    },
    {
      title: 'the found count is not zero yet',
      takeOver: at('finishing', { scalesFoundToZero: true }),
      observed: seen({ 1: 100 }, {}, 'removed'),
    },
  ])('stays while $title', ({ takeOver, observed }) => {
    const { next, sentence } = advanceTakeOver(takeOver, { own, observed }, later(3_600_000));
    expect(next).toMatchObject({ phase: takeOver.phase, step: takeOver.step });
    expect(sentence).toBeNull();
  });

  it('holds each split for its time from when it was in effect', () => {
    const observed = seen({ 0: 90, 1: 10 });
    const first = advanceTakeOver(at('shifting'), { own, observed }, later(0));
    expect(first.next?.inEffectSince).toBe(exampleStart.toISOString());
    expect(first.blockers[0]?.code).toBe('minimumTime');
    const held = first.next ?? at('shifting');
    expect(advanceTakeOver(held, { own, observed }, later(stepHoldMs - 1)).next?.step).toBe(0);
    expect(advanceTakeOver(held, { own, observed }, later(stepHoldMs)).next?.step).toBe(1);
  });

  it('keeps our pods for what is still on its way, then is watched once they are gone', () => {
    const observed = seen({ 0: 100 }, {}, 'restored');
    const draining = at('draining', { inEffectSince: exampleStart.toISOString() });
    expect(advanceTakeOver(draining, { own, observed }, later(drainMs - 1)).next?.phase).toBe('draining');
    expect(advanceTakeOver(draining, { own, observed }, later(drainMs)).next?.phase).toBe('removing');
    const removing = at('removing');
    expect(advanceTakeOver(removing, { own, observed }, later(0)).next?.phase).toBe('removing');
    const gone = { ...observed, revisions: [old] };
    expect(advanceTakeOver(removing, { own, observed: gone }, later(0)).next).toBeNull();
  });

  it('says that the found workload is gone instead of giving traffic back to nothing', () => {
    const observed = seen(
      { 1: 100 },
      {
        found: { exists: false, replicas: 0, form: 'kept' },
        revisions: [{ ...old, ready: false }, observedRevision(1)],
      },
    );
    const { blockers } = advanceTakeOver(
      afterAct(at('serving'), 'returning', exampleStart),
      { own, observed },
      later(0),
    );
    expect(blockers[0]?.message).toBe(
      "Deployment old no longer exists, so traffic stays on Fairlead's pods.",
    );
  });

  it('can be given back when the route is gone, because then nothing leads to our pods', () => {
    const observed = seen({}, { route: { ...seen({}).route, exists: false, accepted: false } });
    const { next } = advanceTakeOver(at('returning'), { own, observed }, later(0));
    expect(next?.phase).toBe('draining');
  });
});
