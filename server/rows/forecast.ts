import { desc, eq, sql } from 'drizzle-orm';
import type { Queries } from '../../db/client.ts';
import { rollout } from '../../db/schema/rollouts.ts';
import { metricInterval } from '../../db/schema/services.ts';
import { type PowerForecast, powerForecast } from '../../domain/analysis/power-forecast.ts';
import { dispersion } from '../../domain/analysis/tempering.ts';
import type { GateForecast } from '../../domain/drift/gate-forecast.ts';
import { durationText, shareText } from '../../domain/figure-text.ts';
import { alphaPerCheck, type RolloutPlan } from '../../domain/rollout-plan.ts';
import { gateForecasts } from './gate-forecasts.ts';

/** How long until a doubling of the error share would be seen with 80 %, at the traffic that was last measured. */
export type Forecast = Omit<PowerForecast, 'impossible'> & {
  readonly checkId: string | null;
  readonly requestsPerSecond: number;
  readonly baseShare: number;
  /** Measured time that the figures rest on; 0 when nothing was measured. */
  readonly basedOnMs: number;
  readonly increase: 2;
  readonly impossible: PowerForecast['impossible'] | 'noRelativeCheck' | 'firstRevision';
  readonly sentence: string;
  /** Of each drift check; empty for a first revision, which has nothing to be compared with. */
  readonly drift: readonly GateForecast[];
};

/** At most this many of the newest intervals tell the traffic. */
const newestIntervals = 720;

type Asked = {
  readonly serviceId: string;
  readonly stableNumber: number | null;
  readonly plan: RolloutPlan;
  readonly now: Date;
};

/** Forecasts the power of a plan on a service; a first revision has no stable to be compared with. */
export async function forecastOf(queries: Queries, asked: Asked): Promise<Forecast> {
  const { plan, stableNumber } = asked;
  const traffic = await measuredTraffic(queries, asked);
  const check = plan.checks.find((entry) => entry.kind === 'eProcess' && entry.of === 'errors');
  const found = {
    checkId: check?.id ?? null,
    requestsPerSecond: traffic.requestsPerSecond,
    baseShare: traffic.baseShare,
    basedOnMs: traffic.basedOnMs,
    increase: 2,
    drift: stableNumber === null ? [] : await gateForecasts(queries, asked),
  } as const;
  const impossible = stableNumber === null ? 'firstRevision' : check === undefined ? 'noRelativeCheck' : null;
  if (impossible !== null) return { ...found, ...nothingToSee, impossible, sentence: sentences[impossible] };
  const power = powerForecast({
    baseShare: traffic.baseShare,
    requestsPerSecond: traffic.requestsPerSecond,
    steps: plan.steps,
    intervalMs: plan.intervalMs,
    alpha: alphaPerCheck(plan),
    phi: await lastPhi(queries, asked.serviceId),
  });
  return { ...found, ...power, sentence: sentenceOf(power, found) };
}

const nothingToSee = {
  planMs: 0,
  probabilityByPlanEnd: 0,
  detectMs: null,
  withinPlan: false,
  suggestions: [],
} as const;

const sentences = {
  firstRevision:
    'This is the first revision: there is no stable one to compare it with, so only the guard rails watch it.',
  noRelativeCheck:
    'The plan has no relative check of errors, so only the guard rails watch the new revision.',
  noTraffic: 'No traffic was measured, so nothing can be said about how soon harm would be seen.',
  noBadRequests:
    'Stable had no errors in the measured time, so a doubling cannot be forecast; the guard rails still watch.',
  noComparableStep: 'The plan has no step below 100 %, so there is nothing to compare.',
} as const;

function sentenceOf(power: PowerForecast, { requestsPerSecond, baseShare }: Traffic): string {
  if (power.impossible !== null) return sentences[power.impossible];
  const situation = `At ${requestsPerSecond.toFixed(1)} requests per second and ${shareText(baseShare)} errors, a doubling of the error share`;
  if (power.detectMs === null) return `${situation} would not be seen within 30 days.`;
  const end = power.withinPlan
    ? `within the plan's ${durationText(power.planMs)} of comparison.`
    : `but the plan compares for only ${durationText(power.planMs)}.`;
  return `${situation} would be seen with 80 % after ${durationText(power.detectMs)}, ${end}`;
}

type Traffic = { readonly requestsPerSecond: number; readonly baseShare: number };

/** Requests per second of the whole service and stable's error share, from the newest stored intervals. */
async function measuredTraffic(queries: Queries, asked: Asked): Promise<Traffic & { basedOnMs: number }> {
  const stable = sql`${metricInterval.revisionNumber} = ${asked.stableNumber ?? 0}`;
  const rows = await queries
    .select({
      requests: sql<number>`sum(${metricInterval.requests})::float8`,
      stableRequests: sql<number>`coalesce(sum(${metricInterval.requests}) filter (where ${stable}), 0)::float8`,
      stableErrors: sql<number>`coalesce(sum(${metricInterval.errors}) filter (where ${stable}), 0)::float8`,
      intervalMs: sql<number>`max(${metricInterval.intervalMs})`,
    })
    .from(metricInterval)
    .where(eq(metricInterval.serviceId, asked.serviceId))
    .groupBy(metricInterval.intervalEnd)
    .orderBy(desc(metricInterval.intervalEnd))
    .limit(newestIntervals);
  const sum = (of: (row: (typeof rows)[number]) => number) => rows.reduce((total, row) => total + of(row), 0);
  const basedOnMs = sum((row) => row.intervalMs);
  const stableRequests = sum((row) => row.stableRequests);
  return {
    basedOnMs,
    requestsPerSecond: basedOnMs === 0 ? 0 : sum((row) => row.requests) / (basedOnMs / 1_000),
    baseShare: stableRequests === 0 ? 0 : sum((row) => row.stableErrors) / stableRequests,
  };
}

/** Dispersion of the service's last rollout; that of a service without history when there was none. */
async function lastPhi(queries: Queries, serviceId: string): Promise<number> {
  const rows = await queries
    .select({ phi: rollout.phi })
    .from(rollout)
    .where(eq(rollout.serviceId, serviceId))
    .orderBy(desc(rollout.startedAt))
    .limit(1);
  return rows[0]?.phi ?? dispersion([]).phi;
}
