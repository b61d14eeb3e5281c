import { and, eq, isNull } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { auditEntry } from '../../db/schema/audit.ts';
import { share } from '../../db/schema/shares.ts';
import { gpuHour } from '../../domain/budget/budget-words.ts';
import { dayMs } from '../../domain/share/share-expiry.ts';
import { createBudget } from '../budgets/commands.ts';
import { createInstanceBudget } from '../budgets/instance-commands.ts';
import type { Context } from '../context.ts';
import { embedApp } from '../embed/embed-app.ts';
import { openSite, type RunningSite } from '../http/site-fixture.ts';
import { ProjectFixture, refusalOf } from '../test-fixture.ts';
import { pauseShare, revokeAllShares, revokeShare, rotateShare, updateShare } from './commands.ts';
import { createInstanceShare, createShare } from './create.ts';
import { instanceShareFile, shareFile } from './file.ts';
import {
  pauseInstanceShare,
  resumeInstanceShare,
  revokeAllInstanceShares,
  revokeInstanceShare,
  rotateInstanceShare,
  updateInstanceShare,
} from './instance-commands.ts';
import { proposeInstanceShare } from './propose.ts';
import { getInstanceShare, getShare, listInstanceShares, listShares } from './queries.ts';

let running: RunningSite;
let fixture: ProjectFixture;
let admin: Context;
let auditor: Context;
beforeAll(async () => {
  running = await openSite();
  fixture = await ProjectFixture.create(running.test.db);
  const holding = (role: 'admin' | 'auditor'): Context => ({
    ...fixture.as({ ...fixture.people.stranger, instanceRoles: [role] }),
    instanceKeys: running.site.instanceKeys,
  });
  admin = holding('admin');
  auditor = holding('auditor');
});
afterAll(() => running.close());

type Draft = Parameters<typeof createInstanceShare>[1];
const byProject = { kind: 'instanceCost' as const, groupBy: 'project' as const };
const draft = (change: Partial<Draft> = {}): Draft => ({
  kind: 'share',
  title: 'What does it cost?',
  labels: { [`project ${fixture.projectId}`]: 'Project A' },
  charts: [{ title: 'Cost by day', spec: byProject }],
  range: { kind: 'relative', ms: dayMs },
  allowExport: ['json'],
  ...change,
});
const budgetOfAll = {
  name: 'All of it',
  scope: { projectId: null, environmentId: null, modelId: null, gpuProduct: null },
  unit: 'gpuHours' as const,
  period: { kind: 'calendar' as const, every: 'month' as const, timeZone: 'UTC', rolloverCapPercent: 0 },
  amount: gpuHour.toString(),
};
const dataOf = async ({ shareId, secret }: { shareId: string; secret: string }) =>
  await embedApp(running.site).request(`/share/${shareId}/data`, {
    headers: { authorization: `Share ${secret}` },
  });

