import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { boardVersion } from '../../db/schema/boards.ts';
import { type TestDatabase, testDatabase } from '../../db/test-database.ts';
import type { BoardChart, BoardSpec } from '../../domain/board.ts';
import { readChart } from '../charts/read.ts';
import { ProjectFixture, refusalOf } from '../test-fixture.ts';
import { annotate, archiveBoard, createBoard, removeAnnotation, updateBoard } from './commands.ts';
import { getBoard, listAnnotations, listBoards } from './queries.ts';

let test: TestDatabase;
let fixture: ProjectFixture;
let other: ProjectFixture;

beforeAll(async () => {
  test = await testDatabase();
  fixture = await ProjectFixture.create(test.db);
  other = await ProjectFixture.create(test.db);
  await fixture.live();
});
afterAll(() => test.drop());

const requests = (serviceId: string): BoardChart => ({
  spec: { kind: 'requests', serviceId },
  title: null,
  size: 'half',
});
const specOf = (...charts: BoardChart[]): BoardSpec => ({ schema: 1, range: '24h', charts });

async function made(name: string, ...charts: BoardChart[]): Promise<string> {
  const { boardId } = await createBoard(fixture.as('engineer'), {
    projectId: fixture.projectId,
    name,
    from: { kind: 'charts', spec: specOf(...charts) },
  });
  return boardId;
}

describe('a ready board', () => {
  it('is made of what the project serves, and its making is in the audit', async () => {
    const { boardId } = await createBoard(fixture.as('engineer'), {
      projectId: fixture.projectId,
      name: 'Is it healthy?',
      from: { kind: 'template', template: 'healthy' },
    });
    const { shown } = await getBoard(fixture.as('viewer'), { boardId });
    expect(shown.spec.charts.map(({ spec }) => spec)).toEqual(
      ['errorShare', 'latency', 'requests'].map((kind) => ({ kind, serviceId: fixture.stagingServiceId })),
    );
    expect((await fixture.auditOf(boardId)).map(({ sentence }) => sentence)).toEqual([
      'made the board "Is it healthy?"',
    ]);
  });
});

describe('a board', () => {
  it('keeps every version, and a change on an old one is refused', async () => {
    const boardId = await made('Traffic', requests(fixture.serviceId));
    const change = {
      boardId,
      name: 'Traffic',
      description: 'By service',
      spec: specOf(requests(fixture.serviceId), requests(fixture.stagingServiceId)),
      basedOn: 1,
    };
    expect((await updateBoard(fixture.as('engineer'), change)).version).toBe(2);
    expect((await refusalOf(updateBoard(fixture.as('operator'), change))).code).toBe('conflict');
    const renamed = { ...change, name: 'Traffic of all', basedOn: 2 };
    expect((await updateBoard(fixture.as('engineer'), renamed)).version).toBe(2);
    const first = await getBoard(fixture.as('viewer'), { boardId, version: 1 });
    expect([first.name, first.version, first.shown.spec.charts.length]).toEqual(['Traffic of all', 2, 1]);
    expect(first.versions.map(({ number, by }) => [number, by.name])).toEqual([
      [2, 'Egon'],
      [1, 'Egon'],
    ]);
    await expect(test.db.update(boardVersion).set({ number: 9 })).rejects.toThrow();
  });

  it('shows nothing of another project, and is not found from there', async () => {
    const foreign = createBoard(fixture.as('engineer'), {
      projectId: fixture.projectId,
      name: 'Foreign',
      from: { kind: 'charts', spec: specOf(requests(other.serviceId)) },
    });
    expect((await refusalOf(foreign)).code).toBe('notFound');
    const boardId = await made('Ours', requests(fixture.serviceId));
    expect((await refusalOf(getBoard(other.as('viewer'), { boardId }))).code).toBe('notFound');
  });

  it('is made by engineers and read by viewers, one name once', async () => {
    const input = {
      projectId: fixture.projectId,
      name: 'Ours',
      from: { kind: 'charts' as const, spec: specOf() },
    };
    expect((await refusalOf(createBoard(fixture.as('viewer'), input))).code).toBe('forbidden');
    expect((await refusalOf(createBoard(fixture.as('engineer'), input))).code).toBe('nameTaken');
    const { boards, refusal } = await listBoards(fixture.as('viewer'), { projectId: fixture.projectId });
    expect(boards.map(({ name, charts }) => [name, charts])).toContainEqual(['Ours', 1]);
    expect(refusal?.code).toBe('forbidden');
  });

  it('that is archived leaves the list, gives its name back and is not changed any more', async () => {
    const boardId = await made('Old');
    await archiveBoard(fixture.as('engineer'), { boardId });
    const { boards } = await listBoards(fixture.as('viewer'), { projectId: fixture.projectId });
    expect(boards.map(({ name }) => name)).not.toContain('Old');
    const change = { boardId, name: 'Old', description: '', spec: specOf(), basedOn: 1 };
    expect((await refusalOf(updateBoard(fixture.as('engineer'), change))).code).toBe('wrongState');
    expect(await made('Old')).not.toBe(boardId);
  });
});

describe('a note', () => {
  const at = new Date('2026-03-10T12:00:00Z');
  const range = { from: new Date(at.getTime() - 3_600_000), to: new Date(at.getTime() + 3_600_000) };

  it('is a mark on the charts of its service and of no other, until it is removed', async () => {
    const { projectId, serviceId, stagingServiceId } = fixture;
    const { annotationId } = await annotate(fixture.as('engineer'), {
      projectId,
      serviceId,
      at,
      text: 'Marketing campaign began',
    });
    const notesOf = async (chart: BoardChart) =>
      (await readChart(fixture.as('viewer'), { projectId, spec: chart.spec, ...range })).marks
        .filter(({ kind }) => kind === 'annotation')
        .map(({ label }) => label);
    expect(await notesOf(requests(serviceId))).toEqual(['Marketing campaign began']);
    expect(await notesOf(requests(stagingServiceId))).toEqual([]);
    expect(await listAnnotations(fixture.as('viewer'), { projectId, ...range })).toHaveLength(1);
    await removeAnnotation(fixture.as('engineer'), { annotationId });
    expect(await notesOf(requests(serviceId))).toEqual([]);
  });
});
