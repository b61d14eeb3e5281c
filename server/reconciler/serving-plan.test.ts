import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  exampleRevision,
  exampleRollout,
  observedFor,
  observedRevision,
} from '../../domain/example-rollout.ts';
import type { DesiredServing, ObservedServing } from '../../domain/serving.ts';
import { plan, planBlockers } from '../../domain/serving-plan.ts';
import { desiredOf, ModelledCluster } from './modelled-cluster.ts';

const runs = { numRuns: 5_000, seed: 20_261_124, verbose: false };

const desiredArbitrary: fc.Arbitrary<DesiredServing> = fc.oneof(
  fc.constant(desiredOf([], {}, null)),
  fc
    .integer({ min: 1, max: 4 })
    .map((number) => desiredOf([exampleRevision(number)], { [number]: 100 }, number)),
  fc
    .tuple(
      fc.shuffledSubarray([1, 2, 3, 4], { minLength: 2, maxLength: 2 }),
      fc.constantFrom(0, 1, 10, 50, 99, 100),
    )
    .map(([[from = 1, to = 2], weight]) =>
      desiredOf(
        [exampleRevision(from), exampleRevision(to)],
        weight === 0
          ? { [from]: 100 }
          : weight === 100
            ? { [to]: 100 }
            : { [from]: 100 - weight, [to]: weight },
        from,
      ),
    ),
);

type Event =
  | { kind: 'goal'; desired: DesiredServing }
  | { kind: 'pass'; cutAfter: number }
  | { kind: 'settle' | 'freeze' | 'failNext' }
  | { kind: 'unready'; number: number; forGood: boolean }
  | { kind: 'vanish'; number: number };

const number = fc.integer({ min: 1, max: 4 });
const eventArbitrary: fc.Arbitrary<Event> = fc.oneof(
  { weight: 2, arbitrary: desiredArbitrary.map((desired): Event => ({ kind: 'goal', desired })) },
  {
    weight: 5,
    arbitrary: fc.integer({ min: 0, max: 4 }).map((cutAfter): Event => ({ kind: 'pass', cutAfter })),
  },
  { weight: 3, arbitrary: fc.constant<Event>({ kind: 'settle' }) },
  { weight: 1, arbitrary: fc.constantFrom<Event>({ kind: 'freeze' }, { kind: 'failNext' }) },
  {
    weight: 2,
    arbitrary: fc
      .tuple(number, fc.boolean())
      .map(([which, forGood]): Event => ({ kind: 'unready', number: which, forGood })),
  },
  { weight: 1, arbitrary: number.map((which): Event => ({ kind: 'vanish', number: which })) },
);

/** One pass, cut after some writes as by a crash; a failed apply ends it. */
function pass(cluster: ModelledCluster, desired: DesiredServing, cutAfter: number): void {
  const seen = cluster.observe();
  for (const action of plan(desired, seen).slice(0, cutAfter)) {
    try {
      cluster.apply(action, seen);
    } catch (error) {
      if (error instanceof Error && error.message === 'failed') return;
      throw error;
    }
  }
}

function happen(cluster: ModelledCluster, event: Event): void {
  switch (event.kind) {
    case 'settle':
      return cluster.settle();
    case 'freeze':
      return cluster.freeze();
    case 'failNext':
      cluster.failNextApply = true;
      return;
    case 'unready':
      return cluster.unready(event.number, event.forGood);
    case 'vanish':
      return cluster.vanish(event.number);
    case 'goal':
    case 'pass':
      return;
  }
}

describe('plan against a modelled cluster', () => {
  it('is safe after every write, converges once faults end and then writes nothing', () => {
    fc.assert(
      fc.property(desiredArbitrary, fc.array(eventArbitrary, { maxLength: 40 }), (first, events) => {
        const cluster = new ModelledCluster();
        let desired = first;
        for (const event of events) {
          if (event.kind === 'goal') desired = event.desired;
          else if (event.kind === 'pass') pass(cluster, desired, event.cutAfter);
          else happen(cluster, event);
        }
        cluster.endFaults();
        for (let round = 0; round < 8; round += 1) {
          pass(cluster, desired, 10);
          cluster.settle();
        }
        const writes = cluster.writes;
        expect(plan(desired, cluster.observe())).toEqual([]);
        pass(cluster, desired, 10);
        expect(cluster.writes).toBe(writes);
        expect(cluster.route.weights).toEqual(desired.weights);
        expect(new Set(cluster.revisions.keys())).toEqual(
          new Set(desired.revisions.map((revision) => revision.number)),
        );
      }),
      runs,
    );
  });

  it('with a revision that never becomes ready keeps all traffic on the fallback and then writes nothing', () => {
    fc.assert(
      fc.property(fc.constantFrom(1, 10, 50, 100), (weight) => {
        const cluster = new ModelledCluster();
        const stable = desiredOf([exampleRevision(1)], { 1: 100 }, 1);
        for (let round = 0; round < 4; round += 1) {
          pass(cluster, stable, 10);
          cluster.settle();
        }
        const both = [exampleRevision(1), exampleRevision(2)];
        const desired = desiredOf(both, weight === 100 ? { 2: 100 } : { 1: 100 - weight, 2: weight }, 1);
        pass(cluster, desired, 10);
        cluster.unready(2, true);
        for (let round = 0; round < 4; round += 1) {
          pass(cluster, desired, 10);
          cluster.settle();
        }
        expect(cluster.route.weights).toEqual({ 1: 100 });
        expect(plan(desired, cluster.observe())).toEqual([]);
      }),
      runs,
    );
  });
});

