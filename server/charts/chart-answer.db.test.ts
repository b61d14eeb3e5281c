import { eq } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { driftMonitor, driftWindow } from '../../db/schema/drift.ts';
import { environment } from '../../db/schema/environments.ts';
import { instanceCurrency } from '../../db/schema/prices.ts';
import { promotion } from '../../db/schema/promotions.ts';
import { rollout } from '../../db/schema/rollouts.ts';
import { metricInterval, revisionHour, roleInterval, service } from '../../db/schema/services.ts';
import { type TestDatabase, testDatabase } from '../../db/test-database.ts';
import type { ChartAnswer } from '../../domain/chart/chart-answer.ts';
import type { ChartSpec } from '../../domain/chart/chart-spec.ts';
import { fraction } from '../../domain/metering/fraction.ts';
import { createBudget } from '../budgets/commands.ts';
import { readCosts } from '../costs/read.ts';
import { DriftFixture } from '../drift-fixture.ts';
import { newId } from '../id.ts';
import { after, LedgerFixture, monthAt } from '../ledger-fixture.ts';
import { sumAllRevisionHours } from '../rows/revision-hours.ts';
import { ProjectFixture, refusalOf } from '../test-fixture.ts';
import { chartAnswer } from './chart-answer.ts';

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;
let test: TestDatabase;
let fixture: ProjectFixture;

beforeAll(async () => {
  test = await testDatabase();
  fixture = await ProjectFixture.create(test.db);
});
afterAll(() => test.drop());

type Asked = { from: Date; to: Date; maxPoints?: number; now?: Date };

async function ask(spec: ChartSpec, { from, to, maxPoints = 600, now = to }: Asked): Promise<ChartAnswer> {
  const range = { from: from.getTime(), to: to.getTime() };
  return await chartAnswer(test.db, { projectId: fixture.projectId, spec, range, now, maxPoints });
}

const textOf = ({ words, names }: ChartAnswer) =>
  words.map((word) => (typeof word === 'string' ? word : names[word.subject])).join('');

/** So many equal intervals of a revision, the last of which ends at `end`. */
async function measured(
  serviceId: string,
  revisionNumber: number,
  { end, count, requests, errors }: { end: Date; count: number; requests: number; errors: number },
): Promise<void> {
  const rows = Array.from({ length: count }, (_, index) => ({
    projectId: fixture.projectId,
    serviceId,
    revisionNumber,
    intervalEnd: new Date(end.getTime() - index * 10_000),
    intervalMs: 10_000,
    requests,
    errors,
    buckets: { '100': requests / 2, '250': requests },
    podCount: 1,
  }));
  for (let start = 0; start < rows.length; start += 2_000)
    await test.db.insert(metricInterval).values(rows.slice(start, start + 2_000));
}

