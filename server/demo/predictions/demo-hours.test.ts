import { expect, test } from 'vitest';
import { countValues } from '../../../domain/drift/counters.ts';
import { distributionEvidence } from '../../../domain/drift/distribution-evidence.ts';
import { learnColumn } from '../../../domain/drift/learn-column.ts';
import { randomKey } from '../../../domain/sandbox/random.ts';
import { demoPredictions } from './demo-columns.ts';
import { DemoHours } from './demo-hours.ts';
import { demoRow } from './demo-rows.ts';

const rows = 10_000;
const atMs = Date.parse('2026-11-21T19:00:00Z');
const never = Number.POSITIVE_INFINITY;

test.each(demoPredictions())(
  'hours of $serviceName that are drawn count as the rows of such an hour do',
  ({ columns }) => {
    const key = randomKey('rows of the test');
    const sent = Array.from({ length: rows }, (_, index) => {
      const { f, p } = demoRow(columns, { key, index, atMs, driftsFromMs: never });
      return { ...f, ...p };
    });
    for (const column of columns) {
      const values = sent.map((row) => row[column.name]);
      const learned = learnColumn(values, { place: column.place, mapped: false });
      if (learned?.state !== 'counted') throw new Error(`${column.name} is not counted.`);
      const { binning } = learned;
      const drawn = new DemoHours([{ column, binning }]).counts(atMs, rows)[column.name];
      const counted = countValues(binning, values);
      expect(
        distributionEvidence({ reference: counted.counts, current: drawn?.counts ?? [] }, 1)?.effect,
      ).toBeLessThan(0.01);
      expect(Math.abs((drawn?.apart.null ?? 0) - counted.apart.null)).toBeLessThan(0.015 * rows);
      const allDrawn = drawn?.counts.reduce(
        (sum, one) => sum + one,
        (drawn.apart.null ?? 0) + (drawn.apart.new ?? 0),
      );
      expect(allDrawn).toBe(rows);
      const meanIn = (bin: number, of: { sums: readonly unknown[]; counts: readonly number[] } | undefined) =>
        Number(of?.sums[bin]) / (of?.counts[bin] ?? 0);
      for (const bin of counted.sums.keys())
        if ((counted.counts[bin] ?? 0) > rows / 25)
          expect(Math.abs(meanIn(bin, drawn) - meanIn(bin, counted))).toBeLessThan(2 ** 24 / 50);
    }
  },
);
