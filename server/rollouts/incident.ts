import { eq } from 'drizzle-orm';
import type { Queries } from '../../db/client.ts';
import { principal } from '../../db/schema/identity.ts';
import { isKept, keepRefusal, releaseRefusal } from '../../domain/canary-keeping.ts';
import type { Refusal } from '../../domain/refusal.ts';
import type { ServedRequests } from '../../domain/rollout-record.ts';
import { lastRetryStep, retryRefusal } from '../../domain/rollout-retry.ts';
import { gpuCountPerPod, startingReplicas } from '../../domain/service-spec.ts';
import { stableSince } from '../../domain/stable-since.ts';
import type { AuditItem } from '../audit/queries.ts';
import type { RolloutRecord } from '../rows/active-rollouts.ts';
import { slowBoundOf } from '../rows/metric-series.ts';
import { retryFacts } from '../rows/retry-facts.ts';
import { loadRevision } from '../rows/revision-record.ts';
import { planOf, type RolloutRow } from '../rows/rollout-rows.ts';
import { armIntervals, servedRequests } from '../rows/served-requests.ts';
import type { ServiceRecord } from '../rows/service-record.ts';
import { type Viewer, viewerRefusal } from '../rows/viewer-refusal.ts';
import { keepingOf } from './keep-canary.ts';

/** Intervals that began before the end may be counted for so long after it. */
const lateMs = 60_000;
const longestLookMs = 3_600_000;

type Asked = {
  readonly record: RolloutRecord;
  readonly row: RolloutRow;
  readonly place: ServiceRecord;
  readonly timeline: readonly AuditItem[];
  readonly viewer: Viewer;
  /** On the service's clock and on the database's. */
  readonly now: Date;
  readonly databaseNow: Date;
  readonly offsetMs: number;
};

/** What somebody who is woken by a way back must know first; null for a rollout that goes on or succeeded. */
export type Incident = {
  /** When traffic was ordered back, and when the route carried that. */
  readonly orderedAt: Date | null;
  readonly weightOffAt: Date | null;
  /** Since when stable answers all requests, as measured; null while not measured, or when nothing serves. */
  readonly stableSince: Date | null;
  readonly served: ServedRequests;
  readonly kept: {
    readonly until: Date | null;
    readonly isKept: boolean;
    readonly replicas: number;
    readonly gpuCount: number;
    readonly keepRefusal: Refusal | null;
    readonly releaseRefusal: Refusal | null;
  };
  readonly retry: {
    /** 1 for the first. */
    readonly lastStep: number;
    readonly refusal: Refusal | null;
    readonly asked: boolean;
    readonly retriedBy: string | null;
    /** Whether a new promotion has to be asked for, because the signatures do not cover another attempt. */
    readonly needsPromotion: boolean;
  };
  readonly owner: string | null;
  readonly runbookUrl: string | null;
};

/** Reads it for a rollout that goes or went back. */
export async function incidentOf(db: Queries, asked: Asked): Promise<Incident | null> {
  const { record, place, timeline, offsetMs } = asked;
  const isBack =
    record.phase === 'rollingBack' || record.phase === 'rolledBack' || record.phase === 'aborted';
  if (!isBack && record.goal === 'complete') return null;
  const [served, since, kept, retry, owner] = await Promise.all([
    servedOf(db, asked),
    measuredSince(db, asked),
    keptOf(db, asked),
    retryOf(db, asked),
    ownerName(db, place.row.ownerUserId),
  ]);
  const order = timeline.find((item) => item.action === 'rollouts.advance' && wentBack(item.after));
  return {
    orderedAt: order === undefined ? null : new Date(order.at.getTime() + offsetMs),
    weightOffAt: record.weightOffAt,
    stableSince: since,
    served,
    kept,
    retry,
    owner,
    runbookUrl: place.row.runbookUrl,
  };
}

function wentBack(after: unknown): boolean {
  return typeof after === 'object' && after !== null && 'phase' in after && after.phase === 'rollingBack';
}

async function servedOf(db: Queries, { record, row, now }: Asked): Promise<ServedRequests> {
  const plan = planOf(record);
  const broken = row.failure?.params.check;
  const check = plan.checks.find(({ id }) => id === broken);
  return await servedRequests(db, {
    serviceId: record.serviceId,
    revisionNumber: row.to.number,
    from: record.startedAt,
    to: record.endedAt === null ? now : new Date(record.endedAt.getTime() + lateMs),
    slowerThanMs: slowBoundOf(plan),
    bad: check?.of === 'slow' ? 'slow' : 'errors',
  });
}

async function measuredSince(db: Queries, { record, row, now }: Asked): Promise<Date | null> {
  const { weightOffAt, endedAt, serviceId } = record;
  if (weightOffAt === null || row.from === null) return null;
  const to = new Date(Math.min(now.getTime(), weightOffAt.getTime() + longestLookMs));
  const arms = { stableNumber: row.from.number, canaryNumber: row.to.number };
  const intervals = await armIntervals(db, { serviceId, ...arms, from: weightOffAt, to });
  const keptNow = record.keepUntil !== null && (record.keptEndedAt ?? record.keepUntil);
  const awayAt = keptNow ? keptNow : endedAt;
  const since = stableSince(intervals, {
    fromMs: weightOffAt.getTime(),
    awayMs: awayAt?.getTime() ?? null,
  });
  return since === null ? null : new Date(since);
}

async function keptOf(db: Queries, { record, place, viewer, now }: Asked): Promise<Incident['kept']> {
  const keeping = await keepingOf(db, record);
  const replicas = startingReplicas(place.scaling);
  return {
    until: record.keepUntil,
    isKept: isKept(keeping, now),
    replicas,
    gpuCount: replicas * gpuCountPerPod((await loadRevision(db, record.toRevisionId)).spec.podTemplate),
    keepRefusal: viewerRefusal(viewer, 'rollouts.keepCanary') ?? keepRefusal(keeping),
    releaseRefusal: viewerRefusal(viewer, 'rollouts.releaseCanary') ?? releaseRefusal(keeping, now),
  };
}

async function retryOf(db: Queries, { record, viewer, databaseNow }: Asked): Promise<Incident['retry']> {
  const { retriedBy, ...facts } = await retryFacts(db, record, databaseNow);
  return {
    lastStep: lastRetryStep(facts.attempt) + 1,
    refusal: viewerRefusal(viewer, 'rollouts.retry') ?? retryRefusal({ ...facts, firstStepIndex: 0 }),
    asked: facts.retried === 'asked',
    retriedBy,
    needsPromotion: facts.retried === 'no' && facts.approval !== null,
  };
}

async function ownerName(db: Queries, ownerUserId: string | null): Promise<string | null> {
  if (ownerUserId === null) return null;
  const [found] = await db
    .select({ name: principal.name })
    .from(principal)
    .where(eq(principal.id, ownerUserId));
  return found?.name ?? null;
}