describe('charts of traffic', () => {
  const end = new Date('2026-03-10T12:00:00Z');
  const from = new Date(end.getTime() - hourMs);
  const serviceId = () => fixture.stagingServiceId;

  beforeAll(async () => {
    const first = await fixture.live();
    const asked = await fixture.request(serviceId());
    const rolloutId = await fixture.startRollout(asked.promotionId);
    await test.db
      .update(rollout)
      .set({ startedAt: new Date(from.getTime() - 1_000), endedAt: from })
      .where(eq(rollout.id, first.rolloutId));
    await test.db.update(rollout).set({ startedAt: from }).where(eq(rollout.id, rolloutId));
    await measured(serviceId(), 1, { end, count: 360, requests: 90, errors: 0 });
    await measured(serviceId(), 2, { end, count: 180, requests: 30, errors: 3 });
  });

  it('name each line by its version, stable and canary apart, and sum every request', async () => {
    const answer = await ask({ kind: 'requests', serviceId: serviceId() }, { from, to: end });
    expect(answer.series.map(({ role, subject }) => [role, subject && answer.names[subject]])).toEqual([
      ['stable', 'fraud-detector v1'],
      ['canary', 'fraud-detector v2'],
    ]);
    expect(answer.series[1]?.points.at(-1)).toEqual([end.getTime(), 3]);
    expect(textOf(answer)).toBe('37,800 requests came in this time.');
    expect(answer.title).not.toContain('fraud');
  });

  it('show the measured split, which is one among all, and leave out nothing that was not measured', async () => {
    const { series } = await ask({ kind: 'weights', serviceId: serviceId() }, { from, to: end });
    expect(series.map(({ points }) => points.at(-1)?.[1])).toEqual([0.75, 0.25]);
    expect(series.map(({ points }) => points[0]?.[1])).toEqual([1, 0]);
  });

  it('compare both arms with the band in which the truth lies, and say when traffic is too little', async () => {
    const answer = await ask({ kind: 'comparison', serviceId: serviceId() }, { from, to: end, maxPoints: 6 });
    const canary = answer.series.find(({ role }) => role === 'canary');
    const [, low, high] = canary?.band?.at(-1) ?? [];
    expect(answer.stepMs).toBe(600_000);
    expect(canary?.points.at(-1)?.[1]).toBeCloseTo(0.1);
    expect(low).toBeLessThan(0.1);
    expect(high).toBeGreaterThan(0.1);
    expect(textOf(answer)).toMatch(/^fraud-detector v2 answers .* of requests; too little traffic to say\.$/);
  });

  it('draw the 95th percentile between the buckets', async () => {
    const { series } = await ask({ kind: 'latency', serviceId: serviceId() }, { from, to: end });
    expect(series[0]?.points.at(-1)?.[1]).toBeCloseTo(235);
  });

  it('tell how many were slower than a bound at which a bucket ends, and nothing of any other bound', async () => {
    const spec = { kind: 'slowShare' as const, serviceId: serviceId() };
    const slow = await ask({ ...spec, slowerThanMs: 100 }, { from, to: end });
    expect(slow.series.map(({ points }) => points.at(-1)?.[1])).toEqual([0.5, 0.5]);
    expect(textOf(slow)).toBe('50 % of 37,800 requests took longer than 100 ms.');
    const unknown = await ask({ ...spec, slowerThanMs: 123 }, { from, to: end });
    expect(unknown.series.every(({ points }) => points.every(([, value]) => value === null))).toBe(true);
    expect(textOf(unknown)).toContain('Nothing that was measured');
  });

  it('tell how fast the budget of a promise burns, and that nothing is promised', async () => {
    const spec = { kind: 'burnRate', serviceId: serviceId(), promise: 'errors', window: 'fast' } as const;
    const none = await ask(spec, { from, to: end });
    expect([none.series, textOf(none)]).toEqual([[], 'Nothing of this kind is promised.']);
    const objectives = { schema: 1, errors: { targetPercent: 99 }, latency: null };
    await test.db.update(service).set({ objectives }).where(eq(service.id, serviceId()));
    const burns = await ask(spec, { from, to: end });
    expect(burns.series[0]?.points.at(-1)?.[0]).toBe(end.getTime());
    // 540 of 37,800 failed, and one in a hundred may.
    expect(burns.series[0]?.points.at(-1)?.[1]).toBeCloseTo(540 / 378);
    expect(burns.thresholds[0]?.value).toBeCloseTo(13.44);
    const latency = await ask({ ...spec, promise: 'latency' }, { from, to: end });
    expect(latency.series).toEqual([]);
  });

  it('have no more points than asked for and the same sums over a long range', async () => {
    const answer = await ask(
      { kind: 'errorShare', serviceId: serviceId() },
      { from: new Date(end.getTime() - 7 * dayMs), to: end, maxPoints: 100 },
    );
    expect(answer.series.every(({ points }) => points.length <= 100)).toBe(true);
    expect(textOf(answer)).toBe('1.4 % of 37,800 requests failed.');
  });

  it('of weeks are read from summed hours to the same figures, also where an hour is cut by the range', async () => {
    const ranges = [0, 25 * 60_000].map((cut) => ({
      from: new Date(end.getTime() - 9 * dayMs - cut),
      to: new Date(end.getTime() - cut),
      maxPoints: 300,
    }));
    const spec = { kind: 'latency' as const, serviceId: serviceId() };
    const before = await Promise.all(ranges.map((range) => ask(spec, range)));
    await measured(serviceId(), 1, {
      end: new Date(end.getTime() + hourMs),
      count: 300,
      requests: 1,
      errors: 0,
    });
    await sumAllRevisionHours(test.db);
    const hours = await test.db.select().from(revisionHour).where(eq(revisionHour.serviceId, serviceId()));
    expect(hours.map(({ revisionNumber, requests }) => [revisionNumber, Number(requests)])).toEqual(
      expect.arrayContaining([
        [1, 32_400],
        [2, 5_400],
      ]),
    );
    expect(await Promise.all(ranges.map((range) => ask(spec, range)))).toEqual(before);
  });

  it('mark what happened in the range with its kind', async () => {
    const { marks } = await ask({ kind: 'requests', serviceId: serviceId() }, { from, to: end });
    expect(marks.map(({ kind }) => kind)).toContain('deploy');
  });

  it('of another project are not found', async () => {
    const other = await ProjectFixture.create(test.db);
    const spec = { kind: 'requests' as const, serviceId: other.serviceId };
    expect((await refusalOf(ask(spec, { from, to: end }))).code).toBe('notFound');
  });
});

