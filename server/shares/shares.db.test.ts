import { eq } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { share, shareSecret } from '../../db/schema/shares.ts';
import { type TestDatabase, testDatabase } from '../../db/test-database.ts';
import { dayMs } from '../../domain/share/share-expiry.ts';
import type { Context } from '../context.ts';
import { instanceKey } from '../instance-key.ts';
import { liveSecrets } from '../rows/share-rows.ts';
import { ProjectFixture, refusalOf } from '../test-fixture.ts';
import {
  pauseShare,
  resumeShare,
  revokeAllShares,
  revokeShare,
  rotateShare,
  updateShare,
} from './commands.ts';
import { createShare } from './create.ts';
import { getShare, listShares } from './queries.ts';

const keys = [instanceKey(Buffer.alloc(32, 3).toString('base64'))];
let database: TestDatabase;
let fixture: ProjectFixture;
beforeAll(async () => {
  database = await testDatabase();
  fixture = await ProjectFixture.create(database.db);
});
afterAll(() => database.drop());

const by = (who: Parameters<ProjectFixture['as']>[0]): Context => ({
  ...fixture.as(who),
  instanceKeys: keys,
});
type Draft = Parameters<typeof createShare>[1];
const draft = (change: Partial<Draft> = {}): Draft => ({
  projectId: fixture.projectId,
  kind: 'share',
  title: 'Is it healthy?',
  labels: { [`service ${fixture.serviceId}`]: 'Service A' },
  charts: [{ title: 'Errors', spec: { kind: 'errorShare', serviceId: fixture.serviceId } }],
  range: { kind: 'relative', ms: dayMs },
  ...change,
});
const rowOf = async (shareId: string) => {
  const rows = await database.db.select().from(share).where(eq(share.id, shareId));
  return rows[0];
};

