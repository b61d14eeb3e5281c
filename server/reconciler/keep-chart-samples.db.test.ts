import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { eq } from 'drizzle-orm';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { chartSample, templateChart } from '../../db/schema/chart-samples.ts';
import { egressAllowance } from '../../db/schema/egress.ts';
import { cluster, environment } from '../../db/schema/environments.ts';
import { share } from '../../db/schema/shares.ts';
import { type TestDatabase, testDatabase } from '../../db/test-database.ts';
import { defaultMetricProfile } from '../../domain/metric-profile-presets.ts';
import type { MetricTemplate } from '../../domain/metric-template.ts';
import { proposeLabels } from '../../domain/share/propose-labels.ts';
import { createBoard, updateBoard } from '../boards/commands.ts';
import { readChart } from '../charts/read.ts';
import { sharedAnswer } from '../embed/shared-answer.ts';
import type { Site } from '../http/request-context.ts';
import { newId } from '../id.ts';
import { removeMetricTemplate, setMetricTemplate } from '../metric-templates/commands.ts';
import { listMetricTemplates } from '../metric-templates/queries.ts';
import { shareOf } from '../rows/share-rows.ts';
import { createShare } from '../shares/create.ts';
import { shareFile } from '../shares/file.ts';
import { proposeShare } from '../shares/propose.ts';
import { ProjectFixture, refusalOf } from '../test-fixture.ts';
import { keepChartSamples } from './keep-chart-samples.ts';
import { MetricsSources } from './metrics-sources.ts';

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
const start = new Date('2026-03-10T12:00:00Z');
let test: TestDatabase;
let fixture: ProjectFixture;
let server: Server;
let sources: MetricsSources;
let asked: URLSearchParams[] = [];
let answer: (params: URLSearchParams, response: ServerResponse) => void;

/** Two lines over the asked steps: hundreds of the minute of day, and one more. */
function twoLines(params: URLSearchParams, response: ServerResponse): void {
  const [from, to, step] = ['start', 'end', 'step'].map((name) => Number(params.get(name)));
  const times: number[] = [];
  for (let at = from ?? 0; at <= (to ?? -1); at += step ?? 1) times.push(at);
  const result = ['acme-200', 'acme-500'].map((code, index) => ({
    metric: { __name__: 'x', code },
    values: times.map((at) => [at, String(((at / 60) % 10) + index)]),
  }));
  response.end(JSON.stringify({ status: 'success', data: { resultType: 'matrix', result } }));
}

beforeAll(async () => {
  test = await testDatabase();
  fixture = await ProjectFixture.create(test.db);
  server = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk: Buffer) => {
      body += chunk.toString();
    });
    request.on('end', () => {
      const params = new URLSearchParams(body);
      asked.push(params);
      answer(params, response);
    });
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const { port } = server.address() as AddressInfo;
  await test.db
    .insert(egressAllowance)
    .values({ id: newId(), target: '127.0.0.1', purpose: 'test', addedAt: start });
  const metricsSource = {
    kind: 'prometheus',
    url: `http://127.0.0.1:${port}`,
    profile: defaultMetricProfile,
    auth: 'none',
  };
  await test.db.update(environment).set({ metricsSource }).where(eq(environment.id, fixture.productionId));
  const [row] = await test.db.select().from(cluster).where(eq(cluster.id, fixture.clusterId));
  if (row === undefined) throw new Error('The fixture has no cluster.');
  sources = new MetricsSources(test.db, row, null);
});
afterAll(async () => {
  await sources.close();
  server.closeAllConnections();
  server.close();
  await test.drop();
});
beforeEach(() => {
  asked = [];
  answer = twoLines;
});

const round = async (at: Date) =>
  await keepChartSamples({
    db: test.db,
    clusterId: fixture.clusterId,
    metricsOf: (access) => sources.of(access),
    clock: async () => at,
  });
const draft = (change: Partial<MetricTemplate> = {}): MetricTemplate => ({
  environmentId: fixture.productionId,
  name: 'Queue of canaryzq',
  query: 'sum by (code) (rate(x{namespace="$namespace",route="$route"}[5m]))',
  unit: 'perSecond',
  stepSeconds: 60,
  labels: [{ name: 'route', values: ['/pay', '/refund "now"'] }],
  usedBy: 'engineer',
  ...change,
});
async function template(change: Partial<MetricTemplate> = {}): Promise<string> {
  const { metricTemplateId } = await setMetricTemplate(fixture.as('admin'), {
    projectId: fixture.projectId,
    template: draft(change),
  });
  return metricTemplateId;
}
const specOf = (templateId: string, route = '/pay') =>
  ({ kind: 'template', templateId, values: { route } }) as const;
