import { canonicalJson } from './canonical-json.ts';

/** Kinds of objects that acts are about. */
export const auditObjectKinds = [
  'project',
  'user',
  'membership',
  'token',
  'session',
  'cluster',
  'egressAllowance',
  'price',
  'bill',
  'identityProvider',
  'environment',
  'policy',
  'model',
  'modelVersion',
  'evidence',
  'service',
  'serviceRevision',
  'promotion',
  'rollout',
  'notice',
  'channel',
  'heartbeat',
  'sandbox',
  'linkTemplate',
  'metricTemplate',
  'budget',
  'attributionRule',
  'ledgerMonth',
  'driftMonitor',
  'driftAlert',
  'share',
  'retrain',
  'board',
  'annotation',
] as const;
export type AuditObjectKind = (typeof auditObjectKinds)[number];

/** The hashed half of an entry; names, comments and values stay in the erasable detail, bound by its digest. */
export type AuditEntry = {
  readonly format: 1;
  /** `project:<id>` or `instance`. */
  readonly chain: string;
  /** 1, 2, 3 … without gaps. */
  readonly seq: number;
  readonly prevHash: string;
  /** ISO time in UTC, milliseconds. */
  readonly at: string;
  readonly actorId: string;
  readonly action: string;
  readonly objectKind: AuditObjectKind;
  readonly objectId: string;
  readonly beforeDigest: string | null;
  readonly afterDigest: string | null;
  readonly detailDigest: string;
  readonly origin: 'live' | 'demo';
};

/** prevHash of the first entry of every chain. */
export const genesisHash = `sha256:${'0'.repeat(64)}`;

/** The text whose SHA-256 is the entry's hash. */
export function entryPreimage(entry: AuditEntry): string {
  return canonicalJson(entry);
}

export type ChainFault = { readonly seq: number; readonly problem: string };

/**
 * Walks one chain in order and returns the first fault, or null. `hash` maps a text to `sha256:<hex>`;
 * each item is an entry with the hash stored beside it.
 */
export function firstChainFault(
  items: readonly { entry: AuditEntry; hash: string }[],
  hash: (text: string) => string,
): ChainFault | null {
  let prevHash = genesisHash;
  let seq = 0;
  let at = '';
  for (const item of items) {
    const { entry } = item;
    if (entry.seq !== seq + 1)
      return { seq: entry.seq, problem: `entry ${seq + 1} is missing or out of order` };
    if (entry.prevHash !== prevHash)
      return { seq: entry.seq, problem: 'it does not follow from the entry before it' };
    if (hash(entryPreimage(entry)) !== item.hash)
      return { seq: entry.seq, problem: 'its content does not match its hash' };
    if (entry.at < at) return { seq: entry.seq, problem: 'its time is before that of the entry before it' };
    prevHash = item.hash;
    seq = entry.seq;
    at = entry.at;
  }
  return null;
}
