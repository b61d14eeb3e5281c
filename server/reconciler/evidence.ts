import type { Database } from '../../db/client.ts';
import { type CheckEvidence, type Evidence, emptyEvidence } from '../../domain/analysis/verdict.ts';
import type { Check } from '../../domain/rollout-plan.ts';
import type { CounterSample, CountersAnswer, Metrics } from '../metrics/metrics.ts';
import { analysisRows, armsOf, badByPod, requestsId } from './analysis-samples.ts';
import { type AnalysisTotals, type CheckTotals, noTotals } from './analysis-totals.ts';
import { boundariesBetween } from './boundaries.ts';
import { chartIntervalMs, chartRows } from './chart-samples.ts';
import { gateReader } from './drift-gate.ts';
import { newestAnalysisEnd, newestChartEnd, storeIntervals } from './evidence-store.ts';
import type { Lease } from './lease.ts';
import type { LoadedRollout, LoadedService } from './load-service.ts';
import { measuredSplit, splitBoundaries } from './split.ts';

type Sources = {
  readonly db: Database;
  readonly metrics: Metrics;
  readonly lease: Lease;
  readonly totals: AnalysisTotals;
};
type Pass = {
  readonly loaded: LoadedService;
  readonly now: Date;
  /** Told after each commit. */
  readonly onWrite: (what: string) => void;
};

/** A scrape needs this long until every sample before an instant can be read; the sandbox answers at once. */
const scrapeLagMs = 2_000;
const mostAnalysisBoundaries = 240;
const mostChartBoundaries = 120;
/** Beyond this span one range query cannot hit every boundary, so who is to blame by pod is looked up in a shorter one. */
const longestSpanMs = 2 * 3_600_000;

type Cuts = {
  readonly analysis: readonly number[];
  readonly charts: readonly number[];
  readonly split: readonly number[];
  /** First and last boundary of the present step, for blame by pod. */
  readonly step: readonly number[];
};

/**
 * Measures, stores and sums what a pass may decide on: raw counters at aligned boundaries, their differences stored
 * once, totals always summed again from the table. Never throws for what the source does: that is `sourceProblem`.
 */
export async function gatherEvidence(sources: Sources, pass: Pass): Promise<Evidence> {
  const { loaded, now } = pass;
  const untilMs = measurableUntilMs(loaded, now);
  const cuts = await cutsOf(sources.db, loaded, untilMs);
  const answer = await counters(sources.metrics, loaded, cuts);
  const samples = answer.kind === 'samples' ? answer.samples : [];
  const { active } = loaded;
  const fresh = active === null ? null : analysisRows(active.rollout, samples, cuts.analysis);
  const wrote = await storeIntervals(sources.db, sources.lease, {
    projectId: loaded.row.projectId,
    serviceId: loaded.row.id,
    rollout: active === null ? null : { id: active.row.id, stepIndex: active.rollout.progress.stepIndex },
    analysis: fresh?.rows ?? [],
    charts: chartRows(samples, cuts.charts),
  });
  if (wrote) pass.onWrite('intervals');
  const problem = answer.kind === 'noEvidence' && answer.reason !== 'noSeries' ? answer.message : null;
  if (active === null) return emptyEvidence({ phi: 1, phiBackedByHistory: false }, problem);
  const measured = { samples, cuts, missing: fresh?.missing ?? new Map<string, string>(), problem };
  return await summed(sources, { ...pass, active, measured });
}

/** Until when a source can have every sample. */
export function measurableUntilMs({ metrics }: LoadedService, now: Date): number {
  return now.getTime() - (metrics.source.kind === 'prometheus' ? scrapeLagMs : 0);
}

/** Boundaries of the intervals that are still to be stored for a Service's charts and objectives. */
export async function chartBoundaries(db: Database, serviceId: string, untilMs: number): Promise<number[]> {
  const fromMs = (await newestChartEnd(db, serviceId))?.getTime() ?? 0;
  return boundariesBetween({ fromMs, toMs: untilMs }, chartIntervalMs, mostChartBoundaries);
}

