import type * as z from 'zod';
import { packContribution } from '../../domain/drift/contribution.ts';
import { type CountedRows, countRows } from '../../domain/drift/count-rows.ts';
import {
  earliestMs,
  latestMs,
  type RejectCode,
  type RejectedRow,
  rejectSentences,
} from '../../domain/drift/row-reject.ts';
import { contributionOfCounts, windowOf } from '../../domain/drift/sent-counts.ts';
import { isLabelById, isLabelOnly } from '../../domain/drift/sent-row.ts';
import type { SentQueries } from '../../domain/queries/patterns.ts';
import { DomainError } from '../../domain/refusal.ts';
import { sha256 } from '../digest.ts';
import { parseInput } from '../parse-input.ts';
import type { Appended, NewBatch } from './append-batch.ts';
import { type BatchHead, countsBatchSchema, rowsBatchSchema } from './batch-schema.ts';
import type { Caller } from './caller.ts';
import type { IngestParts } from './ingest-parts.ts';
import { jsonOf } from './json-of.ts';
import { namedService } from './named-service.ts';
import type { NamedRows } from './prediction-keys.ts';
import { revisionOf } from './revision-of.ts';
import type { Counting } from './service-catalogue.ts';

/** Rejected rows that one answer tells one by one. */
const mostTold = 100;
/** Unknown names of one batch that are remembered. */
const mostUnknown = 100;

/** What a sender is told of its batch. */
export type BatchAnswer = {
  /** It was stored before and changed nothing now. */
  readonly duplicate: boolean;
  /** `kept`: bins are still learned from first rows. */
  readonly rows: 'counted' | 'kept';
  readonly accepted: number;
  readonly rejected: number;
  /** The first hundred. */
  readonly rejects: readonly { row: number; code: RejectCode; message: string }[];
  /** Rows by name that no feature of the service has. */
  readonly unknown: Readonly<Record<string, number>>;
};

type Prepared = { readonly batch: NewBatch; readonly answer: Omit<BatchAnswer, 'duplicate'> };

/** Takes a batch: answered after the commit that stores it. Throws refusals; nothing is stored then. */
export async function takeBatch(parts: IngestParts, caller: Caller, body: Buffer): Promise<BatchAnswer> {
  const raw = jsonOf(body);
  const hasCounts = typeof raw === 'object' && raw !== null && 'counts' in raw;
  const sent = hasCounts ? parseInput(countsBatchSchema, raw) : parseInput(rowsBatchSchema, raw);
  const serviceId = await namedService(parts.db, caller, sent);
  const counting = await parts.catalogues.of(serviceId);
  // Labels by id count where their prediction does, and whoever sends them need not know which revision that was.
  const isNamed = 'rows' in sent && counting.catalogue.byId !== null && sent.rows.every(isLabelById);
  const revision =
    (isNamed ? counting.catalogue.revisions[0] : undefined) ??
    (await revisionOf(parts.db, counting.catalogue, sent));
  const place = { counting, revisionId: revision.id, sha256: sha256(body) };
  const prepared = 'counts' in sent ? fromCounts(sent, place) : fromRows(sent, sent.rows, place);
  const queries = 'counts' in sent ? undefined : queriesOf(sent.queries, counting.nowMs);
  const appended = await parts.appender.append({ ...prepared.batch, queries });
  return answerOf(prepared, appended);
}

/** What a sender is told: of labels by id only storing them tells which of them found their prediction. */
function answerOf({ answer }: Pick<Prepared, 'answer'>, appended: Appended): BatchAnswer {
  if (typeof appended === 'string') return { duplicate: appended === 'duplicate', ...answer };
  const { rejects, ...counted } = appended;
  const all = [...answer.rejects, ...rejects.map(toldReject)].toSorted((left, right) => left.row - right.row);
  return { ...answer, ...counted, rejects: all.slice(0, mostTold) };
}

const toldReject = ({ row, code }: RejectedRow) => ({ row, code, message: rejectSentences[code] });

/** Only hours of the last day are told of; another one is a clock that is wrong, and no reason to refuse the rows. */
function queriesOf(queries: SentQueries | undefined, nowMs: number): SentQueries | undefined {
  if (queries === undefined) return undefined;
  const ageMs = nowMs - new Date(queries.hour).getTime();
  return ageMs > -3_600_000 && ageMs < 86_400_000 ? queries : undefined;
}

type BatchPlace = { readonly counting: Counting; readonly revisionId: string; readonly sha256: string };

