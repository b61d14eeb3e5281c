import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { PodFacts } from './facts.ts';
import { fraction } from './fraction.ts';
import { nodeGpus } from './node-gpus.ts';
import type { FactsFrom } from './node-timeline.ts';
import { noDevices } from './observed.ts';
import { at, containerOf, lifeOf, nodeOf, podOf } from './observed-fixture.ts';
import { isSystemPod, podFactsOf } from './pod-facts.ts';
import { marksOf, withMarks } from './pod-marks.ts';
import { podPieces, withPodFacts } from './pod-pieces.ts';

const gpus = nodeGpus(nodeOf(), noDevices);
const factsOf = (given: Partial<PodFacts> = {}): PodFacts => ({
  ...podFactsOf(podOf(), gpus, noDevices),
  ...given,
});
const seen = (time: string, facts: PodFacts): FactsFrom<PodFacts> => ({ atMs: at(time).getTime(), facts });
const marks = withMarks(
  new Map(),
  marksOf(
    podOf({ containers: [containerOf([lifeOf('10:01')])], readiness: { ready: true, at: at('10:05') } }),
    {
      seenMs: at('11:00').getTime(),
    },
  ),
);
const around = { system: false, lost: [] };
const piecesOf = (looks: readonly FactsFrom<PodFacts>[], fromMs = 0) => {
  const facts = looks.reduce<FactsFrom<PodFacts>[]>((known, look) => withPodFacts(known, look), []);
  return podPieces({ fromMs, marks, facts }, around);
};

describe('the facts of a pod', () => {
  it('are of a new interval from the moment of receipt when they change', () => {
    const pieces = piecesOf([seen('10:00', factsOf()), seen('10:30', factsOf({ gpu: fraction(1, 2) }))]);
    expect(pieces.map(({ bucket, fromMs, facts }) => [bucket, fromMs, facts.gpu])).toEqual([
      ['startupHold', at('10:00').getTime(), fraction(1)],
      ['warmup', at('10:01').getTime(), fraction(1)],
      ['serving', at('10:05').getTime(), fraction(1)],
      ['serving', at('10:30').getTime(), fraction(1, 2)],
    ]);
  });

  it('that are learned only once it runs were true before, and are not forgotten', () => {
    const known = factsOf({ imageDigests: ['sha256:1'], revisionId: 'r1' });
    const pieces = piecesOf([seen('10:00', factsOf()), seen('10:05', known), seen('10:40', factsOf())]);
    expect(pieces).toHaveLength(3);
    for (const { facts } of pieces) expect(facts).toEqual(known);
  });

  it('name the run of a training job, and of nothing else', () => {
    const labels = { 'fairlead.dev/run-id': 'run-7' };
    const owned = (kind: string) =>
      podFactsOf(podOf({ labels, owners: [{ kind, name: 'train', uid: 'o' }] }), gpus, noDevices).runId;
    expect([owned('PyTorchJob'), owned('Job'), owned('ReplicaSet')]).toEqual(['run-7', 'run-7', null]);
  });
});

it('working a pod out from any moment on gives what the whole of it says from then', () => {
  const looks = [seen('10:00', factsOf()), seen('10:30', factsOf({ gpu: fraction(1, 2) }))];
  const whole = piecesOf(looks);
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 3_600 }), (second) => {
      const fromMs = at('10:00').getTime() + second * 1_000;
      const later = whole
        .filter(({ toMs }) => toMs === null || toMs > fromMs)
        .map((piece) => ({ ...piece, fromMs: Math.max(piece.fromMs, fromMs) }));
      const strip = (pieces: typeof whole) =>
        pieces.map(({ bucket, fromMs: from, toMs, facts }) => ({ bucket, from, toMs, gpu: facts.gpu }));
      expect(strip(piecesOf(looks, fromMs))).toEqual(strip(later));
    }),
  );
});

it('pods of the system namespaces and static pods belong to the cluster itself', () => {
  const owners = (kind: string) => [{ kind, name: 'x', uid: 'x' }];
  expect(isSystemPod({ namespace: 'kube-system', owners: [] })).toBe(true);
  expect(isSystemPod({ namespace: 'fraud', owners: owners('Node') })).toBe(true);
  expect(isSystemPod({ namespace: 'fraud', owners: owners('DaemonSet') })).toBe(false);
});
