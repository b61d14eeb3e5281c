import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type Proof,
  type ProvingHistory,
  proofBlocker,
  proofOf,
  provingPlaceRefusal,
  provingText,
} from './proving.ts';
import type { ServiceHealth } from './service-health.ts';

const minuteMs = 60_000;
const at = (minute: number) => new Date(minute * minuteMs);
const span = (from: number, to: number | null) => ({ fromAt: at(from), toAt: to === null ? null : at(to) });
const rule = { environment: 'staging', healthyMs: 120 * minuteMs };

type Told = readonly (readonly [ServiceHealth, number, number | null])[];

function history(told: Told, part: Partial<ProvingHistory> = {}): ProvingHistory {
  return {
    stable: [span(0, null)],
    health: told.map(([health, from, to]) => ({ health, ...span(from, to) })),
    now: at(150),
    knownUntil: at(150),
    ...part,
  };
}

const judged = (told: Told, part?: Partial<ProvingHistory>): Proof =>
  proofOf(rule, 'service', history(told, part));

describe('a version proves itself', () => {
  it.each<[string, Told, Partial<ProvingHistory>]>([
    ['by being healthy for the time until now', [['healthy', 20, null]], {}],
    ['although another version has replaced it since', [['healthy', 0, 140]], { stable: [span(0, 121)] }],
    [
      'although a rollout began beside it afterwards',
      [
        ['healthy', 0, 125],
        ['shared', 125, null],
      ],
      {},
    ],
    [
      'although nobody could look afterwards',
      [
        ['healthy', 0, 125],
        ['unread', 125, null],
      ],
      {},
    ],
    [
      'over two revisions of it that follow each other at once',
      [['healthy', 0, null]],
      { stable: [span(10, 70), span(70, null)] },
    ],
  ])('%s', (_how, told, part) => {
    expect(judged(told, part)).toMatchObject({ state: 'met', doneAt: null });
  });

  it('is on its way while the time runs, and says from when and until when', () => {
    expect(judged([['healthy', 78, null]])).toMatchObject({
      state: 'counting',
      since: at(78),
      soFarMs: 72 * minuteMs,
      doneAt: at(198),
    });
  });

  it.each<[string, Told, Partial<ProvingHistory>, object]>([
    ['was never stable there', [['healthy', 0, null]], { stable: [] }, { state: 'neverThere', soFarMs: 0 }],
    [
      'was replaced too early',
      [['healthy', 0, null]],
      { stable: [span(0, 45)] },
      { state: 'replaced', soFarMs: 45 * minuteMs },
    ],
    [
      'shares the traffic with a rollout',
      [
        ['healthy', 0, 90],
        ['shared', 90, null],
      ],
      {},
      { state: 'shared', soFarMs: 90 * minuteMs },
    ],
    [
      'is not healthy now, and what was before is void',
      [
        ['healthy', 0, 149],
        ['unhealthy', 149, null],
      ],
      {},
      { state: 'unhealthy', soFarMs: 0 },
    ],
    [
      'cannot be seen now',
      [
        ['healthy', 0, 90],
        ['unread', 90, null],
      ],
      {},
      { state: 'unread' },
    ],
    [
      'was not looked at for too long',
      [['healthy', 60, null]],
      { knownUntil: at(100) },
      { state: 'unread', soFarMs: 40 * minuteMs },
    ],
    ['serves nobody', [['idle', 0, null]], {}, { state: 'idle' }],
  ])('does not count while it %s', (_how, told, part, expected) => {
    expect(judged(told, part)).toMatchObject({ ...expected, since: null, doneAt: null });
  });

  it('begins again after an unhealthy moment, however long it was healthy before', () => {
    const told: Told = [
      ['healthy', 0, 130],
      ['unhealthy', 130, 131],
      ['healthy', 131, null],
    ];
    expect(judged(told)).toMatchObject({ state: 'counting', since: at(131), doneAt: at(251) });
  });

  it('is not blamed for what the version before or after it did', () => {
    const told: Told = [
      ['unhealthy', 0, 10],
      ['healthy', 10, 140],
      ['unhealthy', 140, null],
    ];
    expect(judged(told, { stable: [span(10, 140)] })).toMatchObject({ state: 'met' });
  });

  it('does not add up stretches that a rollout separates', () => {
    const told: Told = [
      ['healthy', 0, 80],
      ['shared', 80, 85],
      ['healthy', 85, null],
    ];
    expect(judged(told)).toMatchObject({ state: 'counting', since: at(85), soFarMs: 65 * minuteMs });
  });

  it('never in less time than asked, and never with an unhealthy moment after the stretch', () => {
    const healths = fc.array(
      fc.record({
        health: fc.constantFrom<ServiceHealth>('healthy', 'shared', 'unhealthy', 'unread'),
        minutes: fc.integer({ min: 1, max: 200 }),
      }),
      { minLength: 1, maxLength: 12 },
    );
    fc.assert(
      fc.property(healths, (entries) => {
        let from = 0;
        const told = entries.map(({ health, minutes }, index): Told[number] => {
          const begin = from;
          from += minutes;
          return [health, begin, index === entries.length - 1 ? null : from];
        });
        const proof = judged(told, { now: at(from), knownUntil: at(from) });
        const lastBad = entries.findLastIndex(({ health }) => health === 'unhealthy');
        const after = entries.slice(lastBad + 1);
        const longest = after.reduce(
          ({ best, run }, { health, minutes }) => {
            const next = health === 'healthy' ? run + minutes : 0;
            return { best: Math.max(best, next), run: next };
          },
          { best: 0, run: 0 },
        ).best;
        expect(proof.state === 'met').toBe(longest >= 120);
      }),
    );
  });
});

