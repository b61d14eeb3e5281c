import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { eq } from 'drizzle-orm';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { egressAllowance } from '../../db/schema/egress.ts';
import { environment } from '../../db/schema/environments.ts';
import { type TestDatabase, testDatabase } from '../../db/test-database.ts';
import { useWindowHours } from '../../domain/gpu-use/pod-use.ts';
import { defaultMetricProfile } from '../../domain/metric-profile-presets.ts';
import { newId } from '../id.ts';
import { LedgerFixture } from '../ledger-fixture.ts';
import { answerGpuLooks } from '../reconciler/gpu-looks.ts';
import { ProjectFixture } from '../test-fixture.ts';
import { getGpuUse } from './use.ts';

const hoursAgo = (hours: number) => new Date(Date.now() - hours * 3_600_000);
let test: TestDatabase;
let fixture: ProjectFixture;
let server: Server;
let namespace = '';
let broken = false;
const asked: string[] = [];

/** A pod's GPU as dcgm-exporter names it, by what the query asks for. */
function valueOf(query: string): string {
  if (query.includes('sum_over_time')) return '86.4';
  if (query.includes('count_over_time')) return '2880';
  if (query.includes('max_over_time')) return '6144';
  return query.includes(' + ') ? '81559' : '0.02';
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
      const query = new URLSearchParams(body).get('query') ?? '';
      asked.push(query);
      if (broken) return response.writeHead(502).end('upstream is away');
      const metric = { UUID: 'GPU-1', Hostname: 'gpu-1', namespace, pod: 'fraud-r1-a' };
      const result = [{ metric, value: [Date.now() / 1_000, valueOf(query)] }];
      response.writeHead(200, { 'content-type': 'application/json' });
      return response.end(JSON.stringify({ status: 'success', data: { resultType: 'vector', result } }));
    });
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const { port } = server.address() as AddressInfo;
  const url = `http://127.0.0.1:${port}`;
  const [place] = await test.db
    .update(environment)
    .set({ metricsSource: { kind: 'prometheus', url, profile: defaultMetricProfile, auth: 'none' } })
    .where(eq(environment.id, fixture.productionId))
    .returning({ namespace: environment.namespace });
  namespace = place?.namespace ?? '';
  await test.db
    .insert(egressAllowance)
    .values({ id: newId(), target: '127.0.0.1', purpose: 'Tests.', addedAt: new Date() });
  const ledger = new LedgerFixture(test.db, fixture.clusterId);
  await ledger.node('gpu-1', { fromAt: hoursAgo(100), toAt: null });
  await ledger.pod('held', { namespace, name: 'fraud-r1-a', fromAt: hoursAgo(48), toAt: null });
});
afterAll(async () => {
  server.closeAllConnections();
  server.close();
  await test.drop();
});

/** The query while a worker answers. */
async function use() {
  const answer = getGpuUse(fixture.as('viewer'), { projectId: fixture.projectId });
  let done = false;
  const ended = answer.finally(() => {
    done = true;
  });
  while (!done) await answerGpuLooks(test.db, null);
  await ended;
  return await answer;
}

it('asks DCGM’s series of the own namespace over a day through the worker, and shows them beside what is held', async () => {
  const { uses, problems } = await use();
  expect(problems).toEqual([]);
  expect(uses).toEqual([
    {
      podUid: 'held',
      gpus: 1,
      activity: 86.4 / 2_880,
      memoryPeakMib: 6_144,
      memoryTotalMib: 81_559,
      estimated: false,
      wholeWindow: true,
    },
  ]);
  const window = `[${useWindowHours * 3_600}s]`;
  expect(
    asked.some((query) => query.includes('DCGM_FI_PROF_GR_ENGINE_ACTIVE') && query.includes(window)),
  ).toBe(true);
  expect(asked.every((query) => query.includes(`namespace="${namespace}"`))).toBe(true);
});

it('says what the source answered where it does not, and measures nothing', async () => {
  broken = true;
  const { uses, problems } = await use();
  expect(uses).toMatchObject([{ activity: null, memoryPeakMib: null }]);
  expect(problems).toMatchObject([
    { environment: 'production', message: expect.stringContaining('502') as string },
  ]);
});