describe('what is shared outside', () => {
  it('is stored with a hash of its secret only, ends after 90 days, and is listed with its audit entry', async () => {
    const { shareId, secret, expiresAt } = await createShare(by('operator'), draft());
    expect(secret).toMatch(/^[\w-]{43}$/);
    expect(Math.round((expiresAt.getTime() - Date.now()) / dayMs)).toBe(90);
    expect(JSON.stringify(await rowOf(shareId))).not.toContain(secret);
    const trail = JSON.stringify(await fixture.auditOf(shareId));
    expect(trail).toContain('shares.create');
    expect(trail).not.toContain(secret.slice(0, 12));
    const listed = await listShares(by('operator'), { projectId: fixture.projectId });
    expect(listed.find((each) => each.id === shareId)).toMatchObject({ status: 'active', openedCount: 0 });
    expect(JSON.stringify([listed, await getShare(by('operator'), { shareId })])).not.toContain(secret);
  });

  it('is paused, resumed, changed and revoked for good', async () => {
    const { shareId } = await createShare(by('operator'), draft());
    await pauseShare(by('operator'), { shareId });
    expect(await rowOf(shareId)).toMatchObject({ status: 'paused', revokedBefore: null });
    await resumeShare(by('operator'), { shareId });
    await updateShare(by('operator'), {
      shareId,
      title: 'Healthy',
      frameAncestors: ['https://wiki.example'],
    });
    expect(await rowOf(shareId)).toMatchObject({
      status: 'active',
      title: 'Healthy',
      frameAncestors: ['https://wiki.example'],
      labels: { [`service ${fixture.serviceId}`]: 'Service A' },
    });
    await revokeShare(by('operator'), { shareId });
    const row = await rowOf(shareId);
    expect(row?.status).toBe('revoked');
    const ahead = (row?.revokedBefore?.getTime() ?? 0) - Date.now();
    expect(ahead).toBeGreaterThan(25_000);
    expect(ahead).toBeLessThanOrEqual(30_500);
    expect(await refusalOf(resumeShare(by('operator'), { shareId }))).toMatchObject({ code: 'wrongState' });
    expect((await fixture.auditOf(shareId)).map(({ action }) => action)).toEqual([
      'shares.create',
      'shares.pause',
      'shares.resume',
      'shares.update',
      'shares.revoke',
    ]);
  });

  it('signed has two live secrets at most, sealed, and the old one can be ended at once', async () => {
    const signed = draft({ kind: 'signed', frameAncestors: ['https://wiki.example'] });
    const { shareId, secret: first } = await createShare(by('operator'), signed);
    const live = async () => (await liveSecrets(database.db, { shareId, keys })).map(({ secret }) => secret);
    const { secret: second } = await rotateShare(by('operator'), { shareId });
    expect(await live()).toEqual([second, first]);
    const { secret: third } = await rotateShare(by('operator'), { shareId });
    expect(await live()).toEqual([third, second]);
    const { secret: fourth } = await rotateShare(by('operator'), { shareId, endOld: true });
    expect(await live()).toEqual([fourth]);
    expect((await rowOf(shareId))?.revokedBefore).not.toBeNull();
    const stored = JSON.stringify(await database.db.select().from(shareSecret));
    for (const secret of [first, second, third, fourth]) expect(stored).not.toContain(secret);
    const keyless = createShare({ ...by('operator'), instanceKeys: [] }, signed);
    expect(await refusalOf(keyless)).toMatchObject({ code: 'conflict' });
  });

  it.each<[string, Partial<Draft>]>([
    ['a wildcard as origin', { frameAncestors: ['*'] }],
    ['an origin without https', { frameAncestors: ['http://wiki.example'] }],
    ['a signed embed for no page', { kind: 'signed' }],
    ['no chart', { charts: [] }],
    ['an end beyond two years', { expiresInDays: 731 }],
    ['an empty label', { labels: { 'service x': ' ' } }],
    ['a label for no subject', { labels: { person: 'Ada' } }],
    ['a moving picture', { kind: 'picture', allowExport: ['png'], expiresInDays: 7 }],
    [
      'a picture for a quarter',
      { kind: 'picture', allowExport: ['png'], range: { kind: 'fixed', from: 0, to: dayMs } },
    ],
    [
      'a picture in two formats',
      {
        kind: 'picture',
        allowExport: ['png', 'csv'],
        range: { kind: 'fixed', from: 0, to: dayMs },
        expiresInDays: 7,
      },
    ],
  ])('is refused with %s', async (_name, change) => {
    expect((await refusalOf(createShare(by('operator'), draft(change)))).code).toBe('invalidInput');
  });

  it('is the business of operators and admins, of their own project only', async () => {
    const { shareId } = await createShare(by('operator'), draft());
    for (const who of ['viewer', 'engineer', 'approver'] as const)
      expect((await refusalOf(createShare(by(who), draft()))).code).toBe('forbidden');
    expect((await refusalOf(revokeAllShares(by('operator'), { projectId: fixture.projectId }))).code).toBe(
      'forbidden',
    );
    const stranger = by('stranger');
    const asked = [
      () => getShare(stranger, { shareId }),
      () => pauseShare(stranger, { shareId }),
      () => rotateShare(stranger, { shareId }),
      () => revokeShare(stranger, { shareId }),
      () => createShare(stranger, draft()),
    ];
    for (const ask of asked) expect((await refusalOf(ask())).code).toBe('notFound');
    const other = await ProjectFixture.create(database.db);
    const foreign = draft({ charts: [{ title: 'x', spec: { kind: 'drift', serviceId: other.serviceId } }] });
    expect((await refusalOf(createShare(by('operator'), foreign))).code).toBe('notFound');
  });

  it('ends as a whole when an admin revokes all, one audit entry each', async () => {
    const { shareId } = await createShare(by('operator'), draft());
    const { projectId } = fixture;
    const { count } = await revokeAllShares(by('admin'), { projectId });
    expect(count).toBeGreaterThan(1);
    const listed = await listShares(by('admin'), { projectId });
    expect(new Set(listed.map(({ status }) => status))).toEqual(new Set(['revoked']));
    expect((await fixture.auditOf(shareId)).at(-1)).toMatchObject({ action: 'shares.revokeAll' });
    expect(await revokeAllShares(by('admin'), { projectId })).toEqual({ count: 0 });
  });
});
