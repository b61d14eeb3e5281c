import { expect, test } from 'vitest';
import type { Proof } from '../../domain/proving.ts';
import { soFarMs } from './proof-words.ts';

const minuteMs = 60_000;
const proof: Proof = {
  environment: 'staging',
  healthyMs: 120 * minuteMs,
  serviceId: 'service',
  state: 'counting',
  since: new Date(0),
  soFarMs: 60 * minuteMs,
  doneAt: new Date(120 * minuteMs),
};

test('the time so far grows with the clock while it runs, and never beyond what is asked or below what was told', () => {
  expect(soFarMs(proof, 72 * minuteMs)).toBe(72 * minuteMs);
  expect(soFarMs(proof, 500 * minuteMs)).toBe(120 * minuteMs);
  expect(soFarMs(proof, 10 * minuteMs)).toBe(60 * minuteMs);
});

test('the time so far stands still while nothing counts', () => {
  expect(soFarMs({ ...proof, state: 'shared', since: null, doneAt: null }, 99 * minuteMs)).toBe(
    60 * minuteMs,
  );
});
