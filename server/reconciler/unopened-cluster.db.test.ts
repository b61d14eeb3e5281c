import { eq } from 'drizzle-orm';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { notice } from '../../db/schema/notices.ts';
import { type TestDatabase, testDatabase } from '../../db/test-database.ts';
import { SealError } from '../cluster/seal.ts';
import { ReconcilerWorld } from './reconciler-fixture.ts';
import { tellUnopened } from './unopened-cluster.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await testDatabase();
});
afterAll(() => database.drop());

it('a cluster that cannot be opened is told once to its projects, and is over with the first pass that reads it', async () => {
  const world = await ReconcilerWorld.create(database.db);
  const told = () => database.db.select().from(notice).where(eq(notice.projectId, world.projectId));
  const why = { error: new SealError('The token cannot be opened.'), origin: 'live' } as const;
  await tellUnopened(database.db, world.clusterId, why);
  await tellUnopened(database.db, world.clusterId, why);
  expect(await told()).toMatchObject([
    {
      kind: 'clusterUnreachable',
      severity: 'high',
      endedAt: null,
      params: { services: 1, message: 'The token cannot be opened.' },
    },
  ]);
  await world.pass(await world.hands('worker'));
  expect(await told()).toMatchObject([{ openKey: null, endedAt: expect.any(Date) }]);
});
