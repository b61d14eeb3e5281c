import { createHash } from 'node:crypto';
import { eq } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { modelVersion, modelVersionFile } from '../../db/schema/models.ts';
import { type TestDatabase, testDatabase } from '../../db/test-database.ts';
import { fileListText } from '../../domain/artefact-files.ts';
import { exampleDigest, ProjectFixture, refusalOf } from '../test-fixture.ts';
import { listFiles } from './files.ts';
import { getVersion } from './get-version.ts';
import { registerVersion } from './register.ts';
import { setDigest } from './version-commands.ts';

let test: TestDatabase;
let fixture: ProjectFixture;

beforeAll(async () => {
  test = await testDatabase();
  fixture = await ProjectFixture.create(test.db);
});
afterAll(() => test.drop());

const image = `registry.example/serve@${exampleDigest(3)}`;
const registration = (modelName: string, digest = 11) => ({
  projectId: fixture.projectId,
  modelName,
  sourceUri: 's3://models/x',
  artefactDigest: exampleDigest(digest),
  servingImage: image,
});
const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');
const files = (count: number) =>
  Array.from({ length: count }, (_, index) => ({
    path: `part-${index}.bin`,
    size: index,
    sha256: sha256(String(index)),
  }));
const listDigest = (list: ReturnType<typeof files>) => `sha256:${sha256(fileListText(list))}`;

describe('registering the same bytes again', () => {
  it('answers the version that is there, without a number, a row or an audit entry more', async () => {
    const first = await registerVersion(fixture.as('engineer'), registration('twice'));
    const again = await registerVersion(fixture.as('operator'), registration('twice'));
    expect([first.created, again.created]).toEqual([true, false]);
    expect(again).toMatchObject({ modelVersionId: first.modelVersionId, number: 1, notTaken: [] });
    expect(await fixture.auditOf(first.modelVersionId)).toHaveLength(1);
    const next = await registerVersion(fixture.as('engineer'), registration('twice', 12));
    expect(next.number).toBe(2);
  });

  it('makes one version when many ask at the same time, also of a model that is new', async () => {
    const calls = Array.from({ length: 8 }, () =>
      registerVersion(fixture.as('engineer'), registration('rushed')),
    );
    const answers = await Promise.all(calls);
    expect(new Set(answers.map((answer) => answer.modelVersionId)).size).toBe(1);
    expect(answers.filter((answer) => answer.created)).toHaveLength(1);
    const { modelId, modelVersionId } = await registerVersion(fixture.as('engineer'), registration('rushed'));
    expect(await test.db.$count(modelVersion, eq(modelVersion.modelId, modelId))).toBe(1);
    expect(await fixture.auditOf(modelVersionId)).toHaveLength(1);
  });

  it('names what the call says otherwise and leaves the version as it was', async () => {
    const said = { metrics: { auc: 0.9 }, framework: 'xgboost', lineage: { gitCommit: 'abcdef1' } };
    const first = await registerVersion(fixture.as('engineer'), { ...registration('kept'), ...said });
    const again = await registerVersion(fixture.as('engineer'), {
      ...registration('kept'),
      metrics: { auc: 0.8 },
      lineage: { gitCommit: 'abcdef2' },
      sourceUri: 's3://elsewhere/x',
    });
    expect([again.modelVersionId, again.notTaken]).toEqual([
      first.modelVersionId,
      ['sourceUri', 'metrics', 'lineage'],
    ]);
    const stored = await getVersion(fixture.as('viewer'), { modelVersionId: first.modelVersionId });
    expect(stored).toMatchObject({ ...said, sourceUri: 's3://models/x' });
  });

  it('is another version with another serving image, in another model, and without a digest', async () => {
    const first = await registerVersion(fixture.as('engineer'), registration('images'));
    const other = { ...registration('images'), servingImage: `registry.example/serve@${exampleDigest(4)}` };
    const numbers = [
      await registerVersion(fixture.as('engineer'), other),
      await registerVersion(fixture.as('engineer'), { ...registration('images'), servingImage: null }),
      await registerVersion(fixture.as('engineer'), { ...registration('images'), artefactDigest: null }),
      await registerVersion(fixture.as('engineer'), { ...registration('images'), artefactDigest: null }),
      await registerVersion(fixture.as('engineer'), { ...registration('images'), servingImage: null }),
    ].map((answer) => answer.number);
    expect([first.number, ...numbers]).toEqual([1, 2, 3, 4, 5, 3]);
    const elsewhere = await registerVersion(fixture.as('engineer'), registration('images-too'));
    expect(elsewhere.created).toBe(true);
  });

  it('finds a version whose digest was set later, and not one that was only found running', async () => {
    const bare = await registerVersion(fixture.as('engineer'), {
      ...registration('late'),
      artefactDigest: null,
    });
    const { modelVersionId } = bare;
    await setDigest(fixture.as('engineer'), { modelVersionId, artefactDigest: exampleDigest(11) });
    expect(await registerVersion(fixture.as('engineer'), registration('late'))).toMatchObject({
      modelVersionId,
      created: false,
    });
    await test.db
      .update(modelVersion)
      .set({ adoptedImageDigest: exampleDigest(3) })
      .where(eq(modelVersion.id, modelVersionId));
    expect((await registerVersion(fixture.as('engineer'), registration('late'))).created).toBe(true);
  });

  it('stays within the project', async () => {
    const other = await ProjectFixture.create(test.db);
    const mine = await registerVersion(fixture.as('engineer'), registration('mine'));
    const theirs = await registerVersion(other.as('engineer'), {
      ...registration('mine'),
      projectId: other.projectId,
    });
    expect([theirs.created, theirs.modelVersionId === mine.modelVersionId]).toEqual([true, false]);
  });
});