describe('charts of money and GPUs', () => {
  const range = { from: monthAt, to: after(2 * 24 * 60) };

  beforeAll(async () => {
    await test.db.update(environment).set({ createdAt: after(-1000) });
    const [place] = await test.db.select().from(environment).where(eq(environment.id, fixture.productionId));
    await test.db.insert(instanceCurrency).values({ currency: 'EUR' });
    const ledger = new LedgerFixture(test.db, fixture.clusterId);
    await ledger.price(8_000_000_000n, fixture.people.admin.id);
    const times = { fromAt: monthAt, toAt: after(30 * 60) };
    await ledger.node('gpu-1', times);
    await ledger.pod('mine', { ...times, namespace: place?.namespace ?? '', gpu: fraction(2) });
    await ledger.watched(monthAt, after(30 * 60));
    await ledger.seal(after(26 * 60 + 10));
  });

  it('sum the cost of each day, sealed or open', async () => {
    const answer = await ask({ kind: 'cost', groupBy: 'bucket' }, range);
    expect(answer).toMatchObject({ title: 'Cost by day in EUR', unit: 'money EUR' });
    expect(answer.series).toMatchObject([
      {
        key: 'serving',
        label: 'Serving',
        subject: null,
        points: [
          [monthAt.getTime(), 48],
          [monthAt.getTime() + dayMs, 12],
        ],
      },
    ]);
    expect(textOf(answer)).toBe('€60.00 in these days.');
    expect(answer.openFromMs).toBeUndefined();
    const running = await ask({ kind: 'cost', groupBy: 'bucket' }, { ...range, now: after(30 * 60) });
    expect(running.openFromMs).toBe(monthAt.getTime() + dayMs);
    expect(textOf(running)).toContain('The last day is not over');
  });

  it('sum it at the rate of OpenCost where that is asked for', async () => {
    const { openCostNano } = (
      await readCosts(fixture.as('viewer'), {
        projectId: fixture.projectId,
        groupBy: 'environment',
        from: new Date(range.from),
        to: new Date(range.to),
      })
    ).total;
    const answer = await ask({ kind: 'cost', groupBy: 'environment', rate: 'openCost' }, range);
    const [series] = answer.series;
    expect(series).toMatchObject({
      label: 'production',
      subject: `environment ${fixture.productionId}`,
    });
    const sum = series?.points.reduce((total, [, value]) => total + (value ?? 0), 0);
    expect(sum).toBeCloseTo(Number(openCostNano) / 1e9, 6);
    expect(sum).not.toBeCloseTo(60, 1);
  });

  it('of the instance sum all projects and what is nobody’s, by names, without marks', async () => {
    const spec = { kind: 'instanceCost', groupBy: 'project' } as const;
    const asked = { range: { from: monthAt.getTime(), to: after(2 * 24 * 60).getTime() }, maxPoints: 100 };
    const answer = await chartAnswer(test.db, { projectId: null, spec, now: after(60 * 24 * 60), ...asked });
    const totalOf = (wanted: string | null, key?: string) =>
      answer.series
        .filter((series) => series.subject === wanted && (key === undefined || series.key === key))
        .flatMap(({ points }) => points)
        .reduce((total, [, value]) => total + (value ?? 0), 0);
    // Eight GPUs at 8 an hour for 30 hours, of which the project held two.
    expect(totalOf(`project ${fixture.projectId}`)).toBe(60);
    expect([totalOf(null), totalOf(null, '~idle')]).toEqual([180, 180]);
    expect(answer.names).toEqual({ [`project ${fixture.projectId}`]: 'Fraud' });
    expect(answer.marks).toEqual([]);
    await expect(
      chartAnswer(test.db, { projectId: fixture.projectId, spec, now: new Date(), ...asked }),
    ).rejects.toThrow('this one is of the whole instance');
  });

  it('show the GPUs that were held, hour by hour, and none after the pod had gone', async () => {
    const answer = await ask({ kind: 'gpuUse' }, range);
    const values = answer.series[0]?.points.map(([, value]) => value) ?? [];
    expect(values).toHaveLength(48);
    expect(values.slice(0, 30).every((value) => value === 2)).toBe(true);
    expect(values.slice(30).every((value) => value === 0)).toBe(true);
    expect(textOf(answer)).toBe('60 GPU-hours were held in this time.');
  });

  it('burn a budget down over its own period', async () => {
    const { projectId } = fixture;
    const scope = { projectId, environmentId: null, modelId: null, gpuProduct: null };
    const { budgetId } = await createBudget(fixture.as('admin'), {
      projectId,
      name: 'GPU-hours of March',
      scope,
      unit: 'gpuHours',
      period: { kind: 'calendar', every: 'month', timeZone: 'UTC', rolloverCapPercent: 0 },
      amount: String(100 * 3_600_000),
    });
    const answer = await ask({ kind: 'budget', budgetId }, { ...range, now: after(30 * 60) });
    expect(answer.range).toEqual({ from: monthAt.getTime(), to: Date.UTC(2026, 3, 1) });
    // The amount is in force since the budget was made, which is after March.
    expect(answer.title).toBe('Budget left, GPU-hours');
    expect(textOf(answer)).toContain('GPU-hours of March: ');
  });
});

