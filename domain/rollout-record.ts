import * as z from 'zod';
import { clusterEventSchema, podSchema } from './pod.ts';
import { refusalSchema } from './refusal-schema.ts';
import { checkResultSchema } from './rollout-status.ts';

/** What was wanted of the record, or the sentence that says why it is not there. */
function part<Value extends z.ZodType>(value: Value) {
  return z.discriminatedUnion('kind', [
    z.object({ kind: z.literal('taken'), value }),
    z.object({ kind: z.literal('missing'), why: z.string() }),
  ]);
}

const instant = z.iso.datetime();

const pointSchema = z.tuple([z.number(), z.number().nullable()]);

/** Both arms' chart lines as the rollout's page draws them; times in ms. */
const seriesSchema = z.object({
  from: instant,
  to: instant,
  stepMs: z.number(),
  slowerThanMs: z.number().nullable(),
  revisions: z.array(
    z.object({
      number: z.int(),
      role: z.enum(['stable', 'canary', 'other']),
      label: z.string(),
      requestsPerSecond: z.array(pointSchema),
      errorShare: z.array(pointSchema),
      slowShare: z.array(pointSchema),
      p95Ms: z.array(pointSchema),
    }),
  ),
});

const checkSchema = z.object({
  checkId: z.string(),
  kind: z.enum(['threshold', 'eProcess', 'drift']),
  of: z.enum(['errors', 'slow', 'query', 'inputs', 'predictions']),
  max: z.number().nullable(),
  slowerThanMs: z.number().nullable(),
  /** The last judgement with its figures; null when it was never judged. */
  result: checkResultSchema.nullable(),
  judgedAt: instant.nullable(),
  /** In full, as the metrics source was asked. */
  queries: z.array(z.string()),
});

const verdictSchema = z.object({
  /** Why Fairlead sent traffic back; null when a person did. */
  failure: refusalSchema.nullable(),
  goal: z.enum(['complete', 'abort', 'rollBack']),
  /** Where it stood when the traffic was sent back. */
  stepIndex: z.int(),
  weightPercent: z.number(),
  checks: z.array(checkSchema),
});

const toldRowSchema = z.object({
  /** Kind of the notice. */
  notice: z.string(),
  noticedAt: instant,
  channel: z.string(),
  channelKind: z.string(),
  /** State of the delivery. */
  state: z.string(),
  /** When the receiver answered; null while it has not. */
  at: instant.nullable(),
});
export type ToldRow = z.infer<typeof toldRowSchema>;

const logSchema = z.object({
  pod: z.string(),
  container: z.string(),
  /** Of the run before its last restart. */
  previous: z.boolean(),
  /** Its last lines, without secrets; null when they could not be had. */
  text: z.string().nullable(),
  /** Older lines of these are missing. */
  truncated: z.boolean(),
  why: z.string().nullable(),
});
export type RecordedLog = z.infer<typeof logSchema>;

/** Requests that the revision answered from the start of the rollout; `slow` is null where no check says what slow is. */
const servedRequestsSchema = z.object({
  requests: z.number(),
  failed: z.number(),
  slow: z.number().nullable(),
  slowerThanMs: z.number().nullable(),
  /** Begin of the first interval in which a request failed (or was slow, when that is what broke); null when none did. */
  firstBadAt: instant.nullable(),
  /** End of the newest interval that was counted; null when nothing was. */
  countedUntil: instant.nullable(),
});
export type ServedRequests = z.infer<typeof servedRequestsSchema>;

/**
 * What was known of an abort or roll back before anything was taken away; immutable, its digest is in the audit chain.
 * Names of people are not in it, because it is never erased: the timeline has them.
 */
export const rolloutRecordSchema = z.object({
  schema: z.literal(1),
  rolloutId: z.string(),
  /** The revision that is about to be taken away. */
  revisionNumber: z.int(),
  weightOffAt: instant.nullable(),
  frozenAt: instant,
  verdict: part(verdictSchema),
  requests: part(servedRequestsSchema),
  series: part(seriesSchema),
  pods: part(z.object({ pods: z.array(podSchema), truncated: z.boolean() })),
  events: part(z.object({ events: z.array(clusterEventSchema), truncated: z.boolean() })),
  logs: part(z.array(logSchema)),
  told: part(z.array(toldRowSchema)),
});
export type RolloutRecord = z.infer<typeof rolloutRecordSchema>;

const partWords = {
  verdict: 'the verdict',
  requests: 'the counted requests',
  series: 'the series',
  pods: 'the pods',
  events: 'the Events',
  logs: 'the logs',
  told: 'who was told',
} as const satisfies Partial<Record<keyof RolloutRecord, string>>;

/** What is missing in a record, each with its sentence; empty when it is whole. */
export function missingParts(record: RolloutRecord): { name: string; why: string }[] {
  const keys = Object.keys(partWords) as (keyof typeof partWords)[];
  return keys.flatMap((key) => {
    const found = record[key];
    return found.kind === 'missing' ? [{ name: partWords[key], why: found.why }] : [];
  });
}