describe('the list of files', () => {
  it('is stored with the version in the order of the digest and read page by page', async () => {
    const list = files(120);
    const answer = await registerVersion(fixture.as('engineer'), {
      ...registration('folder'),
      artefactDigest: listDigest(list),
      files: list.toReversed(),
    });
    const { modelVersionId } = answer;
    const first = await listFiles(fixture.as('viewer'), { modelVersionId });
    expect([first.total, first.totalBytes, first.rows.length]).toEqual([120, 7_140, 50]);
    const rest = await listFiles(fixture.as('viewer'), { modelVersionId, page: 2, pageSize: 100 });
    const all = [
      ...(await listFiles(fixture.as('viewer'), { modelVersionId, pageSize: 100 })).rows,
      ...rest.rows,
    ];
    expect(`sha256:${sha256(fileListText(all))}`).toBe(answer.artefactDigest);
    expect(all.map((file) => file.path)).toEqual(list.map((file) => file.path).sort());
    const stranger = await ProjectFixture.create(test.db);
    const foreign = listFiles(stranger.as('viewer'), { modelVersionId });
    expect((await refusalOf(foreign)).code).toBe('notFound');
  });

  it('gives the digest when the call names none, and refuses another one with both', async () => {
    const list = files(3);
    const digest = listDigest(list);
    const input = { ...registration('derived'), files: list };
    const answer = await registerVersion(fixture.as('engineer'), { ...input, artefactDigest: null });
    expect(answer.artefactDigest).toBe(digest);
    const refused = await refusalOf(registerVersion(fixture.as('engineer'), input));
    expect(refused).toMatchObject({ code: 'invalidInput', params: { field: 'artefactDigest', digest } });
    expect(refused.message).toBe(
      `artefactDigest: the files have the digest ${digest}, not ${exampleDigest(11)}.`,
    );
  });

  it('may come with a repeat to a version that has none, with an audit entry, and is stored once', async () => {
    const list = files(4);
    const input = { ...registration('added'), artefactDigest: listDigest(list) };
    const { modelVersionId } = await registerVersion(fixture.as('engineer'), input);
    await Promise.all([
      registerVersion(fixture.as('engineer'), { ...input, files: list }),
      registerVersion(fixture.as('engineer'), { ...input, files: list }),
    ]);
    expect((await listFiles(fixture.as('viewer'), { modelVersionId })).total).toBe(4);
    expect((await fixture.auditOf(modelVersionId)).map((entry) => entry.sentence)).toEqual([
      'registered added 1 and with it the model',
      'added the list of files that the digest of added 1 is over',
    ]);
  });

  it.each([
    ['of no file', [], /no file in it/],
    ['with a file twice', [...files(1), ...files(1)], /twice/],
    ['with a path that leaves the folder', [{ ...files(1)[0], path: '../x' }], /no path below a folder/],
    ['with a sha256 that is none', [{ ...files(1)[0], sha256: 'A' }], /64 lowercase hex digits/],
    ['with more than 10,000 files', files(10_001), /10,?000 files/],
  ])('%s is refused in a sentence, and nothing is registered', async (_name, list, sentence) => {
    const input = { ...registration('never'), artefactDigest: null, files: list as ReturnType<typeof files> };
    const refused = await refusalOf(registerVersion(fixture.as('engineer'), input));
    expect(refused).toMatchObject({ code: 'invalidInput', message: expect.stringMatching(sentence) });
  });

  it('holds 10,000 files, and never changes', async () => {
    const list = files(10_000);
    const input = { ...registration('large'), artefactDigest: null, files: list };
    const { modelVersionId } = await registerVersion(fixture.as('engineer'), input);
    const last = await listFiles(fixture.as('viewer'), { modelVersionId, page: 200 });
    expect([last.total, last.rows.length]).toEqual([10_000, 50]);
    const where = eq(modelVersionFile.modelVersionId, modelVersionId);
    await expect(test.db.update(modelVersionFile).set({ size: 1 }).where(where)).rejects.toThrow();
    await expect(test.db.delete(modelVersionFile).where(where)).rejects.toThrow();
  });
});
