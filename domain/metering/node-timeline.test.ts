import { describe, expect, it } from 'vitest';
import { fraction } from './fraction.ts';
import { nodeGpus } from './node-gpus.ts';
import { lostSpans, nodeFactsOf, nodePieces, withReadiness } from './node-timeline.ts';
import { noDevices, type ObservedNode } from './observed.ts';
import { at, nodeOf } from './observed-fixture.ts';

const gpu = 'nvidia.com/gpu';
const factsOf = (given: Partial<ObservedNode>) => {
  const node = nodeOf(given);
  return nodeFactsOf(node, nodeGpus(node, noDevices), noDevices);
};
const fromMs = at('08:55').getTime();
const bare = factsOf({ labels: {}, capacity: { cpu: 8_000 }, allocatable: { cpu: 8_000 } });

describe('a node', () => {
  it('has a new interval when its facts change, from the moment of receipt', () => {
    const pieces = nodePieces({
      fromMs,
      facts: [
        { atMs: at('09:00').getTime(), facts: factsOf({}) },
        { atMs: at('10:00').getTime(), facts: factsOf({ allocatable: { [gpu]: 7 } }) },
      ],
      gone: { atMs: at('11:00').getTime(), estimated: false },
    });
    expect(pieces.map((piece) => [piece.fromMs, piece.toMs, piece.facts.unhealthyGpus])).toEqual([
      [fromMs, at('10:00').getTime(), fraction(0)],
      [at('10:00').getTime(), at('11:00').getTime(), fraction(1)],
    ]);
    expect(pieces.map(({ observed }) => observed)).toEqual([true, true]);
  });

  it('is booting from its creation until its GPUs are registered', () => {
    const pieces = nodePieces({
      fromMs,
      facts: [
        { atMs: at('08:56').getTime(), facts: bare },
        { atMs: at('09:05').getTime(), facts: factsOf({}) },
      ],
      gone: null,
    });
    expect(pieces.map(({ facts }) => [facts.physicalGpus, facts.gpusRegistered])).toEqual([
      [8, false],
      [8, true],
    ]);
  });

  it('that got its GPUs long after its creation had none before', () => {
    const pieces = nodePieces({
      fromMs,
      facts: [
        { atMs: at('08:56').getTime(), facts: bare },
        { atMs: at('15:00').getTime(), facts: factsOf({}) },
      ],
      gone: null,
    });
    expect(pieces.map(({ facts }) => facts.physicalGpus)).toEqual([0, 8]);
  });

  it('whose GPUs are no longer registered has them still, as unhealthy', () => {
    const pieces = nodePieces({
      fromMs,
      facts: [
        { atMs: at('09:00').getTime(), facts: factsOf({}) },
        { atMs: at('10:00').getTime(), facts: bare },
      ],
      gone: null,
    });
    expect(pieces.at(-1)?.facts).toMatchObject({
      physicalGpus: 8,
      unhealthyGpus: fraction(8),
      gpusRegistered: true,
      gpuProduct: 'NVIDIA-H100-80GB-HBM3',
    });
  });

  it('is lost while it does not answer, and not while it boots', () => {
    const looks: [string, boolean][] = [
      ['08:55', false],
      ['09:00', true],
      ['10:00', false],
      ['10:10', true],
      ['10:20', false],
    ];
    const heard = looks.map(([time, ready], index) =>
      nodeOf({ version: index, readiness: { ready, at: at(time) } }),
    );
    const spans = (nodes: readonly ObservedNode[]) =>
      lostSpans(nodes.reduce(withReadiness, new Map()), fromMs);
    const expected = [
      { fromMs: at('10:00').getTime(), toMs: at('10:10').getTime() },
      { fromMs: at('10:20').getTime(), toMs: null },
    ];
    expect(spans(heard)).toEqual(expected);
    expect(spans([...heard.toReversed(), ...heard])).toEqual(expected);
  });
});