type Spec = ReturnType<typeof specOf>;
const board = async (name: string, spec: Spec, who: 'engineer' | 'operator' | 'admin' = 'engineer') =>
  await createBoard(fixture.as(who), {
    projectId: fixture.projectId,
    name,
    from: { kind: 'charts', spec: { schema: 1, range: '6h', charts: [{ spec, title: null, size: 'half' }] } },
  });
const after = (ms: number) => new Date(start.getTime() + ms);

describe('a chart of a metric template', () => {
  it('is asked for by the worker alone, step by step, and drawn for everybody from what was stored', async () => {
    const templateId = await template();
    const spec = specOf(templateId, '/refund "now"');
    expect(await round(start)).toBe(0);
    await board('Queues', spec);
    const at = after(20_000);
    expect(await round(at)).toBe(1);
    expect(asked).toHaveLength(1);
    expect(asked[0]?.get('query')).toContain(String.raw`route="/refund \"now\""`);
    expect(Number(asked[0]?.get('end'))).toBe(start.getTime() / 1_000);
    // Nothing is due within the step; then only what is new is asked for.
    expect(await round(at)).toBe(0);
    expect(await round(after(minuteMs + 20_000))).toBe(1);
    expect(asked[1]?.get('start')).toBe(asked[1]?.get('end'));

    const viewer = { ...fixture.as('viewer'), clock: async () => after(2 * minuteMs) };
    const range = { from: after(-2 * hourMs), to: after(2 * minuteMs) };
    const read = await readChart(viewer, { projectId: fixture.projectId, spec, ...range });
    expect(read.series.map(({ label }) => label)).toEqual(['acme-200', 'acme-500']);
    expect(read.series[0]?.points.at(-1)).toEqual([after(minuteMs).getTime(), 1]);
    expect(read.stepMs).toBe(minuteMs);
    const coarse = await readChart(viewer, { projectId: fixture.projectId, spec, ...range, maxPoints: 15 });
    expect(coarse.stepMs).toBe(10 * minuteMs);
    // The mean of the ten minutes that end at 12:00.
    expect(coarse.series[0]?.points.find(([end]) => end === start.getTime())?.[1]).toBe(4.5);

    // Days are drawn from hours to the same mean.
    const days = { from: after(-5 * 24 * hourMs), to: after(2 * minuteMs) };
    const long = await readChart(viewer, { projectId: fixture.projectId, spec, ...days });
    expect(long.stepMs).toBe(hourMs);
    expect(long.series[0]?.points.find(([end]) => end === start.getTime())?.[1]).toBe(4.5);

    // Whoever looks, in the console or outside, asks the source nothing.
    const shown = { kind: 'fixed' as const, from: range.from.getTime(), to: range.to.getTime() };
    const { projectId } = fixture;
    await shareFile(viewer, { projectId, spec, range: shown, format: 'svg', theme: 'light' });
    const operator = fixture.as('operator');
    const charts = [{ title: 'Queue', spec }];
    const { labels } = await proposeShare(operator, { projectId, charts, range: shown });
    expect(labels.map(({ label }) => label)).toEqual(['Group A', 'Group B', 'Group C']);
    const { shareId } = await createShare(operator, {
      projectId,
      kind: 'share',
      title: 'Queue',
      charts,
      range: shown,
      labels: Object.fromEntries(proposeLabels([read]).map(({ subject, label }) => [subject, label])),
    });
    const [row] = await test.db.select().from(share).where(eq(share.id, shareId));
    if (row === undefined) throw new Error('Nothing was shared.');
    const outside = await sharedAnswer({ db: test.db } as Site, {
      row: shareOf(row),
      index: 0,
      range: shown,
      now: after(2 * minuteMs),
      maxPoints: 100,
    });
    expect(outside.series.map(({ points }) => points.length > 0)).toEqual([true, true]);
    expect(JSON.stringify(outside)).not.toMatch(/canaryzq|acme|refund|sum by/);
    expect(asked).toHaveLength(2);
  });

  it('says outside in closed words why nothing comes, and inside what the source said; no other is asked in vain', async () => {
    const templateId = await template({ name: 'Away' });
    await board('Away', specOf(templateId, '/pay'));
    await board('Away too', specOf(templateId, '/refund "now"'));
    answer = (_, response) => {
      response.statusCode = 503;
      response.end('acme is away');
    };
    const at = after(24 * hourMs);
    await round(at);
    expect(asked).toHaveLength(1);
    const { projectId } = fixture;
    const viewer = { ...fixture.as('viewer'), clock: async () => at };
    const read = await readChart(viewer, {
      projectId,
      spec: specOf(templateId),
      from: after(23 * hourMs),
      to: at,
    });
    expect(read.words).toEqual(['The newest samples are missing: the metrics source cannot be reached.']);
    const listed = await listMetricTemplates(fixture.as('admin'), { projectId });
    expect(listed.find(({ id }) => id === templateId)).toMatchObject({
      charts: 2,
      problem: expect.stringContaining('503') as string,
    });
    answer = (_, response) => {
      const result = Array.from({ length: 21 }, (__, index) => ({
        metric: { pod: `p${index}` },
        values: [[at.getTime() / 1_000, '1']],
      }));
      response.end(JSON.stringify({ status: 'success', data: { resultType: 'matrix', result } }));
    };
    await round(after(24 * hourMs + 2 * minuteMs));
    const [chart] = await test.db
      .select()
      .from(templateChart)
      .where(eq(templateChart.templateId, templateId));
    expect(chart?.problem).toMatchObject({ reason: 'tooLarge' });
    const samples = await test.db
      .select()
      .from(chartSample)
      .where(eq(chartSample.templateChartId, chart?.id ?? ''));
    expect(samples).toEqual([]);
  });

  it('is made by those who may use its template, with listed values, and stays when others edit the board', async () => {
    const templateId = await template({ name: 'For admins', usedBy: 'admin' });
    expect((await refusalOf(board('Mine', specOf(templateId)))).code).toBe('forbidden');
    expect((await refusalOf(board('Mine', specOf(templateId, '/other'), 'admin'))).code).toBe('invalidInput');
    const { boardId } = await board('Mine', specOf(templateId), 'admin');
    const spec = { schema: 1 as const, range: '24h' as const };
    const kept = { spec: specOf(templateId), title: 'Pay', size: 'full' as const };
    await updateBoard(fixture.as('engineer'), {
      boardId,
      name: 'Mine',
      description: '',
      basedOn: 1,
      spec: { ...spec, charts: [kept] },
    });
    const added = { ...kept, spec: specOf(templateId, '/refund "now"') };
    const change = { boardId, name: 'Mine', description: '', basedOn: 2 };
    const refused = updateBoard(fixture.as('engineer'), {
      ...change,
      spec: { ...spec, charts: [kept, added] },
    });
    expect((await refusalOf(refused)).code).toBe('forbidden');
    const other = await ProjectFixture.create(test.db);
    const foreign = createBoard(other.as('admin'), {
      projectId: other.projectId,
      name: 'Theirs',
      from: { kind: 'charts', spec: { ...spec, charts: [kept] } },
    });
    expect((await refusalOf(foreign)).code).toBe('notFound');
  });
});