/** Rows of one revision as a batch. */
export function fromRows(
  key: Pick<BatchHead, 'source' | 'batchId'>,
  rows: readonly unknown[],
  { counting, revisionId, sha256: digest }: BatchPlace,
): Prepared {
  const { catalogue, nowMs } = counting;
  const counted = countRows(catalogue.plan, rows, { revisionId, nowMs });
  const learns = catalogue.binnings.length === 0;
  // Before there are bins every name is a new one, and the Connect page proposes features from the rows themselves.
  const unknown = learns ? [] : [...counted.unknown].slice(0, mostUnknown);
  const { rejected, accepted, parts } = counted;
  return {
    batch: {
      projectId: catalogue.projectId,
      serviceId: catalogue.serviceId,
      source: key.source,
      batchId: key.batchId,
      sha256: digest,
      contribution: parts.length === 0 ? null : packContribution(parts),
      rows: accepted.length,
      rejected: rejected.length,
      receivedAt: new Date(nowMs),
      rejectedByReason: countBy(rejected.map(({ code }) => code)),
      unknownNames: unknown.map(([name]) => name),
      sampled: catalogue.wantsReservoir ? accepted.filter((row) => !isLabelOnly(row)) : [],
      named: namedRows(catalogue, counted, revisionId),
    },
    answer: {
      rows: learns ? 'kept' : 'counted',
      accepted: accepted.length,
      rejected: rejected.length,
      rejects: rejected.slice(0, mostTold).map(toldReject),
      unknown: Object.fromEntries(unknown),
    },
  };
}

/** Null where no id is of use. */
function namedRows(
  { byId, plan }: Counting['catalogue'],
  { named, labels, parts }: CountedRows,
  revisionId: string,
): NamedRows | null {
  if (byId === null || named.length + labels.length === 0) return null;
  const { keyOf, mostIds, waitMs } = byId;
  return {
    revisionId,
    plan,
    mostIds,
    waitMs,
    parts,
    predictions: named.map(({ id, ...prediction }) => ({ key: keyOf(id), ...prediction })),
    labels: labels.map(({ row, labelOf, truth }) => ({ row, key: keyOf(labelOf), truth })),
  };
}

/** Counts that their sender made, as a batch; throws a refusal when they cannot be of the service's binning. */
export function fromCounts(
  sent: Pick<z.output<typeof countsBatchSchema>, 'source' | 'batchId' | 'binning' | 'window' | 'counts'>,
  { counting, revisionId, sha256: digest }: BatchPlace,
): Prepared {
  const { catalogue, nowMs } = counting;
  const binningId = catalogue.digests.get(sent.binning);
  const binning = catalogue.binnings.find((one) => one.binningId === binningId);
  if (binning === undefined)
    throw new DomainError({
      code: 'conflict',
      message: `${catalogue.serviceName} does not count on the binning ${sent.binning} (any more).`,
      fix: 'Fetch the binning of the service again and count the rows on it.',
    });
  const windowMs = windowOf(sent.window);
  if (windowMs === null) throw badWindow('window is not the start of 5 minutes (UTC).');
  if (windowMs > nowMs + earliestMs) throw badWindow(rejectSentences.future.replace('ts', 'window'));
  if (windowMs < nowMs - latestMs) throw badWindow(rejectSentences.late.replace('ts', 'window'));
  const found = contributionOfCounts(sent.counts, binning.features, {
    binningId: binning.binningId,
    revisionId,
    windowMs,
    finest: 'fiveMinutes',
  });
  if (typeof found === 'string') throw badWindow(found);
  const unknown = found.unknown.slice(0, mostUnknown);
  return {
    batch: {
      projectId: catalogue.projectId,
      serviceId: catalogue.serviceId,
      source: sent.source,
      batchId: sent.batchId,
      sha256: digest,
      contribution: found.parts.length === 0 ? null : packContribution(found.parts),
      rows: found.rows,
      rejected: 0,
      receivedAt: new Date(nowMs),
      rejectedByReason: new Map(),
      unknownNames: unknown,
      sampled: [],
    },
    answer: {
      rows: 'counted',
      accepted: found.rows,
      rejected: 0,
      rejects: [],
      unknown: Object.fromEntries(unknown.map((name) => [name, found.rows])),
    },
  };
}

const badWindow = (message: string) => new DomainError({ code: 'invalidInput', message });

function countBy<Key>(keys: readonly Key[]): Map<Key, number> {
  const counts = new Map<Key, number>();
  for (const key of keys) counts.set(key, (counts.get(key) ?? 0) + 1);
  return counts;
}
