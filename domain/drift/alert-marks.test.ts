import { describe, expect, it } from 'vitest';
import { alertStates, clearedState, entersReference, markRefusal } from './alert-marks.ts';

const now = new Date('2026-11-25T10:00:00Z');
const later = (days: number) => new Date(now.getTime() + days * 86_400_000);

describe('a mark of an alert', () => {
  it('that it has already is refused, and every other one is taken while it lasts', () => {
    for (const state of alertStates)
      for (const kind of ['open', 'acknowledged', 'dataFault', 'real'] as const)
        expect(markRefusal({ state, clearedAt: null }, { kind }, now)?.code).toBe(
          state === kind ? 'conflict' : undefined,
        );
  });

  it('of a cleared one says only what it was', () => {
    const cleared = { state: 'cleared', clearedAt: now } as const;
    expect(markRefusal(cleared, { kind: 'real' }, now)).toBeNull();
    expect(markRefusal(cleared, { kind: 'dataFault' }, now)).toBeNull();
    expect(markRefusal(cleared, { kind: 'acknowledged' }, now)?.code).toBe('wrongState');
    expect(markRefusal(cleared, { kind: 'snoozed', until: later(1) }, now)?.code).toBe('wrongState');
  });

  it('until a time needs one within 92 days to come', () => {
    const open = { state: 'open', clearedAt: null } as const;
    expect(markRefusal(open, { kind: 'expected', until: later(7) }, now)).toBeNull();
    expect(markRefusal(open, { kind: 'snoozed', until: later(-1) }, now)?.code).toBe('invalidInput');
    expect(markRefusal(open, { kind: 'expected', until: later(93) }, now)?.code).toBe('invalidInput');
  });
});

it('only windows under an expected alert become part of references', () => {
  expect(alertStates.filter((state) => entersReference({ state }))).toEqual(['expected']);
});

it('an alert that ends by itself keeps what people said of it', () => {
  expect(alertStates.map(clearedState)).toEqual([
    'cleared',
    'cleared',
    'expected',
    'dataFault',
    'real',
    'cleared',
  ]);
});
