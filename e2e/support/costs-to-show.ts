import { eq } from 'drizzle-orm';
import { environment } from '../../db/schema/environments.ts';
import { ledgerMonth, ledgerStatement } from '../../db/schema/ledger.ts';
import { instanceCurrency } from '../../db/schema/prices.ts';
import type { Statement } from '../../domain/ledger/statement.ts';
import { digestOf } from '../../server/digest.ts';
import { newId } from '../../server/id.ts';
import { LedgerFixture } from '../../server/ledger-fixture.ts';
import type { ProjectFixture } from '../../server/test-fixture.ts';

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;

/** A day of a node with eight GPUs at 8 an hour that ended three hours ago: two of them in production, one of nobody. */
export async function meteredDay(
  fixture: ProjectFixture,
): Promise<{ nodeUid: string; podUid: string; namespace: string }> {
  const { db, clusterId, projectId, productionId } = fixture;
  await db.insert(instanceCurrency).values({ currency: 'USD' }).onConflictDoNothing();
  const toAt = new Date(Math.floor(Date.now() / hourMs) * hourMs - 3 * hourMs);
  const fromAt = new Date(toAt.getTime() - dayMs);
  const [place] = await db
    .update(environment)
    .set({ createdAt: new Date(fromAt.getTime() - dayMs) })
    .where(eq(environment.id, productionId))
    .returning();
  const ledger = new LedgerFixture(db, clusterId);
  const instanceType = `cost-${projectId.slice(-8)}.8`;
  const [nodeUid, podUid, namespace] = [
    `node-${projectId}`,
    `pod-${projectId}`,
    `research-${projectId.slice(-8)}`,
  ];
  await ledger.price(8_000_000_000n, fixture.people.admin.id, { instanceType });
  await ledger.node(nodeUid, { fromAt, toAt, facts: { instanceType } });
  const times = { fromAt, toAt, nodeUid };
  await ledger.pod(podUid, { ...times, namespace: place?.namespace ?? '', gpu: { n: 2, d: 1 } });
  const owners = [{ kind: 'Job', name: 'sweep', uid: 'u' }];
  await ledger.pod(`sweep-${projectId}`, { ...times, namespace, owners });
  return { nodeUid, podUid, namespace };
}

/** Addresses of cost pages that have something to show. */
export async function showCosts(fixture: ProjectFixture) {
  const { nodeUid, podUid } = await meteredDay(fixture);
  const group = { group: fixture.productionId, by: 'environment' };
  const address = (path: string, params: Record<string, string>) => `${path}?${new URLSearchParams(params)}`;
  return {
    pods: address('/costs/pods', group),
    pod: address('/costs/pod', { ...group, node: nodeUid, pod: podUid }),
    statement: `/costs/statements/${await statementOf(fixture)}`,
  };
}

async function statementOf({ db, projectId, people }: ProjectFixture): Promise<string> {
  const month = new Date('2025-01-01T00:00:00Z');
  await db
    .insert(ledgerMonth)
    .values({ month, closedAt: new Date('2025-02-02T00:00:00Z'), closedBy: people.admin.id })
    .onConflictDoNothing();
  const total = {
    milliGpuSeconds: '7200000000',
    loadedNano: '2000000000000',
    openCostNano: '700000000000',
    unpriced: '0',
  };
  const statement: Statement = {
    schema: 1,
    month: '2025-01-01',
    projectId,
    projectName: 'Fraud',
    costCentre: 'CC-42',
    currency: 'USD',
    total,
    byModel: [{ ...total, key: null, name: 'Pods of no model' }],
    byBucket: [{ ...total, key: 'serving', name: 'serving' }],
    byProduct: [{ ...total, key: 'NVIDIA-L40S', name: 'NVIDIA-L40S' }],
    idleShare: { ...total, milliGpuSeconds: '3600000', loadedNano: '1000000000' },
    corrections: [],
  };
  const id = newId();
  await db.insert(ledgerStatement).values({ id, month, projectId, statement, digest: digestOf(statement) });
  return id;
}
