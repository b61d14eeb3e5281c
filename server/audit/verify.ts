import * as z from 'zod';
import { type AuditEntry, auditObjectKinds, firstChainFault } from '../../domain/audit.ts';
import { digestOf, sha256 } from '../digest.ts';

const entrySchema = z.strictObject({
  format: z.literal(1),
  chain: z.string(),
  seq: z.int(),
  prevHash: z.string(),
  at: z.string(),
  actorId: z.string(),
  action: z.string(),
  objectKind: z.enum(auditObjectKinds),
  objectId: z.string(),
  beforeDigest: z.string().nullable(),
  afterDigest: z.string().nullable(),
  detailDigest: z.string(),
  origin: z.enum(['live', 'demo']),
});

const lineSchema = z.strictObject({
  entry: entrySchema,
  hash: z.string(),
  detail: z.record(z.string(), z.unknown()).nullable(),
});

export type Verified = {
  readonly ok: true;
  readonly chain: string;
  readonly count: number;
  readonly head: string;
  readonly erasedDetails: number;
};
export type Tampered = {
  readonly ok: false;
  readonly line: number;
  readonly seq: number | null;
  readonly problem: string;
};

/** Checks one exported chain without any database; names the first bad entry. An empty file is a fault: it proves nothing. */
export function verifyExport(text: string): Verified | Tampered {
  const items: { entry: AuditEntry; hash: string; line: number }[] = [];
  let erasedDetails = 0;
  const lines = text.split('\n').filter((line) => line.trim() !== '');
  for (const [index, line] of lines.entries()) {
    const parsed = lineSchema.safeParse(jsonOrNull(line));
    if (!parsed.success)
      return { ok: false, line: index + 1, seq: null, problem: 'it is not an entry of this format' };
    const { entry, hash, detail } = parsed.data;
    items.push({ entry, hash, line: index + 1 });
    // An erased detail is allowed; a changed one is not. The chain itself is checked up to here first.
    const fault = detail !== null && digestOf(detail) !== entry.detailDigest;
    if (fault) {
      const before = firstChainFault(items, sha256);
      return {
        ok: false,
        line: index + 1,
        seq: entry.seq,
        problem: before?.problem ?? 'its detail does not match its digest',
      };
    }
    if (detail === null) erasedDetails += 1;
  }
  const first = items[0];
  if (first === undefined) return { ok: false, line: 0, seq: null, problem: 'the file holds no entries' };
  const stranger = items.find((item) => item.entry.chain !== first.entry.chain);
  if (stranger !== undefined)
    return {
      ok: false,
      line: stranger.line,
      seq: stranger.entry.seq,
      problem: 'it belongs to another chain',
    };
  const fault = firstChainFault(items, sha256);
  if (fault !== null)
    return { ok: false, line: items.find((item) => item.entry.seq === fault.seq)?.line ?? 0, ...fault };
  return {
    ok: true,
    chain: first.entry.chain,
    count: items.length,
    head: items.at(-1)?.hash ?? '',
    erasedDetails,
  };
}

function jsonOrNull(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return null;
  }
}
