import { expect, it } from 'vitest';
import { monthOf } from '../../domain/bill/month.ts';
import { focusCharges, focusColumnCount, focusExport } from './focus-export-fixture.ts';
import { readFocus } from './read-focus.ts';

const month = monthOf('2026-10') ?? { from: new Date(0), to: new Date(0) };
const nano = (text: string): bigint => BigInt(text.replace('.', ''));

it('an export with all 57 columns of FOCUS 1.2 is summed by what each charge is for, whatever its cells hold', async () => {
  const times = 1_500;
  expect(focusColumnCount).toBe(57);
  const { lines, rows, outside } = await readFocus(new Blob([focusExport(focusCharges, times)]), {
    month,
    currency: 'USD',
    signal: new AbortController().signal,
    onProgress: () => undefined,
  });
  expect([rows, outside]).toEqual([11 * times, times]);
  const sums = Object.fromEntries(
    lines.map(({ kind, instanceType, billedNano, effectiveNano }) => [
      instanceType ?? kind,
      [billedNano / BigInt(times), effectiveNano / BigInt(times)],
    ]),
  );
  expect(sums).toEqual({
    'p5.48xlarge': [nano('50.000000000'), nano('50.000000000')],
    'g6.xlarge': [0n, nano('0.500000000')],
    unusedCommitment: [0n, nano('1.250000000')],
    purchase: [nano('300.000000000'), 0n],
    taxAndCredit: [nano('-8.150000000'), nano('-8.150000000')],
    storage: [nano('7.000000000'), nano('7.000000000')],
    network: [nano('3.000000000'), nano('3.000000000')],
    controlPlane: [nano('0.100000000'), nano('0.100000000')],
  });
});
