import type { SubjectKey, Words } from '../../domain/chart/chart-answer.ts';
import type { ChartRange, ChartSeries, ChartThreshold } from '../../domain/chart/chart-series.ts';
import type { ChartSpec, trafficChartKinds } from '../../domain/chart/chart-spec.ts';
import { chartStep } from '../../domain/chart/chart-step.ts';
import type { ChartUnit } from '../../domain/chart/chart-unit.ts';
import { revisionLook } from '../../domain/chart/line-look.ts';
import { rolloutWords } from '../../domain/chart/rollout-words.ts';
import { spreadBars } from '../../domain/chart/spread-bars.ts';
import {
  errorBand,
  errorPoints,
  latencyPoints,
  requestPoints,
  slowPoints,
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
  onBoard,
  rangeOfService,
  serviceNames,
  versionsByNumber,
} from './chart-service.ts';

type TrafficSpec = Extract<ChartSpec, { kind: (typeof trafficChartKinds)[number] | 'slowShare' }>;
type TrafficKind = TrafficSpec['kind'];
type Role = ChartSeries['role'];
type Bars = ReadonlyMap<number, readonly MetricBar[]>;

const looks: Record<TrafficKind, { title: string; unit: ChartUnit }> = {
  requests: { title: 'Requests', unit: 'perSecond' },
  errorShare: { title: 'Error share', unit: 'share' },
  latency: { title: 'Latency, 95th percentile', unit: 'ms' },
  slowShare: { title: 'Share of slow requests', unit: 'share' },
  weights: { title: 'Measured share of requests', unit: 'share' },
  comparison: { title: 'Errors of the new version beside the present one', unit: 'share' },
};

/** Requests, errors, latency or split of a service, a line per revision, from what the product measured itself. */
export async function trafficPart(ask: ChartAsk, spec: TrafficSpec): Promise<ChartPart> {
  const { kind, serviceId } = spec;
  const service = await chartService(ask, serviceId);
  const stepMs = chartStep(ask.range, ask.maxPoints, leastStepMs(ask.range));
  const [bars, rollout] = await Promise.all([
    metricBars(ask.db, {
      serviceId,
      range: rangeOfService(ask.range, service),
      stepMs,
      withLatency: kind === 'latency' || kind === 'slowShare',
    }),
    rolloutIn(ask, service),
  ]);
  const arms = rollout === null ? null : await armsOf(ask, rollout);
  const isActive = rollout !== null && rollout.endedAt === null;
  const roles = rolesOf(kind === 'comparison' || isActive ? arms : null);
  const shown = kind === 'comparison' ? armsOnly(bars, roles) : bars;
  const drawn = new Map([...shown].map(([number, own]) => [number, spreadBars(own, stepMs)]));
  const lines = await linesOf(ask, { service, bars: drawn, roles, spec });
  const told = rollout === null || arms === null ? null : toldOf(rollout, arms);
  const words =
    kind === 'weights' || kind === 'comparison' ? rolloutWords(told?.told ?? null) : barWords(spec, bars);
  return {
    ...looks[kind],
    stepMs,
    series: lines.series,
    ...(spec.kind === 'slowShare' ? { title: `Share slower than ${spec.slowerThanMs} ms` } : {}),
    thresholds: railsOf(service, spec),
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
  readonly spec: TrafficSpec;
};

const roleWords = { stable: 'Stable', canary: 'Canary', other: 'Revision' } as const;

/** Each revision a line under the name of its version; two revisions of one version are told apart by role or number. */
async function linesOf(ask: ChartAsk, { service, bars, roles, spec }: Drawn) {
  const { kind } = spec;
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
      look: revisionLook(number),
      points: onBoard(weights?.get(number) ?? pointsOf(spec, own), service.offsetMs),
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

function pointsOf(spec: TrafficSpec, bars: readonly MetricBar[]) {
  if (spec.kind === 'requests') return requestPoints(bars);
  if (spec.kind === 'slowShare') return slowPoints(bars, spec.slowerThanMs);
  return spec.kind === 'latency' ? latencyPoints(bars) : errorPoints(bars);
}

function railsOf({ defaultPlan }: ChartService, spec: TrafficSpec): ChartThreshold[] {
  const of = spec.kind === 'errorShare' || spec.kind === 'comparison' ? 'errors' : 'slow';
  if (of === 'slow' && spec.kind !== 'slowShare') return [];
  return defaultPlan.checks.flatMap((check) =>
    check.kind === 'threshold' &&
    check.of === of &&
    (spec.kind !== 'slowShare' || check.slowerThanMs === spec.slowerThanMs)
      ? [{ value: check.max, label: `Rail at ${shareText(check.max)}`, tone: 'bad' as const }]
      : [],
  );
}

function barWords(spec: TrafficSpec, bars: Bars): Words {
  const { kind } = spec;
  const all = [...bars.values()].flat();
  const requests = all.reduce((sum, bar) => sum + bar.requests, 0);
  const errors = all.reduce((sum, bar) => sum + bar.errors, 0);
  if (requests === 0) return ['Nobody asked it anything in this time.'];
  if (kind === 'latency')
    return ['Of a hundred requests 95 were answered within the time that its line shows.'];
  if (spec.kind === 'slowShare') return slowWords(all, spec.slowerThanMs);
  if (kind === 'requests') return [`${countOf(requests, 'request')} came in this time.`];
  if (errors === 0) return [`All of ${countOf(requests, 'request')} were answered.`];
  return [`${shareText(errors / requests)} of ${countOf(requests, 'request')} failed.`];
}

/** Only requests of which it is known how many were slower: those whose buckets end at the bound. */
function slowWords(bars: readonly MetricBar[], slowerThanMs: number): Words {
  const known = bars.filter(({ buckets }) => buckets[String(slowerThanMs)] !== undefined);
  const requests = known.reduce((sum, bar) => sum + bar.requests, 0);
  const within = known.reduce((sum, bar) => sum + (bar.buckets[String(slowerThanMs)] ?? 0), 0);
  if (requests === 0)
    return [`Nothing that was measured tells which requests took longer than ${slowerThanMs} ms.`];
  const share = (requests - within) / requests;
  return [`${shareText(share)} of ${countOf(requests, 'request')} took longer than ${slowerThanMs} ms.`];
}
