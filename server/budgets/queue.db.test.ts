import { eq, inArray } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { environment } from '../../db/schema/environments.ts';
import { promotion } from '../../db/schema/promotions.ts';
import { type TestDatabase, testDatabase } from '../../db/test-database.ts';
import { gpuHour } from '../../domain/budget/budget-words.ts';
import { seeRoom } from '../room-fixture.ts';
import { ProjectFixture } from '../test-fixture.ts';
import { createBudget } from './commands.ts';
import { getBudget, getInstanceBudget } from './get.ts';
import { createInstanceBudget } from './instance-commands.ts';

let test: TestDatabase;
let fixture: ProjectFixture;
let other: ProjectFixture;
beforeAll(async () => {
  test = await testDatabase();
  fixture = await ProjectFixture.create(test.db);
  other = await ProjectFixture.create(test.db);
  for (const { projectId, clusterId } of [fixture, other]) {
    const places = await test.db.select().from(environment).where(eq(environment.projectId, projectId));
    const namespaces = places.map(({ namespace }) => namespace);
    await seeRoom(test.db, { clusterId, namespaces, now: new Date() });
  }
});
afterAll(() => test.drop());

const made = (projectId: string | null) => ({
  name: 'Serving',
  scope: { projectId, environmentId: null, modelId: null, gpuProduct: null },
  unit: 'gpuHours' as const,
  period: { kind: 'calendar' as const, every: 'month' as const, timeZone: 'UTC', rolloverCapPercent: 0 },
  level: 2,
  amount: (gpuHour / 100n).toString(),
});

/** A signed request that found no budget, asked for at an hour of a day long ago. */
async function waits(of: ProjectFixture, serviceId: string, hour: number): Promise<string> {
  const { promotionId } = await of.request(serviceId);
  const outcome = { code: 'budgetExceeded', message: '', params: {}, fix: null, owner: null, until: null };
  const requestedAt = new Date(Date.UTC(2026, 0, 1, hour));
  await test.db
    .update(promotion)
    .set({ state: 'approved', outcome, requestedAt })
    .where(eq(promotion.id, promotionId));
  return promotionId;
}

describe('who waits for a budget', () => {
  it('stands in the order in which they go, with what each would hold and its date, for the project to read', async () => {
    const { budgetId } = await createBudget(fixture.as('admin'), {
      projectId: fixture.projectId,
      ...made(fixture.projectId),
    });
    const staging = await waits(fixture, fixture.stagingServiceId, 1);
    const younger = await waits(fixture, fixture.serviceId, 3);
    const older = await waits(fixture, fixture.serviceId, 2);
    await waits(other, other.serviceId, 0);
    const { queue } = await getBudget(fixture.as('viewer'), { budgetId });
    expect(queue.entries.map(({ promotionId }) => promotionId)).toEqual([older, younger, staging]);
    expect(queue).toMatchObject({
      entries: [
        { production: true, gpus: 2, products: ['*'], wanted: expect.any(BigInt), fit: expect.any(String) },
        { production: true },
        { production: false },
      ],
      more: 0,
    });
    expect(queue.entries[0]?.fit).toMatch(/does not fit at this size/);
    await test.db
      .update(promotion)
      .set({ state: 'withdrawn' })
      .where(inArray(promotion.id, [older, younger, staging]));
    expect((await getBudget(fixture.as('viewer'), { budgetId })).queue).toEqual({ entries: [], more: 0 });
  });

  it('of the instance is shown to its keepers with every project, and to no member', async () => {
    const instance = fixture.as({ ...fixture.people.stranger, instanceRoles: ['admin'] });
    const { budgetId } = await createInstanceBudget(instance, made(null));
    const own = await waits(fixture, fixture.serviceId, 5);
    const { queue } = await getInstanceBudget(instance, { budgetId });
    expect(queue.entries.map(({ project }) => project)).toHaveLength(2);
    expect(queue.entries.at(-1)?.promotionId).toBe(own);
    await expect(getInstanceBudget(fixture.as('admin'), { budgetId })).rejects.toThrow();
    await expect(getBudget(fixture.as('admin'), { budgetId })).rejects.toThrow();
  });
});
