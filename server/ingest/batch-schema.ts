import * as z from 'zod';
import { mostBatchRows } from '../../domain/drift/row-reject.ts';
import { sentCountsSchema } from '../../domain/drift/sent-counts.ts';
import { sentQueriesSchema } from '../../domain/queries/patterns.ts';

/** Keys and names are stored as they come. */
const name = (most: number) =>
  z
    .string()
    .min(1, 'It must not be empty.')
    .max(most)
    .regex(/^[^\p{Cc}\p{Cs}]*$/u, 'It has a control character.');

const head = z.strictObject({
  /** Who sends; one sender never gives two batches one id. */
  source: name(200),
  batchId: name(200),
  /** Id or name; a token of one service needs neither. */
  service: name(100).optional(),
  environment: name(100).optional(),
  revision: z.int().min(1).optional(),
  pod: name(253).optional(),
  model: name(256).optional(),
  version: z.coerce.number().int().min(1).optional(),
});

export const rowsBatchSchema = head.extend({
  /** Who asked, by keys that our client has hashed. */
  queries: sentQueriesSchema.optional(),
  rows: z
    .array(z.unknown())
    .min(1, 'The batch has no rows.')
    .max(mostBatchRows, `A batch has at most ${mostBatchRows} rows: send several.`),
});

export const countsBatchSchema = head.extend({
  /** Digest of the binning on which the counts were made. */
  binning: name(100),
  /** Start of 5 minutes, UTC. */
  window: z.iso.datetime({ offset: true }),
  counts: sentCountsSchema,
});

/** A line of history that was counted where its rows lie. */
export const hourCountsSchema = z.strictObject({
  binning: name(100),
  /** Start of an hour, UTC. */
  hour: z.iso.datetime({ offset: true }),
  counts: sentCountsSchema,
});

/** A record of Kafka: its place in the log tells it apart where it has no id. */
const unnamed = { source: head.shape.source.optional(), batchId: head.shape.batchId.optional() };
export const rowsRecordSchema = rowsBatchSchema.extend(unnamed);
export const countsRecordSchema = countsBatchSchema.extend(unnamed);

export type BatchHead = z.output<typeof head>;

/** Of history: the parameters of the address; the body is the file, CSV or lines of counts. */
export const historySchema = head
  .omit({ batchId: true, pod: true })
  .extend({ revision: z.coerce.number().int().min(1).optional() });

/** Of an export of metrics: which service, where the token does not say. */
export const otlpSchema = head.pick({ service: true, environment: true });
