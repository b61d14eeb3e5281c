import { eq } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { environment } from '../../db/schema/environments.ts';
import { ledgerStatement } from '../../db/schema/ledger.ts';
import { fraction } from '../../domain/metering/fraction.ts';
import { readCosts } from '../costs/read.ts';
import { after, LedgerFixture, monthAt } from '../ledger-fixture.ts';
import { costObjects } from './cost-fixture.ts';
import { RestFixture } from './rest-fixture.ts';

let api: RestFixture;
beforeAll(async () => {
  api = await RestFixture.open();
});
afterAll(() => api.running.close());

/** Two GPUs of eight for an hour of the project's namespace, sealed. */
async function spend(): Promise<void> {
  const { db, clusterId, productionId, people } = api.project;

  await db.update(environment).set({ createdAt: monthAt }).where(eq(environment.id, productionId));
  const [row] = await db.select().from(environment).where(eq(environment.id, productionId));
  const ledger = new LedgerFixture(db, clusterId);
  await ledger.price(8_000_000_001n, people.admin.id);
  await ledger.node('gpu-1', { fromAt: monthAt, toAt: after(60) });
  await ledger.pod('pod', {
    namespace: row?.namespace ?? '',
    fromAt: monthAt,
    toAt: after(60),
    gpu: fraction(2),
  });
  await ledger.watched(monthAt, after(90));
  await ledger.seal(after(75));
}

describe('costs over REST', () => {
  it('are to the nano what the console shows, as text', async () => {
    await spend();
    const { projectId } = api.project;
    const { body, status } = await api.call('readCosts', {
      params: { projectId },
      query: { from: '2026-03-01', to: '2026-03-02', groupBy: 'bucket' },
    });
    const range = { from: monthAt, to: after(24 * 60), groupBy: 'bucket' as const };
    const shown = await readCosts(api.project.as('viewer'), { projectId, ...range });
    expect(status).toBe(200);
    expect(shown.total.loadedNano).toBe(2_000_000_000n);
    expect(body['total']).toEqual({
      milliGpuSeconds: '7200000',
      loadedNano: '2000000000',
      openCostNano: String(shown.total.openCostNano),
      unpriced: '0',
      estimated: '0',
    });
    expect(body['groups']).toMatchObject([{ group: 'serving', label: 'serving', loadedNano: '2000000000' }]);
  });

  it('of a range that ends before it begins, by node, or of no day are refused with the field', async () => {
    const { projectId } = api.project;
    for (const query of [
      { from: '2026-03-02', to: '2026-03-01', groupBy: 'bucket' },
      { from: '2026-03-01', to: '2026-03-02', groupBy: 'node' },
      { from: 'yesterday', to: '2026-03-02', groupBy: 'bucket' },
    ]) {
      const { status, body } = await api.call('readCosts', { params: { projectId }, query });
      expect([query, status]).toEqual([query, 400]);
      expect(body['error']).toMatchObject({ code: 'invalidInput' });
    }
  });

  it('of a closed month are the frozen statement, with its digest and amounts beyond JSON’s exact numbers', async () => {
    const { statementId } = await costObjects(api.project);
    const { body } = await api.call('getStatement', { params: { statementId } });
    const [row] = await api.project.db.select().from(ledgerStatement);
    expect(body).toMatchObject({
      digest: row?.digest,
      statement: { total: { loadedNano: '9007199254740993' } },
    });
  });

  it('stand beside a budget’s amount, held and available', async () => {
    const { budgetId } = await costObjects(api.project);
    const { body } = await api.call('getBudget', { params: { budgetId } });
    expect(body['budget']).toMatchObject({ unit: 'gpuHours', amount: '3600000000', held: '0', actual: null });
  });
});
