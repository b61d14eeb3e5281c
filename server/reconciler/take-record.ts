import { and, desc, eq } from 'drizzle-orm';
import type { Database } from '../../db/client.ts';
import { checkResult } from '../../db/schema/rollouts.ts';
import type { Check } from '../../domain/rollout-plan.ts';
import type { RolloutRecord } from '../../domain/rollout-record.ts';
import { checkResultSchema } from '../../domain/rollout-status.ts';
import { log } from '../log.ts';
import { metricSeries, type SeriesRole, slowBoundOf } from '../rows/metric-series.ts';
import { servedRequests } from '../rows/served-requests.ts';
import { toldOf } from '../rows/told.ts';
import { clusterParts } from './cluster-parts.ts';
import type { LoadedRollout, LoadedService } from './load-service.ts';
import type { Hands } from './reconcile.ts';

export type Taking = {
  readonly loaded: LoadedService;
  readonly active: LoadedRollout;
  readonly now: Date;
  /** The revision that is about to be taken away. */
  readonly number: number;
  /** What the cluster may take for its answers. */
  readonly leftMs: number;
};

type Part<Value> = { kind: 'taken'; value: Value } | { kind: 'missing'; why: string };

const beforeStartMs = 10 * 60_000;
/** Longer rollouts keep the series of their last day. */
const longestSeriesMs = 86_400_000;
const seriesWidth = 800;

/** Reads everything that a record holds; what cannot be read is said in its place. */
export async function takeRecord(hands: Hands, taking: Taking): Promise<RolloutRecord> {
  const { active, now, number } = taking;
  const { db } = hands;
  const revision = number === active.to.number ? active.to : (active.from ?? active.to);
  const cluster = clusterParts({
    cluster: hands.cluster,
    loaded: taking.loaded,
    revision,
    leftMs: taking.leftMs,
  });
  const [verdict, requests, series, told] = await Promise.all([
    part('The verdict', () => verdictOf(hands, taking)),
    part('The counted requests', () => requestsOf(db, taking)),
    part('The series', () => seriesOf(db, taking)),
    part('Who was told', () => toldOf(db, active.row.id)),
  ]);
  return {
    schema: 1,
    rolloutId: active.row.id,
    revisionNumber: number,
    weightOffAt: active.rollout.progress.weightOffAt?.toISOString() ?? null,
    frozenAt: now.toISOString(),
    verdict,
    requests,
    series,
    ...(await cluster),
    told,
  };
}

async function part<Value>(name: string, read: () => Promise<Value>): Promise<Part<Value>> {
  try {
    return { kind: 'taken', value: await read() };
  } catch (error) {
    log.warn({ error }, `${name} could not be recorded.`);
    return { kind: 'missing', why: `${name} could not be read from the database.` };
  }
}

type Verdict = Extract<RolloutRecord['verdict'], { kind: 'taken' }>['value'];

async function verdictOf({ db, metricsOf }: Hands, taking: Taking): Promise<Verdict> {
  const { active, loaded } = taking;
  const { rollout } = active;
  const rows = await db
    .selectDistinctOn([checkResult.checkId], {
      checkId: checkResult.checkId,
      evidence: checkResult.evidence,
      at: checkResult.at,
    })
    .from(checkResult)
    .where(and(eq(checkResult.rolloutId, active.row.id)))
    .orderBy(checkResult.checkId, desc(checkResult.at));
  const judged = new Map(rows.map((row) => [row.checkId, row]));
  const metrics = metricsOf(loaded.metrics);
  const asked = (check: Check) =>
    metrics.asked?.({
      scope: loaded.serving.scope,
      revisionNumber: rollout.toNumber,
      template: check.kind === 'threshold' && check.of === 'query' ? (check.query ?? null) : null,
    }) ?? [];
  return {
    failure: rollout.progress.failure,
    goal: rollout.intent.goal,
    stepIndex: rollout.progress.stepIndex,
    weightPercent: rollout.plan.steps[rollout.progress.stepIndex]?.weightPercent ?? 100,
    checks: rollout.plan.checks.map((check) => {
      const found = judged.get(check.id);
      return {
        checkId: check.id,
        kind: check.kind,
        of: check.of,
        max: check.kind === 'threshold' ? check.max : null,
        slowerThanMs: check.kind === 'drift' ? null : (check.slowerThanMs ?? null),
        result: found === undefined ? null : checkResultSchema.parse(found.evidence),
        judgedAt: found?.at.toISOString() ?? null,
        queries: [...asked(check)],
      };
    }),
  };
}

async function requestsOf(db: Database, { loaded, active, now, number }: Taking) {
  const { rollout } = active;
  return await servedRequests(db, {
    serviceId: loaded.row.id,
    revisionNumber: number,
    from: active.row.startedAt,
    to: now,
    slowerThanMs: slowBoundOf(rollout.plan),
    bad: 'errors',
  });
}

type Series = Extract<RolloutRecord['series'], { kind: 'taken' }>['value'];

async function seriesOf(db: Database, { loaded, active, now }: Taking): Promise<Series> {
  const { rollout, row } = active;
  const from = Math.max(row.startedAt.getTime() - beforeStartMs, now.getTime() - longestSeriesMs);
  const roles = new Map<number, SeriesRole>([[rollout.toNumber, 'canary']]);
  if (rollout.fromNumber !== null) roles.set(rollout.fromNumber, 'stable');
  const { stepMs, slowerThanMs, revisions } = await metricSeries(db, {
    serviceId: loaded.row.id,
    range: { from: new Date(from), to: now },
    widthPixels: seriesWidth,
    slowerThanMs: slowBoundOf(rollout.plan),
    roles,
    marks: [],
  });
  const copy = (points: readonly (readonly [number, number | null])[]) =>
    points.map(([at, value]): [number, number | null] => [at, value]);
  return {
    from: new Date(from).toISOString(),
    to: now.toISOString(),
    stepMs,
    slowerThanMs,
    revisions: revisions.map(({ number, role, label, ...lines }) => ({
      number,
      role,
      label,
      requestsPerSecond: copy(lines.requestsPerSecond),
      errorShare: copy(lines.errorShare),
      slowShare: copy(lines.slowShare),
      p95Ms: copy(lines.p95Ms),
    })),
  };
}