describe('what a promotion waits for', () => {
  const names = { versionName: 'fraud 7', serviceName: 'scoring' };

  it('is nothing once the proof is met', () => {
    expect(proofBlocker(judged([['healthy', 0, null]]), names)).toBeNull();
  });

  it('ends by itself while the time runs, in words that do not change with time', () => {
    const told: Told = [['healthy', 78, null]];
    const now = proofBlocker(judged(told), names);
    expect(now).toMatchObject({
      code: 'healthyTimeMissing',
      message: 'fraud 7 has to be healthy at 100 % in staging for 2 h first; it is, and the time runs.',
      until: at(198).toISOString(),
      owner: null,
    });
    const later = judged(told, { now: at(160), knownUntil: at(160) });
    expect(proofBlocker(later, names)).toEqual(now);
  });

  it.each<[string, Told, Partial<ProvingHistory>, string | null]>([
    ['it was never at 100 % there.', [], { stable: [] }, 'Promote it to scoring in staging.'],
    ['another version serves there now.', [['healthy', 0, null]], { stable: [span(0, 45)] }, null],
    ['it is not healthy now, so the time begins again when it is.', [['unhealthy', 0, null]], {}, null],
    [
      'a rollout is under way beside it, so it is not alone at 100 %.',
      [
        ['healthy', 0, 9],
        ['shared', 9, null],
      ],
      {},
      null,
    ],
  ])('says why no time runs: %s', (words, told, part, fix) => {
    const found = proofBlocker(judged(told, part), names);
    expect(found?.message).toContain(words);
    expect(found).toMatchObject({ fix, until: null });
  });

  it('is refused with its own sentence where no version could ever meet it', () => {
    const places = { environments: ['staging', 'production'], services: ['production'] };
    expect(provingText(rule)).toBe('healthy at 100 % in staging for 2 h');
    expect(provingPlaceRefusal(rule, 'scoring', places)).toMatchObject({
      code: 'serviceMissing',
      message: expect.stringContaining('there is no service "scoring" in staging'),
    });
    expect(provingPlaceRefusal({ ...rule, environment: 'stagign' }, 'scoring', places)).toMatchObject({
      code: 'policyUnsatisfiable',
      message: expect.stringContaining('no environment of that name'),
    });
    expect(provingPlaceRefusal({ ...rule, environment: 'production' }, 'scoring', places)).toBeNull();
  });
});
