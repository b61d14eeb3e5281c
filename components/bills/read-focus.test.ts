import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { BillError } from '../../domain/bill/focus-bill.ts';
import { monthOf } from '../../domain/bill/month.ts';
import { readFocus } from './read-focus.ts';

const head = 'BilledCost,EffectiveCost,BillingCurrency,ChargePeriodStart,x_InstanceType,ServiceName';
const row = '1.5,2.5,USD,2026-10-01T00:00:00Z,p5.48xlarge,"Größe, ""x"""';
const month = monthOf('2026-10') ?? { from: new Date(0), to: new Date(0) };
const rows = 5_000;
const text = `\u{feff}${head}\n${`${row}\n`.repeat(rows)}`;

function read(bytes: string | Uint8Array<ArrayBuffer>, signal = new AbortController().signal) {
  const seen: number[] = [];
  const outcome = readFocus(new Blob([bytes]), {
    month,
    currency: 'USD',
    signal,
    onProgress: (share) => seen.push(share),
  });
  return { outcome, seen };
}

describe('a bill', () => {
  it.each([
    ['as CSV', text],
    ['in gzip', new Uint8Array(gzipSync(text))],
  ])('%s is summed in pieces, and how far it got is told', async (_how, bytes) => {
    const { outcome, seen } = read(bytes);
    const { lines, rows: taken } = await outcome;
    expect(taken).toBe(rows);
    expect(lines).toMatchObject([
      { instanceType: 'p5.48xlarge', effectiveNano: 2_500_000_000n * BigInt(rows) },
    ]);
    expect(seen.at(-1)).toBe(1);
    expect(seen).toEqual(seen.toSorted((left, right) => left - right));
  });

  it.each([
    ['is empty', '', 'The file is empty.'],
    ['is no text', new Uint8Array([0xff, 0xfe, 0xff]), 'The file is no CSV in UTF-8, nor one in gzip.'],
    ['breaks off inside gzip', new Uint8Array(gzipSync(text)).slice(0, 60), 'The file is no CSV in UTF-8'],
    ['is another table', 'a,b\n1,2\n', 'The column BilledCost is missing.'],
    ['never ends a quote', `${head}\n"`, 'A quoted cell has no closing quote.'],
  ])('that %s is refused with a sentence', async (_how, bytes, message) => {
    const { outcome } = read(bytes);
    await expect(outcome).rejects.toThrow(BillError);
    await expect(outcome).rejects.toThrow(message);
  });

  it('is let go when its reader cancels', async () => {
    const cancelled = new AbortController();
    cancelled.abort();
    await expect(read(text, cancelled.signal).outcome).rejects.toThrow(/abort/i);
  });
});
