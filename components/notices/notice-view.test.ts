import { describe, expect, it } from 'vitest';
import { noticeKinds } from '../../domain/notice-kind.ts';
import { noticeFilter } from './notice-filter.ts';
import { answerText, deliveryStanding, kindWord, noticeStanding, toldText } from './notice-words.ts';

const high = { severity: 'high', lasts: true, endedAt: null, acknowledgedAt: null } as const;

describe('a notice on screen', () => {
  it('of every kind has a word', () => {
    for (const kind of noticeKinds) expect(kindWord(kind)).toMatch(/^[A-Z]/);
  });

  it('is red only while it is high, lasts, and nobody has acknowledged it', () => {
    expect(noticeStanding(high)).toEqual({ tone: 'bad', label: 'High' });
    expect(noticeStanding({ ...high, endedAt: new Date() }).tone).toBe('warn');
    expect(noticeStanding({ ...high, acknowledgedAt: new Date() })).toEqual({
      tone: 'neutral',
      label: 'Acknowledged, lasts',
    });
    expect(noticeStanding({ ...high, severity: 'low' }).tone).toBe('info');
  });

  it('says who was told', () => {
    expect(toldText({ told: { sent: 0, waiting: 0, dead: 0 } })).toBe('nobody');
    expect(toldText({ told: { sent: 2, waiting: 1, dead: 1 } })).toBe('2 told, 1 waiting, 1 given up');
  });

  it.each([
    [{ state: 'waiting', quiet: true, attempts: 0 }, 'Quiet hours'],
    [{ state: 'waiting', quiet: false, attempts: 3 }, 'Is tried again'],
    [{ state: 'dead', quiet: false, attempts: 20 }, 'Given up'],
  ] as const)('has a delivery %j that is "%s"', (delivery, label) => {
    expect(deliveryStanding(delivery).label).toBe(label);
  });

  it('shows what the receiver said', () => {
    const answer = { schema: 1, outcome: 'failed', status: 500, text: 'not now', tookMs: 3 } as const;
    expect(answerText({ answer })).toBe('500 not now');
    expect(answerText({ answer: { ...answer, status: null } })).toBe('not now');
    expect(answerText({ answer: null })).toBe('');
  });

  it('is filtered by what the address says, and by all when that is nonsense', () => {
    expect(noticeFilter({ filter: 'open', kind: 'held' })).toEqual({ filter: 'open', kind: 'held' });
    expect(noticeFilter({ filter: 'x', kind: 'y' })).toEqual({ filter: 'all' });
  });
});