describe('what the instance shares', () => {
  it('is made, changed, paused, given a new secret and revoked by its admins, in the audit of the instance', async () => {
    const made = await createInstanceShare(admin, draft());
    const { shareId } = made;
    expect((await dataOf(made)).status).toBe(200);
    await updateInstanceShare(admin, { shareId, title: 'Costs' });
    await pauseInstanceShare(admin, { shareId });
    expect((await dataOf(made)).status).toBe(410);
    await resumeInstanceShare(admin, { shareId });
    const next = await rotateInstanceShare(admin, { shareId });
    expect((await dataOf(made)).status).toBe(401);
    expect((await dataOf(next)).status).toBe(200);
    await revokeInstanceShare(admin, { shareId });
    expect((await dataOf(next)).status).toBe(410);
    expect((await refusalOf(resumeInstanceShare(admin, { shareId }))).code).toBe('wrongState');
    const entries = await running.test.db
      .select({ chain: auditEntry.chain, action: auditEntry.action })
      .from(auditEntry)
      .where(eq(auditEntry.objectId, shareId))
      .orderBy(auditEntry.seq);
    expect(new Set(entries.map(({ chain }) => chain))).toEqual(new Set(['instance']));
    expect(entries.map(({ action }) => action)).toEqual(
      ['create', 'update', 'pause', 'resume', 'rotate', 'revoke'].map((verb) => `instanceShares.${verb}`),
    );
  });

  it('is listed for its admins and auditors, beside and apart from what projects share', async () => {
    const { shareId } = await createInstanceShare(admin, draft());
    const own = { projectId: fixture.projectId };
    const ofProject = await createShare(fixture.as('operator'), {
      ...draft({ charts: [{ title: 'Costs', spec: { kind: 'cost', groupBy: 'service' } }] }),
      ...own,
    });
    for (const who of [admin, auditor]) {
      const listed = (await listInstanceShares(who, {})).map(({ id }) => id);
      expect(listed).toContain(shareId);
      expect(listed).not.toContain(ofProject.shareId);
      expect(await getInstanceShare(who, { shareId })).toMatchObject({ labels: ['Project A'] });
      expect((await refusalOf(getInstanceShare(who, { shareId: ofProject.shareId }))).code).toBe('notFound');
    }
    const listed = (await listShares(fixture.as('admin'), own)).map(({ id }) => id);
    expect(listed).toContain(ofProject.shareId);
    expect(listed).not.toContain(shareId);
  });

  it('is not made or changed by auditors, nor by anybody of a project', async () => {
    const { shareId } = await createInstanceShare(admin, draft());
    const people = [auditor, ...(['admin', 'operator', 'viewer'] as const).map((who) => fixture.as(who))];
    for (const who of people) {
      const asked = [
        () => createInstanceShare(who, draft()),
        () => proposeInstanceShare(who, { charts: draft().charts, range: draft().range }),
        () => updateInstanceShare(who, { shareId, title: 'x' }),
        () => pauseInstanceShare(who, { shareId }),
        () => resumeInstanceShare(who, { shareId }),
        () => rotateInstanceShare(who, { shareId }),
        () => revokeInstanceShare(who, { shareId }),
        () => revokeAllInstanceShares(who, {}),
      ];
      for (const ask of asked) expect((await refusalOf(ask())).code).toBe('forbidden');
    }
    expect((await refusalOf(listInstanceShares(fixture.as('admin'), {}))).code).toBe('forbidden');
  });

  it('is not found through the commands of a project, nor a project’s through those of the instance', async () => {
    const { shareId } = await createInstanceShare(admin, draft());
    const { shareId: other } = await createShare(fixture.as('operator'), {
      ...draft({ charts: [{ title: 'Costs', spec: { kind: 'cost', groupBy: 'model' } }] }),
      projectId: fixture.projectId,
    });
    const asked = [
      () => getShare(fixture.as('admin'), { shareId }),
      () => updateShare(fixture.as('admin'), { shareId, title: 'x' }),
      () => pauseShare(fixture.as('admin'), { shareId }),
      () => rotateShare(fixture.as('admin'), { shareId }),
      () => revokeShare(fixture.as('admin'), { shareId }),
      () => updateInstanceShare(admin, { shareId: other, title: 'x' }),
      () => pauseInstanceShare(admin, { shareId: other }),
      () => rotateInstanceShare(admin, { shareId: other }),
      () => revokeInstanceShare(admin, { shareId: other }),
    ];
    for (const ask of asked) expect((await refusalOf(ask())).code).toBe('notFound');
  });

  it('holds charts of the instance alone, and a project’s none of them: in the command and when it answers', async () => {
    const { projectId, stagingServiceId: serviceId } = fixture;
    const own = await createBudget(fixture.as('admin'), {
      ...budgetOfAll,
      projectId,
      scope: { ...budgetOfAll.scope, projectId },
    });
    const all = await createInstanceBudget(admin, budgetOfAll);
    const ofProject = (spec: Draft['charts'][number]['spec']) =>
      refusalOf(
        createShare(fixture.as('operator'), { ...draft({ charts: [{ title: 'x', spec }] }), projectId }),
      );
    const ofInstance = (spec: Draft['charts'][number]['spec']) =>
      refusalOf(createInstanceShare(admin, draft({ charts: [{ title: 'x', spec }] })));
    const wrong = { code: 'invalidInput', message: expect.stringMatching(/this one is of/) };
    expect(await ofProject(byProject)).toMatchObject(wrong);
    expect(await ofProject({ kind: 'instanceBudget', budgetId: all.budgetId })).toMatchObject(wrong);
    expect(await ofInstance({ kind: 'cost', groupBy: 'model' })).toMatchObject(wrong);
    expect(await ofInstance({ kind: 'errorShare', serviceId })).toMatchObject(wrong);
    expect(await ofInstance({ kind: 'budget', budgetId: own.budgetId })).toMatchObject(wrong);
    // Of the right kind, but of somebody else.
    expect((await ofProject({ kind: 'budget', budgetId: all.budgetId })).code).toBe('notFound');
    expect((await ofInstance({ kind: 'instanceBudget', budgetId: own.budgetId })).code).toBe('notFound');

    const range = { kind: 'relative' as const, ms: dayMs };
    const file = { range, format: 'csv' as const, theme: 'light' as const };
    const viewer = fixture.as('viewer');
    expect(await refusalOf(shareFile(viewer, { ...file, projectId, spec: byProject }))).toMatchObject(wrong);
    const foreign = { kind: 'cost' as const, groupBy: 'model' as const };
    expect(await refusalOf(instanceShareFile(admin, { ...file, spec: foreign }))).toMatchObject(wrong);
    expect((await instanceShareFile(auditor, { ...file, spec: byProject })).content).toMatch(/^time/);

    for (const [made, spec] of [
      [await createInstanceShare(admin, draft()), foreign],
      [
        await createShare(fixture.as('operator'), {
          ...draft({ charts: [{ title: 'x', spec: foreign }] }),
          projectId,
        }),
        byProject,
      ],
      [
        await createInstanceShare(
          admin,
          draft({ charts: [{ title: 'x', spec: { kind: 'instanceBudget', budgetId: all.budgetId } }] }),
        ),
        { kind: 'instanceBudget', budgetId: own.budgetId },
      ],
    ] as const) {
      expect((await dataOf(made)).status).toBe(200);
      const charts = [{ title: 'x', spec }];
      await running.test.db
        .update(share)
        .set({ content: { schema: 1, charts }, changedAt: new Date() })
        .where(eq(share.id, made.shareId));
      const answer = await dataOf(made);
      expect([answer.status, await answer.text()]).toEqual([410, expect.not.stringContaining('svg')]);
    }
  });

  it('ends as a whole, and nothing of a project with it, nor the reverse', async () => {
    const { projectId } = fixture;
    const live = async (where: 'instance' | 'project') =>
      await running.test.db.$count(
        share,
        and(
          eq(share.status, 'active'),
          where === 'instance' ? isNull(share.projectId) : eq(share.projectId, projectId),
        ),
      );
    await createInstanceShare(admin, draft());
    const before = await live('project');
    expect(before).toBeGreaterThan(0);
    const { count } = await revokeAllInstanceShares(admin, {});
    expect(count).toBeGreaterThan(0);
    expect([await live('instance'), await live('project')]).toEqual([0, before]);
    await createInstanceShare(admin, draft());
    await revokeAllShares(fixture.as('admin'), { projectId });
    expect([await live('instance'), await live('project')]).toEqual([1, 0]);
  });
});
