import { eq } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import * as z from 'zod';
import { auditDetail, auditEntry } from '../db/schema/audit.ts';
import { model } from '../db/schema/models.ts';
import { type TestDatabase, testDatabase } from '../db/test-database.ts';
import { DomainError } from '../domain/refusal.ts';
import { command } from './command.ts';
import type { Context } from './context.ts';
import { newId } from './id.ts';
import { insertPerson, insertProject, type Person } from './identity-fixture.ts';

let test: TestDatabase;
let projectId: string;
let engineer: Person;
let viewer: Person;
let stranger: Person;
let runs = 0;

const schema = z.object({
  projectId: z.uuid(),
  name: z.string().min(1, 'Give a name.'),
  fails: z.boolean().default(false),
});

const createThing = command(
  { permission: 'models.create', schema, project: (_tx, input) => input.projectId },
  async ({ tx, input, principal, now }) => {
    runs += 1;
    const id = newId();
    await tx
      .insert(model)
      .values({ id, projectId: input.projectId, name: input.name, createdAt: now, createdBy: principal.id });
    if (input.fails) throw new DomainError({ code: 'wrongState', message: 'Not now.' });
    return {
      result: { id },
      audit: [
        {
          object: { kind: 'model', id, name: input.name },
          sentence: 'created a thing',
          after: { name: input.name },
        },
      ],
    };
  },
);

const secretThing = command(
  { permission: 'models.create', schema, project: (_tx, input) => input.projectId, returnsSecret: true },
  async ({ input }) => ({
    result: { secret: 'only once' },
    audit: [{ object: { kind: 'model', id: input.name, name: input.name }, sentence: 'made a secret' }],
  }),
);

const withKey = (ctx: Context, idempotencyKey: string): Context => ({ ...ctx, idempotencyKey });
const refusalCode = async (call: Promise<unknown>) => {
  const error: unknown = await call.then(
    () => null,
    (thrown: unknown) => thrown,
  );
  return error instanceof DomainError ? error.refusal.code : error;
};
const modelsNamed = (name: string) => test.db.select().from(model).where(eq(model.name, name));

beforeAll(async () => {
  test = await testDatabase();
  projectId = await insertProject(test.db, 'one');
  const otherProject = await insertProject(test.db, 'other');
  engineer = await insertPerson(test.db, { name: 'Ada', projectId, roles: ['engineer'] });
  viewer = await insertPerson(test.db, { name: 'Vic', projectId, roles: ['viewer'] });
  stranger = await insertPerson(test.db, { name: 'Sam', projectId: otherProject, roles: ['admin'] });
});
afterAll(() => test.drop());

describe('a command', () => {
  it('stores its change and its audit entry together', async () => {
    const { id } = await createThing(engineer.ctx, { projectId, name: 'first' });
    const entries = await test.db.select().from(auditEntry).where(eq(auditEntry.objectId, id));
    expect(entries).toMatchObject([
      { action: 'models.create', actorId: engineer.userId, chain: `project:${projectId}`, origin: 'live' },
    ]);
    const details = await test.db
      .select()
      .from(auditDetail)
      .where(eq(auditDetail.seq, entries[0]?.seq ?? 0));
    expect(details).toMatchObject([{ actorName: 'Ada', objectName: 'first', after: { name: 'first' } }]);
  });

  it('stores neither when its body refuses', async () => {
    expect(await refusalCode(createThing(engineer.ctx, { projectId, name: 'refused', fails: true }))).toBe(
      'wrongState',
    );
    expect(await modelsNamed('refused')).toEqual([]);
    const entries = await test.db.select().from(auditDetail).where(eq(auditDetail.objectName, 'refused'));
    expect(entries).toEqual([]);
  });

  it('refuses a viewer with the role that is needed', async () => {
    await expect(createThing(viewer.ctx, { projectId, name: 'viewed' })).rejects.toThrow(
      /engineer or operator or admin/,
    );
    expect(await modelsNamed('viewed')).toEqual([]);
  });

  it('answers "not found" to a member of another project and to nobody "sign in"', async () => {
    expect(await refusalCode(createThing(stranger.ctx, { projectId, name: 'x' }))).toBe('notFound');
    expect(
      await refusalCode(createThing({ ...engineer.ctx, principal: null }, { projectId, name: 'x' })),
    ).toBe('unauthenticated');
  });

  it('names the field of a bad input', async () => {
    await expect(createThing(engineer.ctx, { projectId, name: '' })).rejects.toThrow('name: Give a name.');
  });

  it('acts once when the same request comes twice at the same moment', async () => {
    runs = 0;
    const ctx = withKey(engineer.ctx, 'double-click');
    const [left, right] = await Promise.all([
      createThing(ctx, { projectId, name: 'clicked' }),
      createThing(ctx, { projectId, name: 'clicked' }),
    ]);
    expect(left).toEqual(right);
    expect(runs).toBe(1);
    expect(await modelsNamed('clicked')).toHaveLength(1);
  });

  it('refuses the same key with other input', async () => {
    const ctx = withKey(engineer.ctx, 'reused');
    await createThing(ctx, { projectId, name: 'key-a' });
    expect(await refusalCode(createThing(ctx, { projectId, name: 'key-b' }))).toBe('conflict');
  });

  it('lets a refused request be repeated under the same key', async () => {
    const ctx = withKey(engineer.ctx, 'again');
    expect(await refusalCode(createThing(ctx, { projectId, name: 'again', fails: true }))).toBe('wrongState');
    await createThing(ctx, { projectId, name: 'again' });
    expect(await modelsNamed('again')).toHaveLength(1);
  });

  it('never repeats a secret', async () => {
    const ctx = withKey(engineer.ctx, 'secret');
    expect(await secretThing(ctx, { projectId, name: 's' })).toEqual({ secret: 'only once' });
    await expect(secretThing(ctx, { projectId, name: 's' })).rejects.toThrow('already created');
  });
});