describe('charts of drift', () => {
  it('count the features that drifted and show one with its limit', async () => {
    const start = new Date('2026-04-01T00:00:00Z');
    const drift = await DriftFixture.create(fixture, start);
    await drift.watch(start);
    const [feature] = drift.features;
    const featureId = feature?.featureId ?? '';
    const [monitor] = await test.db
      .select()
      .from(driftMonitor)
      .where(eq(driftMonitor.serviceId, drift.serviceId));
    const judged = { test: 'distribution', verdict: 'drifted', effect: 0.31, noiseFloor: 0.01, limit: 0.1 };
    await test.db.insert(driftWindow).values({
      projectId: fixture.projectId,
      monitorId: monitor?.id ?? '',
      windowStart: start,
      windowEnd: new Date(start.getTime() + hourMs),
      revision: 1,
      rows: 1_000,
      verdicts: {
        schema: 1,
        usualRows: null,
        usualOf: 'lastWindows',
        verdicts: [
          {
            featureId,
            ...judged,
            severe: true,
            p: 0,
            adjustedP: 0,
            excess: 1,
            restsOnIndependence: false,
          },
          {
            featureId,
            test: 'null',
            verdict: 'steady',
            severe: false,
            p: 0.4,
            adjustedP: 0.5,
            excess: 0,
            effect: 0.012,
            noiseFloor: 0.02,
            limit: 0.05,
            restsOnIndependence: false,
          },
        ],
      },
      inputDigest: 'none',
      judgedAt: start,
    });
    const range = { from: start, to: new Date(start.getTime() + dayMs) };
    const count = await ask({ kind: 'drift', serviceId: drift.serviceId }, range);
    expect(count.series[0]?.points).toEqual([[start.getTime(), 1]]);
    expect(textOf(count)).toBe('1 of 1 feature drifted in the last window.');
    const featureSpec = { kind: 'feature', serviceId: drift.serviceId, featureId } as const;
    const one = await ask(featureSpec, range);
    expect(one.thresholds).toMatchObject([{ value: 0.1 }]);
    expect(textOf(one)).toBe('amount drifted: PSI 0.31, it counts from 0.1.');
    const nulls = await ask({ ...featureSpec, test: 'null' }, range);
    expect([nulls.unit, nulls.series[0]?.points]).toEqual(['share', [[start.getTime(), 0.012]]]);
    expect(textOf(nulls)).toBe(
      'amount did not drift: nulls by 1.2 percentage points, it counts from 5 percentage points.',
    );
    const rows = await ask({ kind: 'windowRows', serviceId: drift.serviceId }, range);
    expect(rows.series[0]?.points).toEqual([[start.getTime(), 1_000]]);
    const queries = await ask({ kind: 'queries', serviceId: drift.serviceId }, range);
    expect(textOf(queries)).toBe('No hour of this time had clients that could be told apart.');
  });
});

