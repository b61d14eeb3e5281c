import { eq } from 'drizzle-orm';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { budget, budgetAlert, budgetMovement } from '../../../db/schema/budgets.ts';
import { ledgerHourSum } from '../../../db/schema/ledger.ts';
import { notice } from '../../../db/schema/notices.ts';
import { service } from '../../../db/schema/services.ts';
import { type TestDatabase, testDatabase } from '../../../db/test-database.ts';
import { type BudgetSettings, usualSettings } from '../../../domain/budget/budget-schema.ts';
import { budgetStatusSchema } from '../../../domain/budget/status-schema.ts';
import { noticeSchema } from '../../../domain/notice.ts';
import { noticeSentence } from '../../../domain/notice-text.ts';
import { newId } from '../../id.ts';
import { ProjectFixture } from '../../test-fixture.ts';
import { evaluateBudgets } from './evaluate-due.ts';

let test: TestDatabase;
let fixture: ProjectFixture;
const hourMs = 3_600_000;
const gpuHour = 3_600_000n;
const month = new Date('2026-11-01T00:00:00Z');
const at = (day: number, hour = 0) => new Date(month.getTime() + ((day - 1) * 24 + hour) * hourMs);

beforeAll(async () => {
  test = await testDatabase();
});
afterAll(() => test.drop());
beforeEach(async () => {
  await test.db.delete(budgetAlert);
  await test.db.delete(budgetMovement);
  await test.db.delete(budget);
  await test.db.delete(ledgerHourSum);
  await test.db.delete(notice);
  fixture = await ProjectFixture.create(test.db);
});

type Hour = { readonly hourAt: Date; readonly gpuHours: number; readonly serviceId?: string };

/** Sealed hours of the project, as the ledger keeps them. */
async function spend(hours: readonly Hour[]): Promise<void> {
  const zero = { openCostNano: '0', unpriced: '0', estimatedQuantity: '0' };
  const rows = hours.map(({ hourAt, gpuHours, serviceId = null }) => ({
    id: newId(),
    hourAt,
    postedMonth: new Date(Date.UTC(hourAt.getUTCFullYear(), hourAt.getUTCMonth(), 1)),
    clusterId: fixture.clusterId,
    bucket: 'serving' as const,
    line: 'gpu' as const,
    projectId: fixture.projectId,
    serviceId,
    gpuProduct: 'H100',
    capacityType: 'onDemand' as const,
    quantity: String(Math.round(gpuHours * 3_600_000)),
    loadedNano: String(Math.round(gpuHours * 2_000_000_000)),
    ...zero,
  }));
  for (let from = 0; from < rows.length; from += 500)
    await test.db.insert(ledgerHourSum).values(rows.slice(from, from + 500));
}

function every(from: Date, to: Date, gpuHours: number, serviceId?: string): Hour[] {
  const count = (to.getTime() - from.getTime()) / hourMs;
  return Array.from({ length: count }, (_, index) => ({
    hourAt: new Date(from.getTime() + index * hourMs),
    gpuHours,
    ...(serviceId === undefined ? {} : { serviceId }),
  }));
}

type Made = {
  amount: bigint;
  settings?: Partial<BudgetSettings>;
  change?: Partial<typeof budget.$inferInsert>;
};

/** A budget as it was made before the month began. */
async function made({ amount, settings = {}, change = {} }: Made): Promise<string> {
  const id = newId();
  const by = { createdAt: at(-30), createdBy: fixture.people.admin.id };
  await test.db.insert(budget).values({
    id,
    projectId: fixture.projectId,
    name: `Serving ${id.slice(-6)}`,
    scope: { projectId: fixture.projectId, environmentId: null, modelId: null, gpuProduct: null },
    unit: 'gpuHours',
    period: { kind: 'calendar', every: 'month', timeZone: 'UTC', rolloverCapPercent: 0 },
    settings: { ...usualSettings, ...settings },
    ...by,
    ...change,
  });
  await test.db.insert(budgetMovement).values({
    id: newId(),
    budgetId: id,
    kind: 'base',
    amount: amount.toString(),
    fromAt: at(-60),
    ...by,
  });
  return id;
}

async function statusOf(budgetId: string) {
  const [row] = await test.db.select().from(budget).where(eq(budget.id, budgetId));
  return budgetStatusSchema.parse(row?.status);
}
async function told(): Promise<string[]> {
  const rows = await test.db.select().from(notice).orderBy(notice.id);
  return rows.map(({ params }) => noticeSentence(noticeSchema.parse(params)));
}