describe('plan', () => {
  const rollout = exampleRollout({ progress: { phase: 'stepping' } });
  const both = [exampleRevision(1), exampleRevision(2)];
  const desired = desiredOf(both, { 1: 90, 2: 10 }, 1);
  const settled = observedFor(rollout);
  const at = (change: Partial<ObservedServing>) => observedFor(rollout, change);
  const route = (change: Partial<ObservedServing['route']>) => at({ route: { ...settled.route, ...change } });

  it('plans nothing in a converged world', () => {
    expect(plan(desired, settled)).toEqual([]);
  });

  it('plans nothing on an old picture or in a fight', () => {
    expect(plan(desired, at({ fresh: false, revisions: [] }))).toEqual([]);
    const fight = { manager: 'argocd', object: 'route', fields: ['weight'] };
    expect(plan(desired, at({ fight, revisions: [] }))).toEqual([]);
    expect(planBlockers(desired, at({ fight }))).toMatchObject([{ code: 'fight', owner: 'argocd' }]);
  });

  it('takes the weight from a canary that lost its endpoints at once', () => {
    const observed = at({ revisions: [observedRevision(1), observedRevision(2, { ready: false })] });
    expect(plan(desired, observed)).toEqual([{ kind: 'applyRoute', weights: { 1: 100 } }]);
  });

  it('moves nothing to a stable revision without endpoints', () => {
    const observed = at({ revisions: [observedRevision(1, { ready: false }), observedRevision(2)] });
    expect(plan(desiredOf([exampleRevision(1)], { 1: 100 }, 1), observed)).toEqual([]);
  });

  it('deletes only after the gateway accepted a route that sends nothing there', () => {
    const stable = desiredOf([exampleRevision(1)], { 1: 100 }, 1);
    expect(plan(stable, settled)).toEqual([{ kind: 'applyRoute', weights: { 1: 100 } }]);
    expect(plan(stable, route({ requested: { 1: 100 }, accepted: false }))).toEqual([]);
    expect(plan(stable, route({ requested: { 1: 100 } }))).toEqual([{ kind: 'deleteRevision', number: 2 }]);
  });

  it('keeps a revision while what shall serve instead is not ready', () => {
    const stable = desiredOf([exampleRevision(1)], { 1: 100 }, 1);
    const observed = at({
      revisions: [observedRevision(1, { ready: false }), observedRevision(2)],
      route: { ...settled.route, requested: { 1: 100 } },
    });
    expect(plan(stable, observed)).toEqual([]);
  });

  it('never touches what is not ours and says so', () => {
    const observed = at({
      revisions: [
        observedRevision(1),
        observedRevision(2, { owned: false, specDigest: 'theirs' }),
        observedRevision(7, { owned: false }),
      ],
      route: { ...settled.route, owned: false, requested: { 1: 100 } },
    });
    expect(plan(desired, observed)).toEqual([]);
    expect(planBlockers(desired, observed)).toMatchObject([
      { code: 'conflict', params: { object: 'fraud-detector-r2' } },
      { code: 'conflict', params: { object: 'route fraud-detector' } },
    ]);
  });

  it('leaves a foreign route and foreign workloads alone, whatever they hold', () => {
    const stable = desiredOf([exampleRevision(1)], { 1: 100 }, 1);
    expect(plan(stable, route({ owned: false, requested: {} }))).toEqual([]);
    const observed = at({
      revisions: [observedRevision(1), observedRevision(7, { owned: false })],
      route: { ...settled.route, requested: { 1: 100 } },
    });
    expect(plan(stable, observed)).toEqual([]);
  });

  it.each([
    ['is missing', [observedRevision(1)]],
    ['runs another spec', [observedRevision(1), observedRevision(2, { specDigest: 'other' })]],
    ['is incomplete', [observedRevision(1), observedRevision(2, { complete: false })]],
    [
      'has other replicas',
      [observedRevision(1), observedRevision(2, { scaling: { kind: 'fixed', replicas: 9 } })],
    ],
  ])('applies a revision that %s', (_, revisions) => {
    expect(plan(desired, at({ revisions }))[0]).toMatchObject({
      kind: 'applyRevision',
      revision: { number: 2 },
    });
  });

  it('writes a route that has other hosts, with weights that move nothing while revisions are unready', () => {
    const observed = at({
      revisions: [observedRevision(1, { ready: false }), observedRevision(2, { ready: false })],
      route: { ...settled.route, matchesScope: false },
    });
    expect(plan(desired, observed)).toEqual([{ kind: 'applyRoute', weights: { 1: 90, 2: 10 } }]);
  });

  it('empties the route of an aborted first revision before deleting it', () => {
    const nothing = desiredOf([], {}, null);
    expect(plan(nothing, route({ requested: { 2: 100 } }))).toEqual([{ kind: 'applyRoute', weights: {} }]);
    expect(plan(nothing, route({ requested: {}, accepted: false }))).toMatchObject([
      { kind: 'deleteRevision' },
      { kind: 'deleteRevision' },
    ]);
  });
});
