import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LogCleaner, plainLine } from './log-lines.ts';

const escape = '\u001b';

/** Any UTF-16 unit, the control characters as often as all others. */
const sign = fc.oneof(fc.nat(0x9f), fc.nat(0xffff)).map((code) => String.fromCharCode(code));

describe('a line of a log', () => {
  it.each([
    ['colours', `${escape}[31mERROR${escape}[0m failed`, 'ERROR failed'],
    ['cursor moves', `50%${escape}[2K${escape}[1G100%`, '50%100%'],
    ['a title of a terminal', `${escape}]0;owned\u0007ready`, 'ready'],
    ['a carriage return at its end', 'ready\r', 'ready'],
    ['a carriage return inside', 'ready\rfake', 'ready\ufffdfake'],
    ['NUL, which no database takes', 'a\u0000b', 'a\ufffdb'],
    ['an escape that is cut off', `ready${escape}`, 'ready\ufffd'],
    ['a turn of the direction of reading', 'safe\u202egpj.exe', 'safe\ufffdgpj.exe'],
  ])('loses %s', (_, line, plain) => {
    expect(plainLine(line)).toBe(plain);
  });

  it('keeps ordinary text as it is, tabs and other scripts too', () => {
    const line = '2026-11-24T12:00:00Z\tINFO Größe=3 模型 ready 🚀';
    expect(plainLine(line)).toBe(line);
  });

  it('that never ends is cut, and says by how much', () => {
    expect(plainLine('x'.repeat(5_000))).toBe(`${'x'.repeat(4_000)} … 1000 more characters`);
  });

  it('never holds a control character, whatever it is made of', () => {
    fc.assert(
      fc.property(fc.string({ unit: sign }), (line) => {
        expect(
          plainLine(line)
            .split('')
            .some((each) => each < ' ' && each !== '\t'),
        ).toBe(false);
      }),
    );
  });

  it('is cleaned quickly even when it is made to be slow', () => {
    const startedAt = performance.now();
    plainLine(`${escape}[`.repeat(30_000));
    plainLine(`${escape}]`.repeat(30_000));
    expect(performance.now() - startedAt).toBeLessThan(200);
  });
});

describe('the lines of a log', () => {
  const cleaner = () => new LogCleaner((text) => text.replaceAll('hunter2', '[redacted]'));

  it('lose what looks like a secret', () => {
    expect(cleaner().clean(['password=hunter2 ok', 'next'])).toEqual(['password=[redacted] ok', 'next']);
  });

  it('lose a private key over several batches, and go on after it', () => {
    const log = cleaner();
    const first = log.clean(['before', '-----BEGIN RSA PRIVATE KEY-----', 'MIIEpAIBAAKCAQEA']);
    const second = log.clean(['c2VjcmV0', '-----END RSA PRIVATE KEY-----', 'after']);
    expect([...first, ...second].join()).not.toMatch(/MIIE|c2Vj/);
    expect(first[0]).toBe('before');
    expect(second).toEqual(['after']);
  });

  it('are not lost for ever when a key has no end', () => {
    const lines = [
      '-----BEGIN PRIVATE KEY-----',
      ...Array.from({ length: 300 }, (_, index) => `line ${index}`),
    ];
    expect(cleaner().clean(lines).at(-1)).toBe('line 299');
  });
});