describe('the look at budgets', () => {
  it('finds 9,000 and 12,240 GPU-hours for 3,600 spent on day 12 with 20 GPUs running, and the hour when nothing is left', async () => {
    const id = await made({ amount: 10_000n * gpuHour, settings: { thresholds: [] } });
    // Twelve days come to 3,600 GPU-hours, the last half day of them at 20 by the hour.
    await spend([...every(at(1), at(12, 12), 3_360 / 276), ...every(at(12, 12), at(13), 20)]);
    expect(await evaluateBudgets(test.db, { now: at(13) })).toEqual([id]);
    const status = await statusOf(id);
    expect(Number(status.actual) / 3_600_000).toBeCloseTo(3_600, 2);
    expect(Number(status.forecasts?.linear) / 3_600_000).toBeCloseTo(9_000, 1);
    expect(Number(status.forecasts?.runRate) / 3_600_000).toBeCloseTo(12_240, 2);
    expect(status.forecasts).toMatchObject({ chosen: 'runRate', reason: 'burnChanged' });
    const goneAfterDays = (new Date(status.exhaustedAt ?? 0).getTime() - month.getTime()) / (24 * hourMs);
    expect(goneAfterDays).toBeCloseTo(25.33, 2);
    expect(status.backtest).toBeNull();
    expect(status.lastHour).toBe(20n * gpuHour);
    expect(status.lastSixHours).toBe(120n * gpuHour);
  });

  it('is made once a minute, whoever asks and however many', async () => {
    const id = await made({ amount: gpuHour });
    const both = await Promise.all([
      evaluateBudgets(test.db, { now: at(13) }),
      evaluateBudgets(test.db, { now: at(13) }),
    ]);
    expect(both.flat()).toEqual([id]);
    expect(await evaluateBudgets(test.db, { now: new Date(at(13).getTime() + 59_000) })).toEqual([]);
    expect(await evaluateBudgets(test.db, { now: new Date(at(13).getTime() + 60_000) })).toEqual([id]);
  });

  it('goes on with the others when one cannot be evaluated', async () => {
    const good = await made({ amount: gpuHour });
    const broken = await made({ amount: gpuHour, change: { scope: {}, statusAt: at(1) } });
    expect(await evaluateBudgets(test.db, { now: at(13) })).toEqual([good]);
    const [row] = await test.db.select().from(budget).where(eq(budget.id, broken));
    expect(row).toMatchObject({ status: null, statusAt: at(1) });
  });

  it('counts of a scope only what is in it, and of money the rate that the budget says', async () => {
    const money = await made({ amount: 1n, change: { unit: 'currency' }, settings: { thresholds: [] } });
    const product = await made({
      amount: 1n,
      settings: { thresholds: [] },
      change: {
        scope: { projectId: fixture.projectId, environmentId: null, modelId: null, gpuProduct: 'A100' },
      },
    });
    await spend(every(at(12), at(12, 4), 2));
    await evaluateBudgets(test.db, { now: at(13) });
    expect((await statusOf(money)).actual).toBe(16_000_000_000n);
    expect((await statusOf(product)).actual).toBe(0n);
  });

  it('takes an autoscaled service by its week and not by its last hour', async () => {
    const { stagingServiceId } = fixture;
    await test.db
      .update(service)
      .set({ scaling: { kind: 'auto', minReplicas: 1, maxReplicas: 9, targetCpuPercent: 60 } })
      .where(eq(service.id, stagingServiceId));
    const id = await made({ amount: gpuHour, settings: { thresholds: [] } });
    await spend([
      ...every(at(6), at(12, 23), 2, stagingServiceId),
      ...every(at(12, 23), at(13), 9, stagingServiceId),
      ...every(at(12, 23), at(13), 1, fixture.serviceId),
    ]);
    await evaluateBudgets(test.db, { now: at(13) });
    const { forecasts, actual } = await statusOf(id);
    const perHour = Number(((forecasts?.runRate ?? 0n) - actual) / (18n * 24n)) / 3_600_000;
    expect(perHour).toBeCloseTo(1 + (2 * 167 + 9) / 168, 2);
  });

  it('of a rolling budget forgets what rolls off', async () => {
    const id = await made({
      amount: 1_000n * gpuHour,
      settings: { thresholds: [] },
      change: { period: { kind: 'rolling', days: 7 } },
    });
    await spend([...every(at(1), at(7), 10), ...every(at(12), at(13), 1)]);
    await evaluateBudgets(test.db, { now: at(13) });
    const status = await statusOf(id);
    expect(status.toAt).toBeNull();
    expect(status.actual).toBe((24n * 10n + 24n) * gpuHour);
    expect(status.rolling).toEqual({ in24Hours: 48n * gpuHour, in72Hours: 96n * gpuHour });
    expect(status.expected).toBe(96n * gpuHour);
  });
});

