import { expect, test } from 'vitest';
import { modelHref, nameOfSegment, numberOfSegment, versionPath } from './model-links.ts';

test.each(['fraud-detector', 'größe 2', '50 % off', 'a?b#c'])(
  'the name %j survives the way through an address',
  (name) => {
    expect(nameOfSegment(modelHref(name).replace('/models/', ''))).toBe(name);
    expect(versionPath(name, 7)).toBe(`${modelHref(name)}/versions/7`);
  },
);

test('a broken escape is no reason to fail', () => {
  expect(nameOfSegment('%E0%A4%A')).toBe('%E0%A4%A');
});

test.each([
  ['7', 7],
  ['0', null],
  ['07', null],
  ['-1', null],
  ['1e3', null],
  ['12345678901', null],
])('%j as a version number is %j', (segment, number) => {
  expect(numberOfSegment(segment)).toBe(number);
});
