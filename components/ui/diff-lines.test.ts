import { describe, expect, test } from 'vitest';
import { changeKind, diffHunks } from './diff-lines.ts';

const before = [
  'kind: Deployment',
  'spec:',
  '  replicas: 4',
  '  paused: false',
  'a',
  'b',
  'c',
  'd',
  'e',
  'f: 1',
].join('\n');

describe('a text diff', () => {
  test('of equal texts shows nothing', () => {
    expect(diffHunks(before, before)).toEqual([]);
  });

  test('does not call a missing last newline a change', () => {
    expect(diffHunks(before, `${before}\n`)).toEqual([]);
  });

  test('numbers each line on the side where it stands', () => {
    const [hunk] = diffHunks(before, before.replace('replicas: 4', 'replicas: 6'), 1);
    expect(hunk?.lines).toEqual([
      { kind: 'same', text: 'spec:', beforeLine: 2, afterLine: 2 },
      { kind: 'removed', text: '  replicas: 4', beforeLine: 3, afterLine: null },
      { kind: 'added', text: '  replicas: 6', beforeLine: null, afterLine: 3 },
      { kind: 'same', text: '  paused: false', beforeLine: 4, afterLine: 4 },
    ]);
  });

  test('far changes stand in hunks of their own', () => {
    const after = before.replace('replicas: 4', 'replicas: 6').replace('f: 1', 'f: 2');
    expect(diffHunks(before, after, 1)).toHaveLength(2);
  });

  test('from nothing is all added', () => {
    const lines = diffHunks('', 'a\nb').flatMap((hunk) => hunk.lines);
    expect(lines.map(({ kind, text }) => [kind, text])).toEqual([
      ['added', 'a'],
      ['added', 'b'],
    ]);
  });
});

describe('a field', () => {
  test.each([
    [{ field: 'x', before: '1', after: '2' }, 'CHANGED'],
    [{ field: 'x', after: '2' }, 'NEW'],
    [{ field: 'x', before: '1' }, 'REMOVED'],
    [{ field: 'x', before: '1', after: '1' }, 'SAME'],
    [{ field: 'x', before: '', after: '1' }, 'CHANGED'],
  ])('%o is %s', (change, kind) => {
    expect(changeKind(change)).toBe(kind);
  });
});
