import type { Queries } from '../../db/client.ts';
import type { AuditEntry } from '../../domain/audit.ts';
import { chainPage } from './queries.ts';

/** One line of an export: the hashed entry as it was hashed, its hash, and the detail that its digest binds. */
type ExportLine = {
  readonly entry: AuditEntry;
  readonly hash: string;
  readonly detail: Record<string, unknown> | null;
};

const pageSize = 500;

/** The chain as JSON Lines, oldest first; memory stays bounded whatever its length. */
export async function* exportLines(db: Queries, chain: string): AsyncGenerator<string> {
  for (let afterSeq = 0; ; ) {
    const rows = await chainPage(db, chain, { afterSeq, limit: pageSize });
    for (const { entry: row, detail: found } of rows) {
      const { hash, at, ...rest } = row;
      const entry = { ...rest, at: at.toISOString() } as AuditEntry;
      const detail = found === null ? null : withoutKey(found);
      yield `${JSON.stringify({ entry, hash, detail } satisfies ExportLine)}\n`;
    }
    const last = rows.at(-1);
    if (last === undefined || rows.length < pageSize) return;
    afterSeq = last.entry.seq;
  }
}

function withoutKey(detail: { chain: string; seq: number }): Record<string, unknown> {
  const { chain: _chain, seq: _seq, ...rest } = detail;
  return rest;
}
