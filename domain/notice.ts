import * as z from 'zod';
import { retrainPayloadSchema } from './retrain/request.ts';

/** Where it happened, by the names that people use. */
const place = { service: z.string(), environment: z.string(), production: z.boolean() };

/** Who or what sent the traffic back. */
const causeSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('person'), name: z.string(), reason: z.string() }),
  z.object({ kind: z.literal('analysis'), message: z.string() }),
]);

const burnSchema = z.object({
  kind: z.literal('objectiveBurn'),
  ...place,
  /** In words: "99.9 % of requests succeed". */
  objective: z.string(),
  /** Times as fast as the budget of 28 days allows. */
  burnRate: z.number(),
  windowMs: z.number(),
  budgetLeftShare: z.number(),
  fast: z.boolean(),
});

/** The closed set of what people are told, each with the figures of its sentence. */
export const noticeSchema = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('approvalNeeded'),
    ...place,
    version: z.string(),
    revision: z.int(),
    signatures: z.int(),
    askedBy: z.string(),
    /** Account ids of those who may sign; each hears of it by e-mail. */
    signerIds: z.array(z.string()),
  }),
  z.object({
    kind: z.literal('held'),
    ...place,
    revision: z.int(),
    weightPercent: z.number(),
    /** What is missing, in words; empty when no more is known. */
    lacks: z.string(),
  }),
  z.object({
    kind: z.literal('aborted'),
    ...place,
    revision: z.int(),
    /** Null when nothing served before it. */
    backTo: z.int().nullable(),
    weightPercent: z.number(),
    /** Requests that the new revision answered in whole analysis intervals; null when none was measured. */
    requests: z.number().nullable(),
    cause: causeSchema,
  }),
  z.object({
    kind: z.literal('rolledBack'),
    ...place,
    revision: z.int(),
    backTo: z.int().nullable(),
    /** From the order to go back until the gateway had accepted it. */
    tookMs: z.number(),
  }),
  z.object({
    kind: z.literal('finished'),
    ...place,
    version: z.string(),
    revision: z.int(),
    tookMs: z.number(),
    requests: z.number().nullable(),
  }),
  z.object({
    kind: z.literal('fight'),
    ...place,
    manager: z.string(),
    object: z.string(),
    fields: z.string(),
  }),
  z.object({
    kind: z.literal('clusterUnreachable'),
    cluster: z.string(),
    services: z.int(),
    message: z.string(),
  }),
  z.object({
    kind: z.literal('metricsUnreachable'),
    environment: z.string(),
    production: z.boolean(),
    services: z.int(),
    message: z.string(),
  }),
  z.object({
    kind: z.literal('railBroken'),
    ...place,
    revision: z.int(),
    /** The verdict with its figures: "5 % of requests failed, at most 1 % may". */
    verdict: z.string(),
    /** Since all traffic went to the revision. */
    sinceFinishedMs: z.number(),
    /** Whether the traffic goes back because of it. */
    rollsBack: z.boolean(),
  }),
  burnSchema,
  z.object({
    kind: z.literal('budgetThreshold'),
    budget: z.string(),
    basis: z.enum(['actual', 'forecast', 'burn']),
    /** What was reached, in words: "90 %", "100 GPU-hours", "3 times the pace of the period". */
    limit: z.string(),
    /** Amounts in words, with their unit. */
    amount: z.string(),
    actual: z.string(),
    expected: z.string(),
    /** When nothing will be left at that pace; null when the period ends before. */
    exhaustedAt: z.string().nullable(),
    /** Whether all of it is spent, or spent far too fast. */
    urgent: z.boolean(),
  }),
  z.object({
    kind: z.literal('budgetFreeze'),
    budget: z.string(),
    environment: z.string(),
    production: z.boolean(),
    /** Why it is only proposed; empty when nothing grows there any more. */
    reasons: z.string(),
  }),
  z.object({
    kind: z.literal('budgetRequest'),
    budget: z.string(),
    /** What is asked, in words: "25 GPU-hours more". */
    what: z.string(),
    signatures: z.int(),
    askedBy: z.string(),
    signerIds: z.array(z.string()),
  }),
  z.object({
    kind: z.literal('rebaseRequest'),
    ...place,
    /** Of the reference that is asked for. */
    name: z.string(),
    reason: z.string(),
    signatures: z.int(),
    askedBy: z.string(),
    signerIds: z.array(z.string()),
  }),
  z.object({
    kind: z.literal('costAnomaly'),
    /** The service, or the project as a whole. */
    subject: z.string(),
    /** The UTC day, as 2026-11-25. */
    day: z.string(),
    yesterday: z.string(),
    usual: z.string(),
    /** The rule in words: what a difference has to reach. */
    rule: z.string(),
  }),
  z.object({
    kind: z.literal('drift'),
    ...place,
    /** How many drift. */
    features: z.int(),
    /** The one that drifts most. */
    worst: z.string(),
    /** What moved and by how much, as a clause: "its distribution moved by PSI 0.31". */
    change: z.string(),
    severe: z.boolean(),
  }),
  z.object({
    kind: z.literal('rowsUnusual'),
    ...place,
    rows: z.number(),
    usual: z.number(),
    /** In how long a time: "hour". */
    window: z.string(),
  }),
  z.object({
    kind: z.literal('badData'),
    ...place,
    suites: z.int(),
    failed: z.int(),
    /** The worst of it, in a sentence. */
    what: z.string(),
  }),
  z.object({ kind: z.literal('queriesUnusual'), ...place, what: z.string() }),
  z.object({
    kind: z.literal('retrainRequest'),
    ...place,
    /** Model and number of the version that is to be trained again. */
    version: z.string(),
    /** What the alert saw, in a sentence. */
    why: z.string(),
    /** What it waits for: signatures, its start, or somebody who does it. */
    next: z.enum(['signatures', 'start', 'people']),
    signatures: z.int(),
    signerIds: z.array(z.string()),
  }),
  z.object({ kind: z.literal('retrainFailed'), ...place, version: z.string(), message: z.string() }),
  z.object({
    kind: z.literal('retrainStart'),
    /** It goes to this channel alone, which starts the training. */
    channelId: z.string(),
    payload: retrainPayloadSchema,
  }),
  z.object({
    kind: z.literal('weeklyReport'),
    project: z.string(),
    /** ISO times of the week that it tells of. */
    from: z.string(),
    to: z.string(),
    /** What happened, as a clause. */
    headline: z.string(),
    changes: z.array(z.object({ heading: z.string(), sentences: z.array(z.string()) })),
  }),
  z.object({
    kind: z.literal('test'),
    channel: z.string(),
    by: z.string(),
    /** By e-mail it also goes to who asked for it. */
    askedById: z.string(),
  }),
]);
export type Notice = z.infer<typeof noticeSchema>;
export type NoticeKind = Notice['kind'];

