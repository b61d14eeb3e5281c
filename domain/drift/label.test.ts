import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { binTotal } from './binning.ts';
import { countingPlan, countRows } from './count-rows.ts';
import { countValues } from './counters.ts';
import { outcomeOf, rowsBetweenEdges } from './label.ts';
import { learnCategoricalBinning, learnNumericBinning, withEdge } from './learn-binning.ts';
import { learnColumn } from './learn-column.ts';

const scores = Array.from({ length: 3_000 }, (_, index) => (index % 3 === 0 ? 0 : index / 3_000));
const learned = learnNumericBinning(scores);
if (learned.kind !== 'numeric') throw new Error('Scores have intervals.');
const binning = withEdge(learned, 0.5);

describe('an edge at which something is decided', () => {
  it('is one more edge, no point mass, and known already where it was one', () => {
    expect(binning.edges).toContain(0.5);
    expect(binTotal(binning)).toBe(binTotal(learned) + 1);
    expect(binning.points[binning.edges.indexOf(0.5)]).toBe(false);
    expect(withEdge(binning, 0.5)).toBe(binning);
    expect(withEdge(binning, 0)).toBe(binning);
    expect(withEdge(learnNumericBinning([0, 1]), 0.5)).toEqual(learnNumericBinning([0, 1]));
  });

  it('is at one half for every prediction between 0 and 1, and for no input', () => {
    const edgesOf = (place: 'input' | 'prediction') => {
      const found = learnColumn(scores, { place, mapped: false });
      return found?.state === 'counted' && found.binning.kind === 'numeric' ? found.binning.edges : [];
    };
    expect(edgesOf('prediction')).toContain(0.5);
    // Where few rows lie and decisions on rare outcomes are made there are more of them.
    expect(edgesOf('prediction').at(-1)).toBeGreaterThan(0.999);
    expect(edgesOf('input').at(-1)).toBeLessThan(0.97);
    expect(edgesOf('input')).not.toContain(0.5);
  });

  it('parts rows exactly: those at or above it are in the intervals after it', () => {
    fc.assert(
      fc.property(
        fc.array(fc.oneof(fc.double({ min: 0, max: 1, noNaN: true }), fc.constantFrom(0, 0.5))),
        (values) => {
          const rows = rowsBetweenEdges(binning, countValues(binning, values).counts);
          const from = binning.edges.indexOf(0.5) + 1;
          const above = rows.slice(from).reduce((sum, one) => sum + one, 0);
          expect(above).toBe(values.filter((value) => value >= 0.5).length);
          expect(rows.reduce((sum, one) => sum + one, 0)).toBe(values.length);
        },
      ),
    );
  });
});

describe('rows with a label', () => {
  const feature = { featureId: 'f', name: 'score', role: 'score' as const, binning, aliases: [] };
  const classes = learnCategoricalBinning(
    new Map(['cat', 'dog', 'fox', 'no'].map((one, at) => [one, 9 - at])),
    3,
  );
  const others = [
    { featureId: 'c', name: 'animal', role: 'class' as const, binning: classes, aliases: [] },
    {
      featureId: 'v',
      name: 'eta',
      role: 'value' as const,
      binning: { ...learned, deviation: 4 },
      aliases: [],
    },
  ];
  const planOf = (features: readonly (typeof feature | (typeof others)[number])[]) =>
    countingPlan([{ binningId: 'b', features }], { passed: [], cloakOf: () => null });
  const plan = planOf([feature]);
  const wide = planOf([feature, ...others]);
  const nowMs = Date.parse('2026-11-26T12:00:00Z');
  const counted = (rows: unknown[], on = plan) => countRows(on, rows, { revisionId: 'r', nowMs });
  const joint = (rows: unknown[]) =>
    counted(rows, wide)
      .parts.filter(({ segment }) => segment !== '')
      .map(({ featureId, segment, counters }) => `${featureId} ${segment} ${counters.counts.join(',')}`)
      .toSorted();

  it('count by outcome, and as a prediction only with its inputs', () => {
    const { parts, unknown } = counted([
      { p: { score: 0.9 }, y: 1 },
      { p: { score: 0.8 }, y: true },
      { f: { other: 1 }, p: { score: 0.1 }, y: 0 },
      { p: { score: 0.4 } },
    ]);
    const told = parts.map(({ segment, counters }): [string, number] => [
      segment,
      counters.counts.reduce((sum, one) => sum + one, 0),
    ]);
    expect(Object.fromEntries(told)).toEqual({ '': 2, 'label:0': 1, 'label:1': 2 });
    expect([...unknown]).toEqual([['other', 1]]);
  });

  it('count classes by the true one and numbers by how far they were off', () => {
    const rows = [
      { p: { animal: 'cat' }, y: 'cat' },
      { p: { animal: 'cat' }, y: 'dog' },
      { p: { animal: 'no' }, y: 'fox' },
      { p: { animal: 'dog' }, y: 'never seen' },
      { p: { eta: 12 }, y: 8.5 },
      { p: { eta: 12 }, y: 1 },
    ];
    expect(joint(rows)).toEqual([
      'c class:0 1,0,0,0',
      'c class:1 1,0,0,0',
      'c class:2 0,0,0,1',
      'c class:other 0,1,0,0',
      'v residual 0,0,0,0,0,0,0,0,1,0,1',
    ]);
    expect(joint(rows.toReversed())).toEqual(joint(rows));
  });

  it('tell yes and no of the score, numbers of the number, and any of them by its name', () => {
    const p = { score: 0.7, eta: 2, animal: 'dog' };
    expect(joint([{ p: { score: 0.7, eta: 2 }, y: 1 }]).map((text) => text.split(' ')[1])).toEqual([
      'label:1',
    ]);
    expect(joint([{ p, y: { score: 0, eta: 1.5 } }]).map((text) => text.split(' ')[1])).toEqual([
      'label:0',
      'residual',
    ]);
    expect(counted([{ p: { score: 0.7 }, y: 'dog' }], wide).rejected).toEqual([{ row: 0, code: 'badLabel' }]);
    expect(counted([{ p: { score: 0.7 }, y: { eta: [] } }], wide).rejected).toEqual([
      { row: 0, code: 'badLabel' },
    ]);
  });

  it('have one of four labels', () => {
    expect([1, true, 0, false, 2, '1', {}, Number.NaN].map(outcomeOf)).toEqual([
      1,
      1,
      0,
      0,
      null,
      null,
      null,
      null,
    ]);
  });
});
