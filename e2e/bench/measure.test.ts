import { expect, it } from 'vitest';
import { type Finding, median, report } from './measure.ts';

const finding = (value: number): Finding => ({ name: 'call', value, limit: 4, unit: '×', detail: 'of ten' });

it('takes the middle value, or the mean of the middle two', () => {
  expect(median([9, 1, 5])).toBe(5);
  expect(median([4, 1, 2, 100])).toBe(3);
});

it('says of each finding whether its limit is kept, and is broken by one or by a figure that is none', () => {
  const lines: string[] = [];
  expect(report([finding(4), finding(4.2)], (line) => lines.push(line))).toBe(false);
  expect(lines).toEqual(['kept    call: 4.0× (limit 4×) · of ten', 'BROKEN  call: 4.2× (limit 4×) · of ten']);
  expect(report([finding(1)], () => undefined)).toBe(true);
  expect(report([finding(Number.NaN)], () => undefined)).toBe(false);
});
