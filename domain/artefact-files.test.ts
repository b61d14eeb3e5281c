import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { comparePaths, fileListProblem, fileListText, filePathProblem } from './artefact-files.ts';

const file = (path: string, size = 1) => ({ path, size, sha256: 'a'.repeat(64) });

describe('the list of files', () => {
  it('has a line per file in the order of the paths, whatever order they come in', () => {
    const text = `a\t1\t${'a'.repeat(64)}\na b\t2\t${'a'.repeat(64)}\na/b\t3\t${'a'.repeat(64)}\n`;
    expect(fileListText([file('a/b', 3), file('a'), file('a b', 2)])).toBe(text);
    expect(fileListText([])).toBe('');
  });

  it('orders paths by their UTF-8 bytes, also where JavaScript orders otherwise', () => {
    expect(['\u{1F600}', '\uFF5E'].sort()[0]).toBe('\u{1F600}');
    expect(comparePaths('\u{1F600}', '\uFF5E')).toBeGreaterThan(0);
    const text = fc.string({ unit: 'binary', maxLength: 8 });
    fc.assert(
      fc.property(text, text, (left, right) => {
        expect(Math.sign(comparePaths(left, right))).toBe(
          Buffer.compare(Buffer.from(left), Buffer.from(right)),
        );
      }),
    );
  });

  it('cannot be read in two ways: different lists have different texts', () => {
    const path = fc.string({ maxLength: 6 }).filter((text) => filePathProblem(text) === null);
    const files = fc
      .uniqueArray(fc.tuple(path, fc.nat(99)), { selector: ([name]) => name, maxLength: 4 })
      .map((pairs) => pairs.map(([name, size]) => file(name, size)));
    const sorted = (list: { path: string; size: number }[]) =>
      list.toSorted((left, right) => comparePaths(left.path, right.path));
    fc.assert(
      fc.property(files, files, (left, right) => {
        if (fileListText(left) === fileListText(right)) expect(sorted(left)).toEqual(sorted(right));
      }),
    );
  });
});

describe('a path', () => {
  it.each([
    ['', /no path below a folder/],
    ['/etc/passwd', /no path below a folder/],
    ['a//b', /no path below a folder/],
    ['../a', /no path below a folder/],
    ['a/./b', /no path below a folder/],
    ['a\tb', /control character or a backslash/],
    ['a\nb', /control character or a backslash/],
    ['a\\b', /control character or a backslash/],
    ['a\uFFFD', /not UTF-8/],
    ['a\uD800', /not UTF-8/],
    ['e\u0301', /not in Unicode's form NFC/],
    ['x'.repeat(1_025), /longer than 1024/],
  ])('%j is refused in a sentence', (path, sentence) => {
    expect(filePathProblem(path)).toMatch(sentence);
  });

  it.each(['a', 'a b/c.bin', '.hidden', '\u00e9/模型.bin', 'x'.repeat(1_024)])(
    '%j may be in a list',
    (path) => {
      expect(filePathProblem(path)).toBeNull();
    },
  );
});

it('a list of no files, of a file twice and of too many is refused in a sentence', () => {
  expect(fileListProblem([])).toBe('There is no file in it.');
  expect(fileListProblem([{ path: 'a' }, { path: 'a' }])).toBe('"a" is in it twice.');
  const many = Array.from({ length: 10_001 }, (_, index) => ({ path: `f${index}` }));
  expect(fileListProblem(many)).toMatch(/more than 10,000 files/);
  expect(fileListProblem(many.slice(1))).toBeNull();
});
