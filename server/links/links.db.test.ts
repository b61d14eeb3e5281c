import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type TestDatabase, testDatabase } from '../../db/test-database.ts';
import { newId } from '../id.ts';
import { ProjectFixture, refusalOf } from '../test-fixture.ts';
import { removeLinkTemplate, setLinkTemplate } from './commands.ts';
import { listLinkTemplates } from './queries.ts';

let database: TestDatabase;
let fixture: ProjectFixture;
beforeAll(async () => {
  database = await testDatabase();
  fixture = await ProjectFixture.create(database.db);
});
afterAll(() => database.drop());

const url = 'https://grafana.example.com/d/models?var-service={service}&from={from}&to={to}';
const draft = (name: string) => ({ projectId: fixture.projectId, name, url, environmentId: null });
const list = () => listLinkTemplates(fixture.as('viewer'), { projectId: fixture.projectId });

describe('link templates', () => {
  it('are added, changed and removed by an admin, each with an audit entry, and read by every member', async () => {
    const admin = fixture.as('admin');
    const { linkTemplateId } = await setLinkTemplate(admin, draft('Grafana'));
    await setLinkTemplate(admin, {
      ...draft('Grafana of production'),
      linkTemplateId,
      environmentId: fixture.productionId,
    });
    expect(await list()).toMatchObject([
      { id: linkTemplateId, name: 'Grafana of production', url, environmentName: 'production' },
    ]);
    await removeLinkTemplate(admin, { linkTemplateId });
    expect(await list()).toEqual([]);
    expect((await fixture.auditOf(linkTemplateId)).map(({ action, sentence }) => [action, sentence])).toEqual(
      [
        ['linkTemplates.set', 'added the link "Grafana"'],
        ['linkTemplates.set', 'changed the link "Grafana"'],
        ['linkTemplates.remove', 'removed the link "Grafana of production"'],
      ],
    );
  });

  it('that could run a script, lead elsewhere or bear a taken name are refused, and nothing is stored', async () => {
    const admin = fixture.as('admin');
    const before = await list();
    const scripted = setLinkTemplate(admin, { ...draft('Script'), url: 'javascript:alert(1)' });
    expect(await refusalOf(scripted)).toMatchObject({ code: 'invalidInput' });
    const led = setLinkTemplate(admin, { ...draft('Led'), url: 'https://{service}.example.com/' });
    expect(await refusalOf(led)).toMatchObject({ code: 'invalidInput' });
    expect(await list()).toEqual(before);
    await setLinkTemplate(admin, draft('Loki'));
    expect(await refusalOf(setLinkTemplate(admin, draft('Loki')))).toMatchObject({ code: 'nameTaken' });
  });

  it('are not changed by others, and not found from another project', async () => {
    const { linkTemplateId } = await setLinkTemplate(fixture.as('admin'), draft('Kibana'));
    expect(await refusalOf(setLinkTemplate(fixture.as('operator'), draft('Mine')))).toMatchObject({
      code: 'forbidden',
    });
    const viewer = fixture.as('viewer');
    expect(await refusalOf(removeLinkTemplate(viewer, { linkTemplateId }))).toMatchObject({
      code: 'forbidden',
    });
    const stranger = fixture.as('stranger');
    expect(await refusalOf(removeLinkTemplate(stranger, { linkTemplateId }))).toMatchObject({
      code: 'notFound',
    });
    expect(await refusalOf(listLinkTemplates(stranger, { projectId: fixture.projectId }))).toMatchObject({
      code: 'notFound',
    });
    const elsewhere = { ...draft('Elsewhere'), environmentId: newId() };
    expect(await refusalOf(setLinkTemplate(fixture.as('admin'), elsewhere))).toMatchObject({
      code: 'notFound',
    });
  });

  it('are at most thirty of a project', async () => {
    const admin = fixture.as('admin');
    for (let index = (await list()).length; index < 30; index += 1)
      await setLinkTemplate(admin, draft(`Link ${index}`));
    expect(await refusalOf(setLinkTemplate(admin, draft('One more')))).toMatchObject({ code: 'rateLimited' });
    expect(await list()).toHaveLength(30);
  });
});