describe('a threshold', () => {
  it('is told once in a period, with its figures, and again in the next one', async () => {
    await made({
      amount: 100n * gpuHour,
      settings: { thresholds: [{ basis: 'actual', limit: { kind: 'percent', percent: 90 } }] },
    });
    await spend(every(at(10), at(13), 1.3));
    await evaluateBudgets(test.db, { now: at(13) });
    await evaluateBudgets(test.db, { now: at(14) });
    const sentences = await told();
    expect(sentences).toHaveLength(1);
    expect(sentences[0]).toMatch(/has spent 90 %: 93.6 GPU-hours of 100 GPU-hours/);
    await spend(every(at(33), at(36), 1.3));
    await evaluateBudgets(test.db, { now: at(36) });
    expect(await told()).toHaveLength(2);
    expect(await test.db.select().from(budgetAlert)).toHaveLength(2);
  });

  it('on pace fires for a canary that somebody forgot, long before the money is gone', async () => {
    await made({ amount: 720n * gpuHour, settings: { thresholds: [{ basis: 'burn', factor: 3 }] } });
    await spend(every(at(12, 17), at(13), 8));
    await evaluateBudgets(test.db, { now: at(13) });
    expect((await told())[0]).toContain('over 3 times the pace that the period allows: 56 GPU-hours');
    const [row] = await test.db.select().from(notice);
    expect(row?.severity).toBe('high');
  });

  it('of the instance is told in every project that it counts', async () => {
    const other = await ProjectFixture.create(test.db);
    const scope = { projectId: null, environmentId: null, modelId: null, gpuProduct: 'H100' };
    const thresholds = [{ basis: 'actual', limit: { kind: 'absolute', amount: '3600000' } } as const];
    await made({ amount: gpuHour, settings: { thresholds }, change: { projectId: null, scope } });
    await spend(every(at(12), at(13), 1));
    await evaluateBudgets(test.db, { now: at(13) });
    const rows = await test.db.select().from(notice);
    const projects = rows.map(({ projectId }) => projectId);
    expect(projects).toEqual(expect.arrayContaining([fixture.projectId, other.projectId]));
    expect(new Set(projects).size).toBe(projects.length);
  });
});

describe('a new period', () => {
  const period = { kind: 'calendar', every: 'month', timeZone: 'UTC', rolloverCapPercent: 20 };

  it('gets what was left of the one before, up to the cap, once it is settled, and says so in the audit', async () => {
    const id = await made({ amount: 100n * gpuHour, settings: { thresholds: [] }, change: { period } });
    await spend(every(at(10), at(11), 1));
    const begin = at(31).getTime();
    await evaluateBudgets(test.db, { now: new Date(begin + 5 * 60_000) });
    expect((await statusOf(id)).amount).toBe(100n * gpuHour);
    for (const minute of [16, 17, 18])
      await evaluateBudgets(test.db, { now: new Date(begin + minute * 60_000) });
    expect((await statusOf(id)).amount).toBe(120n * gpuHour);
    const moved = await test.db.select().from(budgetMovement).where(eq(budgetMovement.kind, 'rollover'));
    expect(moved).toMatchObject([{ amount: String(20n * gpuHour), fromAt: at(31), toAt: at(62) }]);
    expect(await fixture.auditOf(id)).toMatchObject([{ action: 'budgets.rollOver' }]);
  });

  it('gets nothing of a period in which the budget did not exist', async () => {
    await made({ amount: gpuHour, settings: { thresholds: [] }, change: { period, createdAt: at(31, 1) } });
    await evaluateBudgets(test.db, { now: at(31, 2) });
    expect(await test.db.select().from(budgetMovement).where(eq(budgetMovement.kind, 'rollover'))).toEqual(
      [],
    );
  });
});
