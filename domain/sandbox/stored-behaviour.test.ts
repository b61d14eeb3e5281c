import { describe, expect, test } from 'vitest';
import {
  defaultClusterBehaviour,
  defaultModelVersionBehaviour,
  defaultServiceBehaviour,
  sandboxChangeSchema,
  valueAt,
} from '../sandbox.ts';
import { behavioursFrom } from './stored-behaviour.ts';

const at = (second: number) => new Date(Date.UTC(2026, 0, 1, 0, 0, second));

describe('stored behaviours', () => {
  test('become timelines by subject, in order of time, without their schema number', () => {
    const row = (subject: string, second: number, behaviour: object) => ({
      subject,
      fromAt: at(second),
      behaviour: { schema: 1, ...behaviour },
    });
    const read = behavioursFrom([
      row('service:a', 20, { ...defaultServiceBehaviour, requestsPerSecond: 2 }),
      row('service:a', 10, { ...defaultServiceBehaviour, requestsPerSecond: 1 }),
      row('modelVersion:b', 5, { ...defaultModelVersionBehaviour, errorShare: 0.5 }),
      row('cluster', 5, { ...defaultClusterBehaviour, fault: 'unreachable' }),
    ]);
    expect(read.services.get('a')).toEqual([
      { atMs: at(10).getTime(), value: { requestsPerSecond: 1, fault: 'none' } },
      { atMs: at(20).getTime(), value: { requestsPerSecond: 2, fault: 'none' } },
    ]);
    expect(read.modelVersions.get('b')?.[0]?.value.errorShare).toBe(0.5);
    expect(read.cluster[0]?.value.fault).toBe('unreachable');
  });

  test('of another schema are not read', () => {
    const behaviour = { schema: 2, ...defaultServiceBehaviour };
    expect(() => behavioursFrom([{ subject: 'service:a', fromAt: at(0), behaviour }])).toThrow();
  });

  test('hold from their instant on, and the default holds before', () => {
    const timeline = [10, 20, 30].map((atMs) => ({ atMs, value: atMs }));
    expect([9, 10, 19, 20, 29, 30, 31].map((instant) => valueAt(timeline, instant, 0))).toEqual([
      0, 10, 10, 20, 20, 30, 30,
    ]);
    expect(valueAt([], 5, 7)).toBe(7);
  });
});

describe('what the sandbox may be told', () => {
  const serviceId = '0190a5f0-0000-7000-8000-000000000000';
  test.each([
    [
      'a share above 1',
      { subject: 'modelVersion', modelVersionId: serviceId, behaviour: { errorShare: 1.1 } },
    ],
    ['negative traffic', { subject: 'service', serviceId, behaviour: { requestsPerSecond: -1 } }],
    ['an unknown field', { subject: 'service', serviceId, behaviour: { requests: 1 } }],
    ["another subject's fault", { subject: 'cluster', behaviour: { fault: 'crashLoop' } }],
    ['a service without an id', { subject: 'service', behaviour: {} }],
  ])('is not %s', (_, change) => {
    expect(sandboxChangeSchema.safeParse(change).success).toBe(false);
  });

  test('is any part of a behaviour', () => {
    const change = { subject: 'service', serviceId, behaviour: { fault: 'fight' } };
    expect(sandboxChangeSchema.parse(change)).toEqual(change);
  });
});
