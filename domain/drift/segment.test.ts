import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { packContribution } from './contribution.ts';
import { countingPlan, countRows } from './count-rows.ts';
import { learnCategoricalBinning, learnNumericBinning } from './learn-binning.ts';
import { segmentName, segmentShifts } from './segment.ts';
import { withoutSpans } from './window-clock.ts';

const countries = learnCategoricalBinning(new Map(['DE', 'FR', 'IT'].map((name, at) => [name, 90 - at])));
const amounts = learnNumericBinning(Array.from({ length: 400 }, (_, index) => index / 3));
const column = { featureId: 'c', name: 'country', role: 'input' as const, binning: countries, aliases: [] };
const features = [
  column,
  { featureId: 'a', name: 'amount', role: 'input' as const, binning: amounts, aliases: [] },
  { featureId: 's', name: 'score', role: 'score' as const, binning: amounts, aliases: [] },
];
const cloak = { passed: [], cloakOf: () => null };
const plan = countingPlan([{ binningId: 'b', features }], { ...cloak, segmentColumn: 'c' });
const nowMs = Date.parse('2026-11-26T12:30:00Z');
const row = (country: string | null, minutesAgo: number, amount = 4) => ({
  ts: new Date(nowMs - minutesAgo * 60_000).toISOString(),
  f: { country, amount },
  p: { score: 1 },
});
const parted = (rows: readonly unknown[]) =>
  countRows(plan, rows, { revisionId: 'r', nowMs }).parts.filter(({ segment }) => segment.startsWith('by:'));

describe('rows parted by a column', () => {
  it('are counted once more by its values, by the hour, without the column itself', () => {
    const rows = [
      row('DE', 1),
      row('DE', 2),
      row('FR', 90),
      row('new', 1),
      row(null, 1),
      { p: { score: 1 }, y: 1 },
    ];
    const told = parted(rows).map(
      ({ featureId, segment, finest, windowMs, counters }) =>
        `${segmentName(column, segment)} ${featureId} ${finest} ${(nowMs - windowMs) / 60_000} ${counters.counts.reduce((all, one) => all + one, 0)}`,
    );
    expect(new Set(told)).toEqual(
      new Set([
        'DE a hour 30 2',
        'DE s hour 30 2',
        'FR a hour 90 1',
        'FR s hour 90 1',
        'all others a hour 30 2',
        'all others s hour 30 2',
      ]),
    );
    expect(
      countRows(countingPlan([{ binningId: 'b', features }], cloak), rows, { revisionId: 'r', nowMs }).parts,
    ).toEqual(
      countRows(plan, rows, { revisionId: 'r', nowMs }).parts.filter(
        ({ segment }) => !segment.startsWith('by:'),
      ),
    );
  });

  it('leave no text of a value that no bin has, as a feature, as a segment or as a true class', () => {
    const rows = [
      { ...row('Jane Doe', 1), y: { kind: 'Jane Doe' }, p: { kind: 'Jane Doe' } },
      { ...row('DE', 1), y: { kind: 'FR' }, p: { kind: 'DE' } },
    ];
    const kind = { featureId: 'k', name: 'kind', role: 'class' as const, binning: countries, aliases: [] };
    const of = { ...cloak, segmentColumn: 'c' };
    const wide = countingPlan([{ binningId: 'b', features: [...features, kind] }], of);
    const { parts, unknown } = countRows(wide, rows, { revisionId: 'r', nowMs });
    expect(parts.filter(({ segment }) => segment.startsWith('class:'))).toHaveLength(2);
    expect(parts.some(({ counters }) => counters.apart.new === 1)).toBe(true);
    const ids = { binningId: '', revisionId: '', featureId: '' };
    const stored = Buffer.from(packContribution(parts.map((part) => ({ ...part, ...ids })))).toString(
      'latin1',
    );
    expect(stored).toContain('class:other');
    expect(stored).not.toContain('Jane');
    expect([...unknown]).toEqual([]);
  });

  it('carry the shift of all together, each its part', () => {
    const counts = fc.array(fc.integer({ min: 0, max: 500 }), { minLength: 4, maxLength: 4 });
    const side = fc.record({ reference: counts, current: counts });
    fc.assert(
      fc.property(fc.array(side, { minLength: 1, maxLength: 6 }), (sides) => {
        const found = segmentShifts(sides.map((one, index) => ({ ...one, segment: String(index) })));
        const carried = found.map((one) => one.carried);
        if (carried.includes(null)) return;
        expect(carried.reduce<number>((sum, one) => sum + (one ?? 0), 0)).toBeCloseTo(1, 9);
      }),
    );
  });

  it('name the one that moved, also where it only became more', () => {
    const still = { segment: 'FR', reference: [500, 500], current: [500, 500] };
    const moved = { segment: 'DE', reference: [500, 500], current: [100, 900] };
    const [first, second] = segmentShifts([still, moved]);
    expect([first?.segment, second?.segment]).toEqual(['DE', 'FR']);
    expect(first?.carried).toBeCloseTo(1, 9);
    expect(second).toMatchObject({ psi: 0 });
    const more = segmentShifts([
      { segment: 'IT', reference: [0, 100], current: [0, 2_000] },
      { segment: 'FR', reference: [500, 500], current: [500, 500] },
    ]);
    expect(more[0]).toMatchObject({ segment: 'IT', psi: 0 });
    expect(more[0]?.carried).toBeGreaterThan(0.5);
    expect(segmentShifts([])).toEqual([]);
  });
});

it('spans lose what is left out of them', () => {
  const span = { fromMs: 0, toMs: 10 };
  expect(
    withoutSpans(
      [span],
      [
        { fromMs: 3, toMs: 5 },
        { fromMs: 9, toMs: 20 },
      ],
    ),
  ).toEqual([
    { fromMs: 0, toMs: 3 },
    { fromMs: 5, toMs: 9 },
  ]);
  expect(withoutSpans([span], [{ fromMs: -1, toMs: 10 }])).toEqual([]);
});
