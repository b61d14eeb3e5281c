import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Transaction, transaction } from '../../db/client.ts';
import { type TestDatabase, testDatabase } from '../../db/test-database.ts';
import { insertPerson, insertProject, type Person } from '../identity-fixture.ts';
import { appendAudit, isChainMoved, seeChain } from './append.ts';
import { exportLines } from './export.ts';
import { listAudit } from './queries.ts';
import { verifyExport } from './verify.ts';

let test: TestDatabase;
let projectId: string;
let actor: Person;
let text = '';

const appendTo = (tx: Transaction, project: string, { name, at }: { name: string; at: string }) =>
  appendAudit(tx, {
    projectId: project,
    actor: { id: actor.userId, name: actor.name },
    action: 'models.create',
    now: new Date(at),
    origin: 'live',
    drafts: [
      {
        object: { kind: 'model', id: name, name },
        sentence: `created ${name}`,
        before: null,
        after: { name },
        related: [{ kind: 'service', id: 'svc' }],
      },
    ],
  });

const write = (name: string, at: string) =>
  transaction(test.db, (tx) => appendTo(tx, projectId, { name, at }));

const exported = async () => {
  let lines = '';
  for await (const line of exportLines(test.db, `project:${projectId}`)) lines += line;
  return lines;
};

beforeAll(async () => {
  test = await testDatabase();
  projectId = await insertProject(test.db, 'audited');
  actor = await insertPerson(test.db, { name: 'Ada', projectId, roles: ['engineer', 'admin'] });
  await Promise.all(
    Array.from({ length: 20 }, (_, index) =>
      write(`model-${index}`, `2026-11-24T10:00:${String(index).padStart(2, '0')}Z`),
    ),
  );
  text = await exported();
});
afterAll(() => test.drop());

describe('the audit trail', () => {
  it('is one chain without gaps whose time never goes back, however many write at once', () => {
    expect(verifyExport(text)).toMatchObject({ ok: true, count: 20 });
  });

  it('of transactions that saw the same head only one appends, and the others do it again under a lock', async () => {
    const project = await insertProject(test.db, 'seen');
    await transaction(test.db, (tx) => appendTo(tx, project, { name: 'first', at: '2026-11-24T10:00:00Z' }));
    const both = (name: string, attempt: number) =>
      transaction(test.db, async (tx) => {
        await seeChain(tx, project, attempt);
        for (const part of [1, 2])
          await appendTo(tx, project, { name: `${name}${part}`, at: '2026-11-24T10:00:00Z' });
      });
    const names = ['a', 'b', 'c', 'd'];
    const ends = await Promise.allSettled(names.map((name) => both(name, 1)));
    const failed = ends.flatMap((end) => (end.status === 'rejected' ? [end.reason as unknown] : []));
    expect(failed.length).toBeLessThan(4);
    expect(failed.every(isChainMoved)).toBe(true);
    await Promise.all(failed.map((_, index) => both(`again ${index} `, 2)));
    let lines = '';
    for await (const line of exportLines(test.db, `project:${project}`)) lines += line;
    expect(verifyExport(lines)).toMatchObject({ ok: true, count: 9 });
  });

  it('waits for the head before it takes a place, so that it never stands in the way of who holds the head', async () => {
    const project = await insertProject(test.db, 'held');
    const at = '2026-11-24T10:00:00Z';
    await transaction(test.db, (tx) => appendTo(tx, project, { name: 'first', at }));
    const { second } = await transaction(test.db, async (tx) => {
      await tx.execute(sql`select from audit_chain where chain = ${`project:${project}`} for update`);
      const second = transaction(test.db, async (other) => {
        await seeChain(other, project, 1);
        await appendTo(other, project, { name: 'second', at });
      });
      second.catch(() => undefined);
      const waits = sql`select count(*)::int as waits from pg_stat_activity
        where datname = current_database() and wait_event_type = 'Lock'`;
      await expect.poll(async () => (await test.db.execute(waits)).rows).toEqual([{ waits: 1 }]);
      await appendTo(tx, project, { name: 'holder', at });
      return { second };
    });
    expect(isChainMoved(await second.catch((error: unknown) => error))).toBe(true);
    let lines = '';
    for await (const line of exportLines(test.db, `project:${project}`)) lines += line;
    expect(verifyExport(lines)).toMatchObject({ ok: true, count: 2 });
  });

  it.each(['update audit_entry set action = action', 'delete from audit_entry', 'truncate audit_entry'])(
    'refuses "%s" in the database',
    async (statement) => {
      await expect(test.db.execute(sql.raw(statement))).rejects.toMatchObject({
        cause: { message: expect.stringContaining('never changed') },
      });
    },
  );

  it('is filtered by object, related object, actor, text and time, in pages', async () => {
    const list = (filter: object) => listAudit(actor.ctx, { projectId, ...filter });
    expect((await list({ objectKind: 'model', objectId: 'model-3' })).items).toHaveLength(1);
    expect((await list({ objectKind: 'service', objectId: 'svc', limit: 200 })).items).toHaveLength(20);
    expect((await list({ actorId: projectId })).items).toEqual([]);
    expect((await list({ search: 'MODEL-1%' })).items).toEqual([]);
    expect((await list({ search: 'created model-1' })).items.length).toBeGreaterThan(5);
    const first = await list({ limit: 15 });
    const second = await list({ limit: 15, before: first.nextBefore });
    expect([first.items.length, second.items.length, second.nextBefore]).toEqual([15, 5, null]);
  });

  it('verifies offline after details were erased', async () => {
    await test.db.execute(sql`delete from audit_detail where chain = ${`project:${projectId}`} and seq = 4`);
    expect(verifyExport(await exported())).toMatchObject({ ok: true, erasedDetails: 1 });
  });
});

describe('the verifier names the first bad entry of a copy', () => {
  const lines = () => text.trimEnd().split('\n');
  const joined = (changed: string[]) => changed.map((line) => `${line}\n`).join('');

  it('with an edited act', () => {
    const copy = lines().map((line, index) =>
      index === 6 ? line.replace('models.create', 'models.delete') : line,
    );
    expect(verifyExport(joined(copy))).toMatchObject({
      ok: false,
      seq: 7,
      problem: expect.stringContaining('does not match its hash'),
    });
  });
  it('with an edited name', () => {
    const copy = lines().map((line, index) =>
      index === 2 ? line.replace('"actorName":"Ada"', '"actorName":"Eve"') : line,
    );
    expect(verifyExport(joined(copy))).toMatchObject({
      ok: false,
      seq: 3,
      problem: expect.stringContaining('detail'),
    });
  });
  it('with an entry taken out', () => {
    expect(verifyExport(joined(lines().toSpliced(9, 1)))).toMatchObject({ ok: false, seq: 11 });
  });
  it('with two entries swapped', () => {
    const copy = lines();
    [copy[3], copy[4]] = [copy[4] ?? '', copy[3] ?? ''];
    expect(verifyExport(joined(copy))).toMatchObject({ ok: false, seq: 5 });
  });
  it('with a line that is no entry, and with nothing at all', () => {
    expect(verifyExport('{}\n')).toMatchObject({ ok: false, line: 1 });
    expect(verifyExport('')).toMatchObject({ ok: false });
  });
});