async function cutsOf(db: Database, { row, active }: LoadedService, untilMs: number): Promise<Cuts> {
  const charts = await chartBoundaries(db, row.id, untilMs);
  if (active === null) return { analysis: [], charts, split: [], step: [] };
  const { plan, progress } = active.rollout;
  const split = splitBoundaries(progress.acceptedAt, plan.intervalMs, untilMs);
  if (progress.effectiveAt === null) return { analysis: [], charts, split, step: [] };
  const effectiveMs = progress.effectiveAt.getTime();
  const newest = (await newestAnalysisEnd(db, active.row.id))?.getTime() ?? 0;
  const span = { fromMs: Math.max(effectiveMs, newest), toMs: untilMs };
  const analysis = boundariesBetween(span, plan.intervalMs, mostAnalysisBoundaries);
  const stepSpan = { fromMs: Math.max(effectiveMs, untilMs - longestSpanMs), toMs: untilMs };
  const whole = boundariesBetween(stepSpan, plan.intervalMs, Number.MAX_SAFE_INTEGER);
  const ends = [whole[0], whole.at(-1)].filter((at) => at !== undefined);
  return { analysis, charts, split, step: ends };
}

async function counters(metrics: Metrics, { serving }: LoadedService, cuts: Cuts): Promise<CountersAnswer> {
  const all = new Set([...cuts.analysis, ...cuts.charts, ...cuts.split, ...cuts.step]);
  if (all.size === 0) return { kind: 'samples', samples: [] };
  const boundaries = [...all].sort((left, right) => left - right).map((at) => new Date(at));
  return await metrics.counters({ scope: serving.scope, boundaries });
}

type Summing = Pass & {
  readonly active: LoadedRollout;
  readonly measured: {
    readonly samples: readonly CounterSample[];
    readonly cuts: Cuts;
    readonly missing: ReadonlyMap<string, string>;
    readonly problem: string | null;
  };
};

async function summed({ db, metrics, totals }: Sources, pass: Summing): Promise<Evidence> {
  const { active, measured, loaded, now } = pass;
  const { rollout, row } = active;
  const stored = await totals.of(db, row.id);
  const requests = totalsOf(stored.get(requestsId) ?? noTotals, active);
  const checks: CheckEvidence[] = [];
  const gateOf = gateReader({ db, serviceId: loaded.row.id, active, now });
  for (const check of rollout.plan.checks) {
    const counted = stored.get(check.id) ?? noTotals;
    const own = check.of === 'query' ? (stored.get(requestsId) ?? noTotals) : counted;
    const query = await queryOf({ metrics, check, loaded, now, number: rollout.toNumber });
    checks.push({
      ...totalsOf(own, active),
      checkId: check.id,
      sumLogE: check.kind === 'eProcess' ? counted.sumLogE : [],
      intervals: check.kind === 'eProcess' ? counted.intervals : [],
      queryValue: query.value,
      gate: await gateOf(check),
      badByPod: badByPod(rollout, measured.samples, { boundariesMs: measured.cuts.step, check }),
      problem: query.problem ?? measured.missing.get(check.id) ?? null,
    });
  }
  const { nCanary, nStable, stepNCanary, newestAt } = requests;
  return {
    requests: { nCanary, nStable, stepNCanary, newestAt },
    checks,
    split: measuredSplit(measured.samples, measured.cuts.split, armsOf(rollout)),
    phi: row.phi,
    phiBackedByHistory: row.phiBackedByHistory,
    sourceProblem: measured.problem,
  };
}

function totalsOf({ intervals: rows }: CheckTotals, { rollout }: LoadedRollout) {
  const { effectiveAt, stepIndex } = rollout.progress;
  const totals = { nCanary: 0, nStable: 0, xCanary: 0, xStable: 0, stepNCanary: 0, stepXCanary: 0 };
  for (const row of rows) {
    totals.nCanary += row.nCanary;
    totals.nStable += row.nStable;
    totals.xCanary += row.xCanary;
    totals.xStable += row.xStable;
    if (row.stepIndex !== stepIndex || effectiveAt === null || row.intervalEnd <= effectiveAt) continue;
    totals.stepNCanary += row.nCanary;
    totals.stepXCanary += row.xCanary;
  }
  const newest = rows.at(-1);
  return { ...totals, newestAt: newest?.intervalEnd ?? null, canaryPodCount: newest?.canaryPodCount ?? 0 };
}

type Query = {
  readonly metrics: Metrics;
  readonly check: Check;
  readonly loaded: LoadedService;
  readonly now: Date;
  readonly number: number;
};

async function queryOf({
  metrics,
  check,
  loaded,
  now,
  number,
}: Query): Promise<{ value: number | null; problem: string | null }> {
  if (check.kind !== 'threshold' || check.of !== 'query' || check.query === undefined)
    return { value: null, problem: null };
  const { scope } = loaded.serving;
  const answer = await metrics.value({ scope, revisionNumber: number, template: check.query, at: now });
  return answer.kind === 'value'
    ? { value: answer.value, problem: null }
    : { value: null, problem: `the rail's query gave nothing: ${answer.message}` };
}
