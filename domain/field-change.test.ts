import { describe, expect, it } from 'vitest';
import { fieldChanges, fieldsOf } from './field-change.ts';

describe('fieldChanges', () => {
  it('is empty for equal values, whatever the order of their keys', () => {
    const left = fieldsOf({ a: 1, b: { c: [true, null] } });
    const right = fieldsOf({ b: { c: [true, null] }, a: 1 });
    expect(fieldChanges(left, right)).toEqual([]);
  });

  it('names changed, new and removed fields by path', () => {
    const before = fieldsOf({ image: 'a', args: ['x'], gone: 1 });
    const after = fieldsOf({ image: 'b', args: ['x', 'y'] });
    expect(fieldChanges(before, after)).toEqual([
      { field: 'args[1]', change: 'NEW', after: 'y' },
      { field: 'gone', change: 'REMOVED', before: '1' },
      { field: 'image', change: 'CHANGED', before: 'a', after: 'b' },
    ]);
  });

  it('keys lists of named things by name, so that one inserted in front changes nothing else', () => {
    const env = (names: string[]) => ({ env: names.map((name) => ({ name, value: name })) });
    expect(fieldChanges(fieldsOf(env(['B'])), fieldsOf(env(['A', 'B'])))).toEqual([
      { field: 'env[A].value', change: 'NEW', after: 'A' },
    ]);
  });

  it('keeps an empty object and an empty list as fields', () => {
    expect([...fieldsOf({ emptyDir: {}, list: [] })]).toEqual([
      ['emptyDir', '{}'],
      ['list', '[]'],
    ]);
  });
});
