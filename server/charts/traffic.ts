import type { SubjectKey, Words } from '../../domain/chart/chart-answer.ts';
import type { ChartRange, ChartSeries, ChartThreshold } from '../../domain/chart/chart-series.ts';
import type { trafficChartKinds } from '../../domain/chart/chart-spec.ts';
import { chartStep } from '../../domain/chart/chart-step.ts';
import type { ChartUnit } from '../../domain/chart/chart-unit.ts';
import { rolloutWords } from '../../domain/chart/rollout-words.ts';
import {
  errorBand,
  errorPoints,
  latencyPoints,
  requestPoints,
  weightPoints,
} from '../../domain/chart/traffic-points.ts';
import { countOf, shareText } from '../../domain/figure-text.ts';
import type { MetricBar } from '../../domain/metric-series.ts';
import { metricBars, usualIntervalMs } from '../rows/metric-bars.ts';
import { hourMs } from '../rows/revision-hours.ts';
import type { ChartAsk, ChartPart } from './chart-part.ts';
import { armsOf, rolloutIn, toldOf } from './chart-rollout.ts';
import {
  type ChartService,
  chartService,
  rangeOfService,
  serviceNames,
  versionsByNumber,
} from './chart-service.ts';

type TrafficKind = (typeof trafficChartKinds)[number];
type Role = ChartSeries['role'];
type Bars = ReadonlyMap<number, readonly MetricBar[]>;

const looks: Record<TrafficKind, { title: string; unit: ChartUnit }> = {
  requests: { title: 'Requests', unit: 'perSecond' },
  errorShare: { title: 'Error share', unit: 'share' },
  latency: { title: 'Latency, 95th percentile', unit: 'ms' },
  weights: { title: 'Measured share of requests', unit: 'share' },
  comparison: { title: 'Errors of the new version beside the present one', unit: 'share' },
};

/** Requests, errors, latency or split of a service, a line per revision, from what the product measured itself. */
export async function trafficPart(
  ask: ChartAsk,
  { kind, serviceId }: { kind: TrafficKind; serviceId: string },
): Promise<ChartPart> {
  const service = await chartService(ask, serviceId);
  const stepMs = chartStep(ask.range, ask.maxPoints, leastStepMs(ask.range));
  const bars = await metricBars(ask.db, {
    serviceId,
    range: rangeOfService(ask.range, service),
    stepMs,
    withLatency: kind === 'latency',
  });
  const rollout = await rolloutIn(ask, service);
  const arms = rollout === null ? null : await armsOf(ask, rollout);
  const isActive = rollout !== null && rollout.endedAt === null;
  const roles = rolesOf(kind === 'comparison' || isActive ? arms : null);
  const shown = kind === 'comparison' ? armsOnly(bars, roles) : bars;
  const lines = await linesOf(ask, { service, bars: shown, roles, kind });
  const told = rollout === null || arms === null ? null : toldOf(rollout, arms);
  const words =
    kind === 'weights' || kind === 'comparison' ? rolloutWords(told?.told ?? null) : barWords(kind, bars);
  return {
    ...looks[kind],
    stepMs,
    series: lines.series,
    thresholds: kind === 'errorShare' || kind === 'comparison' ? railsOf(service) : [],
    words,
    names: {
      ...serviceNames(service),
      ...lines.names,
      ...(told === null ? {} : { [told.told.to]: told.name }),
    },
  };
}

/** From three days on whole hours, which are summed beforehand. */
const leastStepMs = ({ from, to }: ChartRange): number =>
  to - from > 3 * 24 * hourMs ? hourMs : usualIntervalMs;

type Arms = Awaited<ReturnType<typeof armsOf>>;

function rolesOf(arms: Arms | null): Map<number, Role> {
  const roles = new Map<number, Role>();
  if (arms === null) return roles;
  roles.set(arms.canary.number, 'canary');
  if (arms.stable !== null) roles.set(arms.stable.number, 'stable');
  return roles;
}

const armsOnly = (bars: Bars, roles: ReadonlyMap<number, Role>): Bars =>
  new Map([...bars].filter(([number]) => roles.has(number)));

type Drawn = {
  readonly service: ChartService;
  readonly bars: Bars;
  readonly roles: ReadonlyMap<number, Role>;
  readonly kind: TrafficKind;
};

const roleWords = { stable: 'Stable', canary: 'Canary', other: 'Revision' } as const;

/** Each revision a line under the name of its version; two revisions of one version are told apart by role or number. */
async function linesOf(ask: ChartAsk, { service, bars, roles, kind }: Drawn) {
  const versions = await versionsByNumber(ask, service, [...bars.keys()]);
  const counts = new Map<SubjectKey, number>();
  for (const { subject } of versions.values()) counts.set(subject, (counts.get(subject) ?? 0) + 1);
  const weights = kind === 'weights' ? weightPoints(bars) : null;
  const series = [...bars].map(([number, own]) => {
    const version = versions.get(number);
    const isAlone = version !== undefined && counts.get(version.subject) === 1;
    const isServing = version?.revisionId === service.row.stableRevisionId && roles.size === 0;
    const role = roles.get(number) ?? (isServing ? 'stable' : 'other');
    return {
      key: `r${number}`,
      label: isAlone ? version.name : labelOf(number, role),
      subject: isAlone ? version.subject : null,
      role,
      points: onBoard(weights?.get(number) ?? pointsOf(kind, own), service.offsetMs),
      ...(kind === 'comparison' ? { band: onBoard(errorBand(own), service.offsetMs) } : {}),
    };
  });
  const names = Object.fromEntries(
    series.flatMap(({ subject, label }) => (subject === null ? [] : [[subject, label]])),
  );
  return { series, names };
}

function labelOf(number: number, role: Role): string {
  if (number === 0) return 'Found pods';
  return role === 'other' ? `Revision ${number}` : `${roleWords[role]}, revision ${number}`;
}

function pointsOf(kind: TrafficKind, bars: readonly MetricBar[]) {
  if (kind === 'requests') return requestPoints(bars);
  return kind === 'latency' ? latencyPoints(bars) : errorPoints(bars);
}

/** Points on the clock of the console instead of the service's own. */
function onBoard<Point extends readonly [number, ...unknown[]]>(
  points: readonly Point[],
  offsetMs: number,
): Point[] {
  return offsetMs === 0
    ? [...points]
    : points.map(([at, ...values]) => [at - offsetMs, ...values] as unknown as Point);
}

function railsOf({ defaultPlan }: ChartService): ChartThreshold[] {
  return defaultPlan.checks.flatMap((check) =>
    check.kind === 'threshold' && check.of === 'errors'
      ? [{ value: check.max, label: `Rail at ${shareText(check.max)}`, tone: 'bad' as const }]
      : [],
  );
}

function barWords(kind: TrafficKind, bars: Bars): Words {
  const all = [...bars.values()].flat();
  const requests = all.reduce((sum, bar) => sum + bar.requests, 0);
  const errors = all.reduce((sum, bar) => sum + bar.errors, 0);
  if (requests === 0) return ['Nobody asked it anything in this time.'];
  if (kind === 'latency')
    return ['Of a hundred requests 95 were answered within the time that its line shows.'];
  if (kind === 'requests') return [`${countOf(requests, 'request')} came in this time.`];
  if (errors === 0) return [`All of ${countOf(requests, 'request')} were answered.`];
  return [`${shareText(errors / requests)} of ${countOf(requests, 'request')} failed.`];
}