describe('a metric template', () => {
  it('is the business of admins, has a name of its own, and forgets samples of a query that is no longer asked', async () => {
    const { projectId } = fixture;
    const made = { projectId, template: draft({ name: 'Mine' }) };
    expect((await refusalOf(setMetricTemplate(fixture.as('operator'), made))).code).toBe('forbidden');
    expect((await refusalOf(setMetricTemplate(fixture.as('stranger'), made))).code).toBe('notFound');
    const bad = { ...made, template: draft({ query: 'x{route=~"$route"}' }) };
    expect((await refusalOf(setMetricTemplate(fixture.as('admin'), bad))).code).toBe('invalidInput');
    const templateId = await template({ name: 'Mine' });
    expect((await refusalOf(setMetricTemplate(fixture.as('admin'), made))).code).toBe('nameTaken');
    await board('Theirs', specOf(templateId));
    const at = after(48 * hourMs);
    await round(at);
    const stored = async () =>
      await test.db.select().from(templateChart).where(eq(templateChart.templateId, templateId));
    expect(await stored()).toHaveLength(1);
    const change = { projectId, metricTemplateId: templateId };
    await setMetricTemplate(fixture.as('admin'), { ...change, template: draft({ name: 'Renamed' }) });
    expect(await stored()).toHaveLength(1);
    await setMetricTemplate(fixture.as('admin'), {
      ...change,
      template: draft({ name: 'Renamed', stepSeconds: 300 }),
    });
    expect(await stored()).toEqual([]);
    await removeMetricTemplate(fixture.as('admin'), { metricTemplateId: templateId });
    await round(after(49 * hourMs));
    expect(await stored()).toEqual([]);
    expect((await fixture.auditOf(templateId)).map(({ action }) => action)).toEqual([
      'metricTemplates.set',
      'metricTemplates.set',
      'metricTemplates.set',
      'metricTemplates.remove',
    ]);
    const gone = board('Gone', specOf(templateId));
    expect((await refusalOf(gone)).code).toBe('wrongState');
  });
});
