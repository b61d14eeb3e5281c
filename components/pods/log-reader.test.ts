import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { logEndings } from '../../domain/log-stream.ts';
import { LogReader, type LogSource } from './log-reader.ts';
import { lineLevel, logLines, marked, matching, plainText } from './log-text.ts';
import type { LogPart } from './pod-answers.ts';

const target = { serviceId: 's', pod: 'p', container: 'model', previous: false };
const at = (second: number) => `2026-11-24T12:00:${String(second).padStart(2, '0')}.000000000Z`;
const part = (text: string, cursor: number, more: Partial<LogPart> = {}): LogPart => ({
  text,
  cursor,
  started: true,
  ending: null,
  ...more,
});

/** Answers each call with the next of what the test wrote down, and keeps what was asked. */
function script(parts: readonly (LogPart | Error)[]) {
  const opened: Parameters<LogSource['open']>[0][] = [];
  const cursors: number[] = [];
  const left = [...parts];
  const source: LogSource = {
    open: async (input) => {
      opened.push(input);
      return { streamId: `stream-${opened.length}` };
    },
    follow: async ({ cursor }) => {
      cursors.push(cursor);
      const next = left.shift() ?? part('', cursor);
      if (next instanceof Error) throw next;
      return next;
    },
    sentence: (error) => String(error),
  };
  return { source, opened, cursors };
}

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

describe('the reader of a log', () => {
  it('collects lines in order and names what it has as read', async () => {
    const { source, cursors } = script([
      part('', 0, { started: false }),
      part(`${at(1)} a\n${at(2)} b`, 2),
      part(`${at(2)} c`, 3),
    ]);
    const reader = new LogReader(source);
    reader.open(target);
    expect(reader.state().phase).toBe('opening');
    await vi.advanceTimersByTimeAsync(5_000);
    expect(reader.state().phase).toBe('reading');
    expect(reader.state().lines.map(({ number, text }) => [number, text])).toEqual([
      [1, 'a'],
      [2, 'b'],
      [3, 'c'],
    ]);
    expect(cursors.slice(0, 4)).toEqual([0, 0, 2, 3]);
    reader.close();
  });

  it('comes no more after it was closed or the log has ended', async () => {
    const ended = script([part(`${at(1)} a`, 1), part('', 1, { ending: logEndings.over })]);
    const reader = new LogReader(ended.source);
    reader.open(target);
    await vi.advanceTimersByTimeAsync(60_000);
    expect(reader.state()).toMatchObject({ phase: 'ended', ending: { kind: 'over' } });
    expect(ended.cursors).toHaveLength(2);
    const closed = script([]);
    const other = new LogReader(closed.source);
    other.open(target);
    await vi.advanceTimersByTimeAsync(3_000);
    const before = closed.cursors.length;
    other.close();
    await vi.advanceTimersByTimeAsync(60_000);
    expect(closed.cursors).toHaveLength(before);
  });

  it('goes on where a capped reading stopped, without a line twice, in the place of the old one', async () => {
    const { source, opened } = script([
      part(`${at(1)} a\n${at(2)} b`, 1),
      part('', 1, { ending: logEndings.tooLong }),
      part(`${at(2)} b\n${at(3)} c`, 1),
    ]);
    const reader = new LogReader(source);
    reader.open(target);
    await vi.advanceTimersByTimeAsync(5_000);
    reader.goOn();
    await vi.advanceTimersByTimeAsync(5_000);
    expect(opened[1]).toMatchObject({ sinceTime: at(2), replaces: 'stream-1' });
    expect(reader.state().lines.map(({ text }) => text)).toEqual(['a', 'b', 'c']);
    reader.close();
  });

  it('puts the next log in the place of the last, so that looking around is not refused', async () => {
    const { source, opened } = script([part(`${at(1)} a`, 1)]);
    const reader = new LogReader(source);
    reader.open(target);
    await vi.advanceTimersByTimeAsync(1_000);
    reader.open({ ...target, container: 'sidecar' });
    expect(reader.state().lines).toEqual([]);
    await vi.advanceTimersByTimeAsync(1_000);
    expect(opened.map(({ container, replaces }) => [container, replaces])).toEqual([
      ['model', undefined],
      ['sidecar', 'stream-1'],
    ]);
    reader.close();
  });

  it('survives calls that fail for a moment, and says why when they go on failing', async () => {
    const failure = new Error('The server is away.');
    const brief = script([failure, part(`${at(1)} a`, 1)]);
    const reader = new LogReader(brief.source);
    reader.open(target);
    await vi.advanceTimersByTimeAsync(5_000);
    expect(reader.state()).toMatchObject({ phase: 'reading', refusal: null });
    reader.close();
    const lasting = new LogReader(script(Array.from({ length: 9 }, () => failure)).source);
    lasting.open(target);
    await vi.advanceTimersByTimeAsync(60_000);
    expect(lasting.state()).toMatchObject({ phase: 'refused', refusal: 'Error: The server is away.' });
  });

  it('keeps the newest twenty thousand lines and counts the others', async () => {
    const many = Array.from({ length: 20_500 }, (_, index) => `line ${index}`).join('\n');
    const reader = new LogReader(script([part(many, 1)]).source);
    reader.open(target);
    await vi.advanceTimersByTimeAsync(1_000);
    expect(reader.state().lines).toHaveLength(20_000);
    expect(reader.state().droppedCount).toBe(500);
    reader.close();
  });
});

describe('the text of a log', () => {
  it('is split into times and lines, and put together again as it was', () => {
    const text = `${at(1)} INFO ready\nno time here\n${at(2)} `;
    const lines = logLines(text, 7);
    expect(lines.map(({ number, text: line }) => [number, line])).toEqual([
      [7, 'INFO ready'],
      [8, 'no time here'],
      [9, ''],
    ]);
    expect(plainText(lines)).toBe(text);
  });

  it('is searched literally and whatever the case', () => {
    const lines = logLines('GET /a.b\nget /axb\nPOST /c', 1);
    expect(matching(lines, 'get /A.').map(({ text }) => text)).toEqual(['GET /a.b']);
    expect(marked('aXbx', 'x')).toEqual([
      { text: 'a', hit: false },
      { text: 'X', hit: true },
      { text: 'b', hit: false },
      { text: 'x', hit: true },
    ]);
    expect(marked('abc', '')).toEqual([{ text: 'abc', hit: false }]);
  });

  it('says its level where it begins with one', () => {
    expect(lineLevel('ERROR http: POST 500')).toBe('error');
    expect(lineLevel('Traceback (most recent call last):')).toBe('error');
    expect(lineLevel('WARN  server: slow')).toBe('warning');
    expect(lineLevel('INFO  http: 200 error="none"')).toBeNull();
    expect(lineLevel('ready')).toBeNull();
  });
});
