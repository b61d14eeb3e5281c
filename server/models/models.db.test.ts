import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type TestDatabase, testDatabase } from '../../db/test-database.ts';
import { exampleDigest, ProjectFixture, refusalOf } from '../test-fixture.ts';
import { createModel } from './commands.ts';
import { getModel } from './get.ts';
import { getVersion } from './get-version.ts';
import { listModels } from './list.ts';
import { registerVersion } from './register.ts';
import { attachEvidence, setCard, setDigest, setTags } from './version-commands.ts';

let test: TestDatabase;
let fixture: ProjectFixture;

beforeAll(async () => {
  test = await testDatabase();
  fixture = await ProjectFixture.create(test.db);
});
afterAll(() => test.drop());

const registration = (modelName: string) => ({
  projectId: fixture.projectId,
  modelName,
  sourceUri: 's3://models/x',
});

describe('registering', () => {
  it('creates the model with its first version and numbers the next ones, each with an audit entry', async () => {
    const engineer = fixture.as('engineer');
    const first = await registerVersion(engineer, registration('numbered'));
    const second = await registerVersion(engineer, registration('numbered'));
    expect([first.number, first.modelCreated]).toEqual([1, true]);
    expect([second.number, second.modelCreated]).toEqual([2, false]);
    expect(await fixture.auditOf(second.modelVersionId)).toEqual([
      {
        action: 'modelVersions.register',
        actorId: fixture.people.engineer.id,
        sentence: 'registered numbered 2',
      },
    ]);
  });

  it('gives versions that are registered at the same time different numbers', async () => {
    const calls = Array.from({ length: 8 }, () =>
      registerVersion(fixture.as('engineer'), registration('crowded')),
    );
    const numbers = (await Promise.all(calls)).map((result) => result.number);
    expect(numbers.sort((left, right) => left - right)).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
  });

  it('answers a double click with the version that the first click made', async () => {
    const [left, right] = await Promise.all([
      registerVersion(fixture.as('engineer', 'click-1'), registration('clicked')),
      registerVersion(fixture.as('engineer', 'click-1'), registration('clicked')),
    ]);
    expect(left).toEqual(right);
    const model = await getModel(fixture.as('viewer'), { projectId: fixture.projectId, name: 'clicked' });
    expect(model.versions.total).toBe(1);
  });

  it('is refused to a viewer and not found by strangers', async () => {
    expect(await refusalOf(registerVersion(fixture.as('viewer'), registration('never')))).toMatchObject({
      code: 'forbidden',
    });
    expect(await refusalOf(registerVersion(fixture.as('stranger'), registration('never')))).toMatchObject({
      code: 'notFound',
    });
  });

  it('refuses a digest that is no sha256, in a sentence that names the field', async () => {
    const refused = await refusalOf(
      registerVersion(fixture.as('engineer'), { ...registration('bad'), artefactDigest: 'md5:abc' }),
    );
    expect(refused).toMatchObject({ code: 'invalidInput', params: { field: 'artefactDigest' } });
    expect(refused.message).toContain('sha256:');
    const found = await listModels(fixture.as('viewer'), { projectId: fixture.projectId, search: 'bad' });
    expect(found.total).toBe(0);
  });

  it('refuses a second model of the same name', async () => {
    const { projectId } = fixture;
    await createModel(fixture.as('engineer'), { projectId, name: 'twice' });
    const refused = await refusalOf(createModel(fixture.as('engineer'), { projectId, name: 'twice' }));
    expect(refused.code).toBe('nameTaken');
  });
});

