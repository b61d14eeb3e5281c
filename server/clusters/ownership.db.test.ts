import { and, eq } from 'drizzle-orm';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { cluster as clusterTable, environment, namespaceClaim } from '../../db/schema/environments.ts';
import { service } from '../../db/schema/services.ts';
import { type TestDatabase, testDatabase } from '../../db/test-database.ts';
import { instanceId } from '../instance-id.ts';
import { ProjectFixture, refusalOf } from '../test-fixture.ts';
import { confirmReplacement, releaseNamespace, takeNamespace } from './ownership-commands.ts';
import { getCluster } from './queries.ts';

let test: TestDatabase;
let fixture: ProjectFixture;
let mine = '';
let place = { clusterId: '', namespace: '' };

beforeAll(async () => {
  test = await testDatabase();
  mine = await instanceId(test.db);
});
afterAll(() => test.drop());
beforeEach(async () => {
  fixture = await ProjectFixture.create(test.db);
  const rows = await test.db.select().from(environment).where(eq(environment.id, fixture.productionId));
  place = { clusterId: fixture.clusterId, namespace: rows[0]?.namespace ?? '' };
});

const admin = () => fixture.as({ ...fixture.people.admin, instanceRoles: ['admin'] });
const ago = (seconds: number) => new Date(Date.now() - seconds * 1000);

async function claimed(claim: { holder: string | null; seconds: number; wanted?: boolean }) {
  const { holder, seconds, wanted = true } = claim;
  await test.db.insert(namespaceClaim).values({ ...place, holder, wanted, renewedAt: ago(seconds) });
}
async function stored() {
  const here = and(
    eq(namespaceClaim.clusterId, place.clusterId),
    eq(namespaceClaim.namespace, place.namespace),
  );
  const [row] = await test.db.select().from(namespaceClaim).where(here);
  return row;
}
async function dueAt(): Promise<number> {
  const [row] = await test.db.select().from(service).where(eq(service.id, fixture.serviceId));
  return row?.nextReconcileAt?.getTime() ?? 0;
}

describe('a replaced cluster', () => {
  it('is confirmed by an admin who names what was seen, and its services are looked at', async () => {
    const { clusterId } = place;
    await test.db
      .update(clusterTable)
      .set({ uid: 'old', replacedByUid: 'new' })
      .where(eq(clusterTable.id, clusterId));
    await test.db.update(service).set({ nextReconcileAt: new Date(Date.now() + 3_600_000) });
    const stale = await refusalOf(confirmReplacement(admin(), { clusterId, uid: 'older page' }));
    expect(stale.code).toBe('conflict');
    await confirmReplacement(admin(), { clusterId, uid: 'new' });
    expect(await getCluster(fixture.as('viewer'), { clusterId })).toMatchObject({
      uid: 'new',
      replacedByUid: null,
    });
    expect(await dueAt()).toBeLessThanOrEqual(Date.now() + 1_000);
    expect((await fixture.auditOf(clusterId)).map(({ action }) => action)).toEqual([
      'clusters.confirmReplacement',
    ]);
    expect((await refusalOf(confirmReplacement(admin(), { clusterId, uid: 'new' }))).code).toBe('wrongState');
  });
});

describe('the claim of a namespace', () => {
  it('is given up and taken back, each with its trace', async () => {
    await claimed({ holder: mine, seconds: 1 });
    await releaseNamespace(admin(), place);
    expect((await stored())?.wanted).toBe(false);
    expect((await refusalOf(releaseNamespace(admin(), place))).code).toBe('wrongState');
    await takeNamespace(admin(), place);
    expect(await stored()).toMatchObject({ wanted: true, takeFrom: null });
    expect((await refusalOf(takeNamespace(admin(), place))).code).toBe('wrongState');
    expect((await fixture.auditOf(place.clusterId)).map(({ action }) => action).sort()).toEqual([
      'clusters.releaseNamespace',
      'clusters.takeNamespace',
    ]);
  });

  it('of another Fairlead is taken only when that one is silent', async () => {
    await claimed({ holder: 'them', seconds: 5 });
    const refused = await refusalOf(takeNamespace(admin(), place));
    expect(refused).toMatchObject({ code: 'namespaceClaimed', fix: expect.stringContaining('Stop it') });
    await test.db.update(namespaceClaim).set({ renewedAt: ago(121) });
    await takeNamespace(admin(), place);
    expect(await stored()).toMatchObject({ takeFrom: 'them' });
    const page = await getCluster(fixture.as('viewer'), { clusterId: place.clusterId });
    expect(page.claims).toMatchObject([{ holder: 'them', isOurs: false, isBeingTaken: true }]);
  });

  it('is refused to everybody who is no admin of the instance, and not found where nothing was managed', async () => {
    for (const change of [takeNamespace, releaseNamespace]) {
      expect((await refusalOf(change(fixture.as('admin'), place))).code).toBe('forbidden');
      expect((await refusalOf(change(admin(), place))).code).toBe('notFound');
    }
    const { clusterId } = place;
    expect((await refusalOf(confirmReplacement(fixture.as('viewer'), { clusterId, uid: 'x' }))).code).toBe(
      'forbidden',
    );
  });

  it('is signed with one id for all processes of this Fairlead', async () => {
    expect(await instanceId(test.db)).toBe(mine);
  });
});

describe('a service', () => {
  const asked = () => fixture.service('other', fixture.productionId);
  const change = (more: Partial<typeof clusterTable.$inferInsert>) =>
    test.db.update(clusterTable).set(more).where(eq(clusterTable.id, place.clusterId));

  it('is not made to be managed where the token was made for watching, and every verb is named', async () => {
    await change({ namespaces: [{ name: place.namespace, access: 'watch' }] });
    const refused = await refusalOf(asked());
    expect(refused.code).toBe('rightsMissing');
    expect(refused.message).toMatch(/create deployments\.apps, patch deployments\.apps, .*delete httproutes/);
  });

  it('is not made where the last check list found a verb missing, and is where it found them all', async () => {
    const row = (state: 'met' | 'missing') => ({
      capabilities: {
        version: 'v1.37.2',
        checks: [
          {
            id: `manage:${place.namespace}`,
            group: 'rights',
            title: '',
            state,
            detail: 'the token may not patch services',
            fix: null,
          },
        ],
      },
    });
    await change(row('missing'));
    expect((await refusalOf(asked())).message).toContain('may not patch services');
    await change(row('met'));
    await asked();
  });
});