describe('measures of delivery', () => {
  const day = new Date('2026-05-04T00:00:00Z');
  const at = (hours: number) => new Date(day.getTime() + hours * hourMs);
  let serviceId: string;

  beforeAll(async () => {
    serviceId = await fixture.service('delivered', fixture.stagingId);
    const change = async (phase: 'succeeded' | 'rolledBack', [asked, full, ended]: [Date, Date, Date]) => {
      const { promotionId } = await fixture.request(serviceId);
      const rolloutId = await fixture.startRollout(promotionId, phase);
      const [row] = await test.db
        .update(rollout)
        .set(
          phase === 'succeeded'
            ? { startedAt: asked, fullAt: full, endedAt: ended }
            : { startedAt: asked, weightOffAt: full, endedAt: ended },
        )
        .where(eq(rollout.id, rolloutId))
        .returning();
      await test.db.update(promotion).set({ requestedAt: asked }).where(eq(promotion.id, promotionId));
      if (row === undefined || phase === 'succeeded') return;
      const { projectId, toRevisionId: revisionId } = row;
      const traffic = { fromAt: asked, effectiveAt: at(1), toAt: ended };
      await test.db
        .insert(roleInterval)
        .values({ id: newId(), projectId, serviceId, revisionId, rolloutId, role: 'canary', ...traffic });
    };
    await change('succeeded', [at(0), at(4), at(5)]);
    await change('succeeded', [at(0), at(8), at(9)]);
    await change('rolledBack', [at(0), at(1.5), at(2)]);
  });

  it.each([
    ['leadTime', 6 * hourMs, 'Half of 2 changes took at most 6 h from the request to all traffic.'],
    [
      'deploymentFrequency',
      2,
      '2 changes reached all traffic. The last day is not over: dotted, with what has come so far.',
    ],
    ['changeFailureShare', 1 / 3, '33 % of 3 changes failed.'],
    ['timeToRestore', hourMs / 2, 'Half of the failed changes were without traffic again within 30 min.'],
  ] as const)('%s follows from rollouts that ended', async (kind, value, words) => {
    const answer = await ask({ kind, serviceId }, { from: at(-24), to: at(23) });
    expect(answer.series[0]?.points.map(([, one]) => one)).toEqual([
      kind === 'deploymentFrequency' ? 0 : null,
      value,
    ]);
    expect(textOf(answer)).toBe(words);
  });
});
