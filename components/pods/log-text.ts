/** A line as it is shown: when the node took it, and what the container wrote. */
export type LogLine = {
  /** Counts from the first line of the page; never reused. */
  readonly number: number;
  /** RFC 3339 as the node wrote it; empty for a line without one. */
  readonly at: string;
  readonly text: string;
};

const stamped = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)) ?/;

/** Splits a part of a log into lines, numbered on from a given one. */
export function logLines(text: string, from: number): LogLine[] {
  if (text === '') return [];
  return text.split('\n').map((line, index) => {
    const at = stamped.exec(line);
    return { number: from + index, at: at?.[1] ?? '', text: at === null ? line : line.slice(at[0].length) };
  });
}

/** How serious a line calls itself, by the first level that stands in its beginning; null for none. */
export function lineLevel(text: string): 'error' | 'warning' | null {
  const level = /\b(?:(FATAL|PANIC|CRITICAL|ERROR|ERR|Traceback)|(WARN|WARNING|INFO|DEBUG|TRACE))\b/i.exec(
    text.slice(0, 120),
  );
  if (level?.[1] !== undefined) return 'error';
  return level?.[2]?.toUpperCase().startsWith('WARN') === true ? 'warning' : null;
}

/** Pieces of a text by whether they are what was searched for, whatever the case; one piece when nothing was. */
export function marked(text: string, wanted: string): { readonly text: string; readonly hit: boolean }[] {
  if (wanted === '') return [{ text, hit: false }];
  const pieces: { text: string; hit: boolean }[] = [];
  const lower = text.toLowerCase();
  let from = 0;
  for (let at = lower.indexOf(wanted.toLowerCase()); at >= 0; ) {
    pieces.push(
      { text: text.slice(from, at), hit: false },
      { text: text.slice(at, at + wanted.length), hit: true },
    );
    from = at + wanted.length;
    at = lower.indexOf(wanted.toLowerCase(), from);
  }
  return [...pieces, { text: text.slice(from), hit: false }].filter((piece) => piece.text !== '');
}

export function matching(lines: readonly LogLine[], wanted: string): readonly LogLine[] {
  const lower = wanted.toLowerCase();
  return lower === '' ? lines : lines.filter(({ text }) => text.toLowerCase().includes(lower));
}

/** Lines as a file or the clipboard takes them. */
export function plainText(lines: readonly LogLine[]): string {
  return lines.map(({ at, text }) => (at === '' ? text : `${at} ${text}`)).join('\n');
}
