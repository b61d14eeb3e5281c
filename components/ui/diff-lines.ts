import { structuredPatch } from 'diff';

export type DiffLine = {
  kind: 'same' | 'added' | 'removed';
  text: string;
  beforeLine: number | null;
  afterLine: number | null;
};

export type DiffHunk = { header: string; lines: readonly DiffLine[] };

/** Unified hunks with `context` unchanged lines around each change; equal texts give none. */
export function diffHunks(before: string, after: string, context = 3): readonly DiffHunk[] {
  const patch = structuredPatch('before', 'after', withEnd(before), withEnd(after), undefined, undefined, {
    context,
  });
  return patch.hunks.map((hunk) => {
    let beforeLine = hunk.oldStart;
    let afterLine = hunk.newStart;
    const lines = hunk.lines.map((line): DiffLine => {
      const text = line.slice(1);
      if (line.startsWith('+')) return { kind: 'added', text, beforeLine: null, afterLine: afterLine++ };
      if (line.startsWith('-')) return { kind: 'removed', text, beforeLine: beforeLine++, afterLine: null };
      return { kind: 'same', text, beforeLine: beforeLine++, afterLine: afterLine++ };
    });
    return { header: `Lines ${hunk.newStart}–${hunk.newStart + Math.max(hunk.newLines, 1) - 1}`, lines };
  });
}

/** One newline at the end on both sides, so that a missing one is not shown as a change. */
function withEnd(text: string): string {
  return text === '' || text.endsWith('\n') ? text : `${text}\n`;
}

export type FieldChange = { field: string; before?: string | undefined; after?: string | undefined };
export type ChangeKind = 'NEW' | 'REMOVED' | 'CHANGED' | 'SAME';

export function changeKind({ before, after }: FieldChange): ChangeKind {
  if (before === after) return 'SAME';
  if (before === undefined) return 'NEW';
  return after === undefined ? 'REMOVED' : 'CHANGED';
}