describe('a version', () => {
  it('gets its digest once, and no second one', async () => {
    const { modelVersionId } = await fixture.version({ digest: null });
    const artefactDigest = exampleDigest(9);
    await setDigest(fixture.as('engineer'), { modelVersionId, artefactDigest });
    const again = setDigest(fixture.as('engineer'), { modelVersionId, artefactDigest: exampleDigest(8) });
    expect(await refusalOf(again)).toMatchObject({ code: 'wrongState' });
    const version = await getVersion(fixture.as('viewer'), { modelVersionId });
    expect(version.artefactDigest).toBe(artefactDigest);
    expect(version.refusals.setDigest?.code).toBe('forbidden');
  });

  it('keeps the first digest when two are set at the same time', async () => {
    const { modelVersionId } = await fixture.version({ digest: null });
    const outcomes = await Promise.allSettled([
      setDigest(fixture.as('engineer'), { modelVersionId, artefactDigest: exampleDigest(5) }),
      setDigest(fixture.as('operator'), { modelVersionId, artefactDigest: exampleDigest(6) }),
    ]);
    expect(outcomes.map((outcome) => outcome.status).sort()).toEqual(['fulfilled', 'rejected']);
    expect((await fixture.auditOf(modelVersionId)).map((entry) => entry.action)).toEqual([
      'modelVersions.register',
      'modelVersions.setDigest',
    ]);
  });

  it('takes tags and a card, with before and after in the audit', async () => {
    const { modelVersionId } = await fixture.version();
    await setTags(fixture.as('engineer'), { modelVersionId, tags: { stage: 'candidate' } });
    await setCard(fixture.as('engineer'), { modelVersionId, card: '# Card' });
    const version = await getVersion(fixture.as('engineer'), { modelVersionId });
    expect([version.tags, version.card]).toEqual([{ stage: 'candidate' }, '# Card']);
    expect((await fixture.auditOf(modelVersionId)).map((entry) => entry.action)).toEqual([
      'modelVersions.register',
      'modelVersions.setTags',
      'modelVersions.setCard',
    ]);
  });

  it('is not found by somebody of another project, by id and by number', async () => {
    const { modelVersionId, number } = await fixture.version();
    const other = await ProjectFixture.create(test.db);
    expect(await refusalOf(getVersion(other.as('engineer'), { modelVersionId }))).toMatchObject({
      code: 'notFound',
    });
    const byName = { projectId: other.projectId, modelName: 'fraud-detector', number };
    expect((await refusalOf(getVersion(other.as('engineer'), byName))).code).toBe('notFound');
    const write = setTags(other.as('engineer'), { modelVersionId, tags: {} });
    expect((await refusalOf(write)).code).toBe('notFound');
  });
});

describe('evidence', () => {
  it('has the verdict of its own thresholds and stays as it was attached', async () => {
    const { modelVersionId } = await fixture.version();
    const report = (value: number) => ({
      schema: 1 as const,
      name: 'holdout',
      metrics: [{ name: 'auc', value, minimum: 0.9 }],
    });
    const good = await attachEvidence(fixture.as('engineer'), { modelVersionId, report: report(0.95) });
    const bad = await attachEvidence(fixture.as('engineer'), { modelVersionId, report: report(0.5) });
    expect([good.verdict, bad.verdict]).toEqual(['passed', 'failed']);
    const version = await getVersion(fixture.as('viewer'), { modelVersionId });
    expect(version.evidence.map((item) => [item.id, item.verdict])).toEqual([
      [bad.evidenceId, 'failed'],
      [good.evidenceId, 'passed'],
    ]);
    expect((await fixture.auditOf(good.evidenceId)).map((entry) => entry.action)).toEqual([
      'evidence.attach',
    ]);
  });
});

describe('lists', () => {
  it('page and search versions on the server, newest first', async () => {
    const engineer = fixture.as('engineer');
    for (let number = 1; number <= 5; number += 1)
      await registerVersion(engineer, { ...registration('paged'), tags: { number: `n${number}` } });
    const page = await getModel(fixture.as('viewer'), {
      projectId: fixture.projectId,
      name: 'paged',
      page: 2,
      pageSize: 2,
    });
    expect(page.versions.rows.map((row) => row.number)).toEqual([3, 2]);
    expect(page.versions.total).toBe(5);
    const found = await getModel(fixture.as('viewer'), {
      projectId: fixture.projectId,
      name: 'paged',
      search: 'n4',
    });
    expect(found.versions.rows.map((row) => row.number)).toEqual([4]);
  });

  it('show where a version is live, and take % as it is written', async () => {
    const { modelVersionId } = await fixture.live();
    const { projectId } = fixture;
    const models = await listModels(fixture.as('viewer'), { projectId, search: 'fraud' });
    expect(models.rows[0]?.live).toEqual([
      expect.objectContaining({ environmentName: 'staging', role: 'stable', modelVersionId }),
    ]);
    expect((await listModels(fixture.as('viewer'), { projectId, search: '%' })).total).toBe(0);
  });
});