export type Severity = 'high' | 'low';

type Manner = {
  /** Whether it lasts until something ends it; the others happened once. */
  readonly lasts: boolean;
  /** Whether its end is told to those who heard of its beginning. */
  readonly tellsEnd: boolean;
  /** What is over sooner is told to nobody. */
  readonly graceMs: number;
};
const once: Manner = { lasts: false, tellsEnd: false, graceMs: 0 };
const lasting: Manner = { lasts: true, tellsEnd: true, graceMs: 0 };
const unreachable: Manner = { ...lasting, graceMs: 60_000 };

/** How each kind behaves in time. */
export const noticeManners: Readonly<Record<NoticeKind, Manner>> = {
  // A request that was decided needs no second mail, but what waits in a paging system is resolved.
  approvalNeeded: { ...lasting, tellsEnd: false },
  budgetRequest: { ...lasting, tellsEnd: false },
  rebaseRequest: { ...lasting, tellsEnd: false },
  held: lasting,
  // Over once all traffic is back, which is told by a notice of its own.
  aborted: { ...lasting, tellsEnd: false },
  rolledBack: once,
  finished: once,
  fight: lasting,
  clusterUnreachable: unreachable,
  metricsUnreachable: unreachable,
  railBroken: lasting,
  objectiveBurn: lasting,
  // Told once in a period; what is spent stays spent.
  budgetThreshold: once,
  budgetFreeze: lasting,
  costAnomaly: once,
  drift: lasting,
  rowsUnusual: lasting,
  badData: lasting,
  queriesUnusual: lasting,
  // Whoever waits for a signature or a version sees it in the console; what pages is resolved.
  retrainRequest: { ...lasting, tellsEnd: false },
  retrainFailed: once,
  retrainStart: once,
  weeklyReport: once,
  test: once,
};

/** high wakes people: what goes wrong by itself in production. What a person did, and all outside production, is low. */
export function severityOf(notice: Notice): Severity {
  switch (notice.kind) {
    case 'clusterUnreachable':
      return 'high';
    case 'held':
    case 'fight':
    case 'metricsUnreachable':
    case 'railBroken':
      return notice.production ? 'high' : 'low';
    case 'aborted':
      return notice.production && notice.cause.kind === 'analysis' ? 'high' : 'low';
    case 'objectiveBurn':
      return notice.production && notice.fast ? 'high' : 'low';
    case 'budgetFreeze':
      return notice.production && notice.reasons === '' ? 'high' : 'low';
    case 'drift':
      return notice.production && notice.severe ? 'high' : 'low';
    case 'budgetThreshold':
      return notice.urgent ? 'high' : 'low';
    case 'approvalNeeded':
    case 'rolledBack':
    case 'finished':
    case 'costAnomaly':
    case 'budgetRequest':
    case 'rebaseRequest':
    case 'rowsUnusual':
    case 'badData':
    case 'queriesUnusual':
    case 'retrainRequest':
    case 'retrainFailed':
    case 'retrainStart':
    case 'weeklyReport':
    case 'test':
      return 'low';
  }
}
