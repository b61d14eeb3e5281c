import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  inOrder,
  moveDirections,
  movedParts,
  nextEnvironments,
  orderAfter,
  type Placed,
  previousEnvironments,
  rungsOf,
} from './environment-order.ts';

const at = (name: string, position: number, groupName: string | null = null): Placed => ({
  id: name,
  name,
  position,
  groupName,
});
const names = (environments: readonly Placed[]) => environments.map(({ name }) => name);
const places = [
  at('development', 0),
  at('staging', 1),
  at('eu', 2, 'production'),
  at('drills', 3),
  at('us', 4, 'production'),
];

describe('the order of environments', () => {
  it('puts a group together where its first member stands', () => {
    expect(rungsOf(places).map((rung) => names(rung.environments))).toEqual([
      ['development'],
      ['staging'],
      ['eu', 'us'],
      ['drills'],
    ]);
  });

  it('is decided by name where positions are equal', () => {
    expect(names(inOrder([at('b', 1), at('a', 1), at('c', 0)]))).toEqual(['c', 'a', 'b']);
  });

  it('says what comes next: the whole group, and nothing after the last rung', () => {
    expect(names(nextEnvironments(places, 'staging'))).toEqual(['eu', 'us']);
    expect(names(nextEnvironments(places, 'us'))).toEqual(['drills']);
    expect(nextEnvironments(places, 'drills')).toEqual([]);
    expect(nextEnvironments(places, 'unknown')).toEqual([]);
    expect(names(previousEnvironments(places, 'eu'))).toEqual(['staging']);
    expect(previousEnvironments(places, 'development')).toEqual([]);
    expect(previousEnvironments(places, 'unknown')).toEqual([]);
  });

  it.each([
    ['staging', 'earlier', 'environment', ['staging', 'development', 'eu', 'us', 'drills']],
    ['us', 'earlier', 'environment', ['development', 'staging', 'us', 'eu', 'drills']],
    ['us', 'earlier', 'group', ['development', 'eu', 'us', 'staging', 'drills']],
    ['drills', 'earlier', 'environment', ['development', 'staging', 'drills', 'eu', 'us']],
  ] as const)('moves %s %s (%s)', (id, direction, part, then) => {
    const moved = orderAfter(places, { id, direction, part });
    expect('order' in moved && names(moved.order)).toEqual(then);
  });

  it.each([
    ['development', 'earlier', 'environment', 'It is the first in the order already.'],
    ['drills', 'later', 'group', 'It is the last in the order already.'],
    ['eu', 'earlier', 'environment', 'It is the first of the group production already.'],
    ['us', 'later', 'environment', 'It is the last of the group production already.'],
  ] as const)('refuses to move %s %s beyond the end', (id, direction, part, message) => {
    expect(orderAfter(places, { id, direction, part })).toMatchObject({ refusal: { message } });
  });

  it('keeps every environment exactly once and every group together, whatever is moved', () => {
    const environments = fc
      .array(fc.record({ groupName: fc.constantFrom(null, 'a', 'b'), position: fc.nat(4) }), {
        minLength: 1,
        maxLength: 8,
      })
      .map((rows) => rows.map((row, index) => ({ ...row, id: `${index}`, name: `${index}` })));
    fc.assert(
      fc.property(
        environments,
        fc.nat(7),
        fc.constantFrom(...moveDirections),
        fc.constantFrom(...movedParts),
        (rows, which, direction, part) => {
          const moved = orderAfter(rows, { id: `${which % rows.length}`, direction, part });
          if ('refusal' in moved) return;
          expect(names(moved.order).toSorted()).toEqual(names(rows).toSorted());
          const renumbered = moved.order.map((row, position) => ({ ...row, position }));
          expect(names(inOrder(renumbered))).toEqual(names(moved.order));
        },
      ),
    );
  });
});
