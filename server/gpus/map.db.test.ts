import { eq } from 'drizzle-orm';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { environment } from '../../db/schema/environments.ts';
import { service } from '../../db/schema/services.ts';
import { type TestDatabase, testDatabase } from '../../db/test-database.ts';
import { fraction } from '../../domain/metering/fraction.ts';
import type { Principal } from '../../domain/principal.ts';
import { newId } from '../id.ts';
import { after, LedgerFixture, monthAt } from '../ledger-fixture.ts';
import { ProjectFixture, refusalOf } from '../test-fixture.ts';
import { getGpuMap } from './map.ts';

let test: TestDatabase;
let fixture: ProjectFixture;
let foreign: ProjectFixture;
const now = after(30);

/** Two projects on one cluster: two GPUs of the one, one and a half of the other, one that the node does not offer. */
beforeAll(async () => {
  test = await testDatabase();
  fixture = await ProjectFixture.create(test.db);
  foreign = await ProjectFixture.create(test.db);
  const namespaceOf = async (environmentId: string) => {
    const rows = await test.db
      .update(environment)
      .set({ clusterId: fixture.clusterId, createdAt: after(-1_000) })
      .where(eq(environment.id, environmentId))
      .returning({ namespace: environment.namespace });
    return rows[0]?.namespace ?? '';
  };
  await test.db.update(service).set({ createdAt: after(-1_000) });
  await test.db
    .update(environment)
    .set({ namespace: 'theirs' })
    .where(eq(environment.id, foreign.productionId));
  const mine = await namespaceOf(fixture.productionId);
  const theirs = await namespaceOf(foreign.productionId);
  const ledger = new LedgerFixture(test.db, fixture.clusterId);
  await ledger.node('gpu-1', { fromAt: monthAt, toAt: null, facts: { unhealthyGpus: fraction(1) } });
  await ledger.node('cpu-1', { fromAt: monthAt, toAt: null, facts: { gpuProduct: null, physicalGpus: 0 } });
  const owners = [{ kind: 'Deployment', name: 'scoring-r1', uid: 'u' }];
  await ledger.pod('mine-a', { namespace: mine, owners, fromAt: monthAt, toAt: null });
  await ledger.pod('mine-b', { namespace: mine, owners, fromAt: monthAt, toAt: null, bucket: 'warmup' });
  await ledger.pod('mine-gone', { namespace: mine, owners, fromAt: monthAt, toAt: after(5) });
  await ledger.pod('theirs-a', { namespace: theirs, fromAt: monthAt, toAt: null, gpu: fraction(3, 2) });
  await ledger.watched(monthAt, after(29));
  fixture.clock = async () => now;
  foreign.clock = async () => now;
});
afterAll(() => test.drop());

const asked = async (who: Principal = fixture.people.viewer) => {
  const { clusters, names } = await getGpuMap(fixture.as(who), { projectId: fixture.projectId });
  const cluster = clusters.find(({ id }) => id === fixture.clusterId);
  const parts = cluster?.nodes.flatMap((node) => node.parts) ?? [];
  return { cluster, parts, names };
};

it('shows a member which pods hold what, and of another project how much it holds and nothing else', async () => {
  const { cluster, parts, names } = await asked();
  expect(cluster).toMatchObject({ seenUntil: after(29), now });
  expect(cluster?.nodes.map(({ facts, totals }) => [facts.name, totals.capacity, totals.held])).toEqual([
    ['gpu-1', 8_000, 3_500],
  ]);
  expect(parts.map(({ bucket, holder, milliGpu }) => `${bucket} ${holder.kind} ${milliGpu}`)).toEqual([
    'serving otherProject 1500',
    'serving known 1000',
    'warmup known 1000',
    'idleFragment nobody 500',
    'idleFree nobody 3000',
    'unhealthy nobody 1000',
  ]);
  expect(names['mine-a']).toBe('mine-a');
  expect(JSON.stringify({ parts, names })).not.toMatch(new RegExp(`theirs|${foreign.projectId}|mine-gone`));
  expect(Object.values(names)).toContain('scoring in production');
});

it('names every project to an auditor of the instance', async () => {
  const { parts, names } = await asked({ ...fixture.people.viewer, instanceRoles: ['auditor'] });
  const holders = parts.flatMap(({ holder }) => (holder.kind === 'known' ? [holder.projectId] : []));
  expect(new Set(holders)).toEqual(new Set([fixture.projectId, foreign.projectId]));
  expect(names['theirs-a']).toBe('theirs-a');
});

it('is not there for whoever is no member', async () => {
  const stranger = { ...fixture.people.viewer, id: newId(), memberships: new Map() };
  const refused = getGpuMap(fixture.as(stranger), { projectId: fixture.projectId });
  expect((await refusalOf(refused)).code).toBe('notFound');
});
