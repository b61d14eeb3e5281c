import { and, count, eq, sql } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { serviceAlert } from '../../db/schema/alerts.ts';
import { auditDetail, auditEntry } from '../../db/schema/audit.ts';
import { board, boardVersion } from '../../db/schema/boards.ts';
import { driftAlert, ingestBatch } from '../../db/schema/drift.ts';
import { cluster, environment, policy } from '../../db/schema/environments.ts';
import { account, project } from '../../db/schema/identity.ts';
import { evidence, model, modelVersion } from '../../db/schema/models.ts';
import { delivery, notice } from '../../db/schema/notices.ts';
import { priceEntry } from '../../db/schema/prices.ts';
import { promotion } from '../../db/schema/promotions.ts';
import { rollout, rolloutRecord } from '../../db/schema/rollouts.ts';
import { metricInterval, service, serviceRevision } from '../../db/schema/services.ts';
import { type TestDatabase, testDatabase } from '../../db/test-database.ts';
import { boardSpecSchema } from '../../domain/board.ts';
import { alertFactsSchema } from '../../domain/drift/alert-facts.ts';
import { attainment, noCounts, objectivePeriodMs } from '../../domain/objective.ts';
import { systemPrincipal } from '../../domain/principal.ts';
import { missingParts, rolloutRecordSchema } from '../../domain/rollout-record.ts';
import { chainName } from '../audit/append.ts';
import { exportLines } from '../audit/export.ts';
import { verifyExport } from '../audit/verify.ts';
import { chartAnswer } from '../charts/chart-answer.ts';
import { databaseClock } from '../clock.ts';
import { createSandboxCluster } from '../cluster/sandbox.ts';
import { sealing } from '../costs/sealing.ts';
import { newId } from '../id.ts';
import { foldAll } from '../ingest/folder.ts';
import { judgeDrift } from '../jobs/drift/judge-due.ts';
import { sealDue } from '../ledger/seal.ts';
import { MeteringReading } from '../metering/metering-reading.ts';
import { getPromotion } from '../promotions/get.ts';
import { releaseLease, takeLease } from '../reconciler/lease.ts';
import { windowCounts } from '../rows/objective-counts.ts';
import { serviceMatrix } from '../services/matrix.ts';
import { signInWithLink } from '../sessions/sign-in.ts';
import { DemoStage } from './demo-stage.ts';
import { DemoTraffic } from './predictions/demo-traffic.ts';
import { demoSignInLinks, fillDemo, mayFillDemo } from './seed-demo.ts';

let test: TestDatabase;

const newestRollout = async (name: string) => {
  const rows = await test.db
    .select({ rollout })
    .from(rollout)
    .innerJoin(service, eq(service.id, rollout.serviceId))
    .where(eq(service.name, name))
    .orderBy(rollout.startedAt);
  return rows.at(-1)?.rollout;
};

beforeAll(async () => {
  test = await testDatabase();
  await fillDemo(test.db);
}, 180_000);
afterAll(() => test.drop());

describe('the demo', () => {
  it('has the three ready boards and one of a metric template, each chart of which is answered', async () => {
    const [demo] = await test.db.select().from(project);
    const projectId = demo?.id ?? '';
    const boards = await test.db
      .select({ name: board.name, spec: boardVersion.spec })
      .from(board)
      .innerJoin(boardVersion, eq(boardVersion.boardId, board.id))
      .orderBy(board.name);
    expect(boards.map(({ name }) => name)).toEqual([
      'How full are the GPUs?',
      'Is it healthy?',
      'What changed?',
      'What does it cost?',
    ]);
    const now = await databaseClock(test.db);
    const range = { from: now.getTime() - 86_400_000, to: now.getTime() };
    for (const { spec } of boards)
      for (const chart of boardSpecSchema.parse(spec).charts) {
        const answer = await chartAnswer(test.db, {
          projectId,
          spec: chart.spec,
          range,
          now,
          maxPoints: 300,
        });
        expect([chart.spec, answer.words.length]).not.toEqual([chart.spec, 0]);
      }
  });

  it('has one canary under way', async () => {
    expect(await newestRollout('recommender')).toMatchObject({
      phase: 'stepping',
      heldAt: null,
      endedAt: null,
    });
  });

  it('has one promotion that waits for a second signature', async () => {
    const rows = await test.db.select().from(promotion).where(eq(promotion.state, 'open'));
    expect(rows).toHaveLength(1);
  });

  it('has one healthy service at rest', async () => {
    const rows = await test.db
      .select({ status: service.status })
      .from(service)
      .innerJoin(environment, eq(environment.id, service.environmentId))
      .where(and(eq(service.name, 'churn'), eq(environment.name, 'production')));
    expect(rows).toMatchObject([{ status: { state: 'healthy', activeRolloutId: null } }]);
  });

  it('has two versions healthy in staging: one waits for its signature, the other can be promoted to production', async () => {
    const found = await test.db
      .select({ projectId: environment.projectId, id: environment.id })
      .from(environment)
      .where(eq(environment.name, 'staging'));
    const { projectId, id } = found[0] ?? { projectId: '', id: '' };
    const memberships = new Map([[projectId, new Set(['engineer' as const])]]);
    const engineer = { ...systemPrincipal, kind: 'user' as const, ownerUserId: newId(), memberships };
    const ctx = new DemoStage(test.db, new Date()).as(engineer);
    const { rows, environments } = await serviceMatrix(ctx, { projectId });
    expect(environments.map(({ name }) => name)).toEqual(['staging', 'production']);
    const staged = rows.flatMap(({ name, cells }) => {
      const cell = cells.find((each) => each.environmentId === id);
      return cell === undefined ? [] : [[name, cell.state, cell.promote[0]?.refusal?.code ?? null]];
    });
    expect(staged).toEqual([
      ['churn', 'healthy', null],
      ['fraud-detector', 'healthy', 'conflict'],
    ]);
  });

  it('has a healthy service whose promises are kept, counted over most of the day', async () => {
    const named = await test.db.select().from(service).where(eq(service.name, 'churn'));
    const churn = named.find((row) => row.objectives !== null);
    const counts = await windowCounts(
      test.db,
      { serviceId: churn?.id ?? '', now: await databaseClock(test.db), slowerThanMs: 250 },
      [objectivePeriodMs],
    );
    const found = counts.get(objectivePeriodMs);
    expect(found?.errors.coveredMs).toBeGreaterThan(15 * 3_600_000);
    expect(found?.errors.coveredMs).toBeLessThanOrEqual(27 * 3_600_000);
    const kept = attainment(found?.errors ?? noCounts, { budgetPpm: 10_000 });
    expect(kept).toMatchObject({ isMet: true });
    expect(attainment(found?.latency ?? noCounts, { budgetPpm: 50_000 })).toMatchObject({ isMet: true });
    expect(await test.db.select().from(serviceAlert)).toEqual([]);
  });

  it('has one service at 0.2 requests per second that honestly cannot decide', async () => {
    const held = await newestRollout('document-classifier');
    expect(held?.heldAt).not.toBeNull();
    expect(held).toMatchObject({ phase: 'stepping', stepIndex: 0, failure: null });
  });

  it('has a server of language models that counts tokens over the week that its costs are shown of', async () => {
    const held = await newestRollout('document-classifier');
    const [found] = await test.db
      .select({
        tokenMs: sql<number>`sum(${metricInterval.intervalMs}) filter (where ${metricInterval.promptTokens} > 0)::float8`,
        busy: sql<number>`sum(${metricInterval.busyPods})::int`,
      })
      .from(metricInterval)
      .where(eq(metricInterval.serviceId, held?.serviceId ?? ''));
    expect(found?.tokenMs).toBeGreaterThan(6 * 24 * 3_600_000);
    expect(found?.busy).toBeGreaterThan(0);
  });

  it('has one rollout that its analysis rolled back yesterday', async () => {
    expect(await newestRollout('toxicity-filter')).toMatchObject({
      phase: 'rolledBack',
      failure: { code: 'analysisFailed' },
    });
  });

  it('tells its story in notices, of which none is sent anywhere', async () => {
    const told = await test.db.select().from(notice);
    const kinds = new Set(told.map(({ kind }) => kind));
    for (const kind of ['finished', 'aborted', 'rolledBack', 'held', 'approvalNeeded'])
      expect(kinds).toContain(kind);
    expect(told.filter(({ origin, routeAt }) => origin !== 'demo' || routeAt !== null)).toEqual([]);
    expect(await test.db.select().from(delivery)).toEqual([]);
  });

  it('has the record of it, whole, with pods, Events and logs, and since when stable served everything', async () => {
    const rolledBack = await newestRollout('toxicity-filter');
    const [found] = await test.db
      .select()
      .from(rolloutRecord)
      .where(eq(rolloutRecord.rolloutId, rolledBack?.id ?? ''));
    const record = rolloutRecordSchema.parse(found?.record);
    expect(missingParts(record)).toEqual([]);
    expect(record.logs).toMatchObject({
      kind: 'taken',
      value: [{ text: expect.stringContaining('\n') }, {}],
    });
  });

  it('has chart series of the last hour for every service', async () => {
    const services = await test.db.select({ id: service.id, name: service.name }).from(service);
    for (const { id, name } of services) {
      const rows = await test.db
        .select({ found: count() })
        .from(metricInterval)
        .where(eq(metricInterval.serviceId, id));
      expect(rows[0]?.found, name).toBeGreaterThan(200);
    }
  });

  it('has an audit entry of the demo for every row, in whole chains', async () => {
    const entries = await test.db
      .select({ kind: auditEntry.objectKind, id: auditEntry.objectId, origin: auditEntry.origin })
      .from(auditEntry);
    const details = await test.db.select({ related: auditDetail.related }).from(auditDetail);
    const related = details.flatMap((detail) => detail.related.map((name) => name.split(':')[1]));
    const known = new Set([...entries.map((entry) => entry.id), ...related]);
    for (const table of [
      project,
      cluster,
      environment,
      policy,
      model,
      modelVersion,
      evidence,
      service,
      serviceRevision,
      promotion,
      rollout,
      priceEntry,
    ]) {
      const rows = await test.db.select({ id: table.id }).from(table);
      expect(rows.filter((row) => !known.has(row.id))).toEqual([]);
    }
    expect(new Set(entries.map((entry) => entry.origin))).toEqual(new Set(['demo']));
    const projects = await test.db.select({ id: project.id }).from(project);
    for (const chain of [chainName(null), ...projects.map(({ id }) => chainName(id))]) {
      let text = '';
      for await (const line of exportLines(test.db, chain)) text += line;
      expect(verifyExport(text)).toMatchObject({ ok: true });
    }
  });

  it('has thirty days that metering and seal count to the end, each node and hour adding up to its price', async () => {
    const [found] = await test.db.select({ id: cluster.id }).from(cluster);
    const clusterId = found?.id ?? '';
    const now = await databaseClock(test.db);
    const clock = async () => now;
    const lease = await takeLease(test.db, { clusterId, holder: 'test', leaseMs: 600_000 });
    if (lease === null) throw new Error('Somebody else holds the sandbox.');
    const port = createSandboxCluster({ db: test.db, clusterId, clock });
    if (port.metering === undefined) throw new Error('The sandbox is not metered.');
    const reading = await MeteringReading.open(
      { db: test.db, cluster: port, clock },
      port.metering,
      () => {},
    );
    await reading.turn(lease);
    await reading.close();
    while ((await sealDue({ db: test.db, clusterId, clock }, lease)) > 0);
    await releaseLease(test.db, lease);
    expect(await sealing(test.db)).toMatchObject({ underWay: null });

    const hours = await test.db.execute(sql`
      select count(distinct hour_at)::int as hours, count(distinct node_uid)::int as nodes from ledger_hour`);
    expect(hours.rows[0]).toMatchObject({ hours: expect.closeTo(719, -1), nodes: 6 });
    const wrong = await test.db.execute(sql`
      select node_uid, hour_at, sum(loaded_nano), sum(open_cost_nano) from ledger_entry
      group by node_uid, hour_at having sum(loaded_nano) <> sum(open_cost_nano)`);
    expect(wrong.rows).toEqual([]);
    const spent = await test.db.execute<{ role: string | null; bucket: string }>(sql`
      select role, bucket, sum(quantity) from ledger_hour_sum where line = 'gpu' group by role, bucket`);
    const kinds = new Set(spent.rows.map(({ role, bucket }) => `${role ?? 'nobody'} ${bucket}`));
    for (const kind of ['stable serving', 'canary serving', 'training serving', 'batch serving'])
      expect(kinds).toContain(kind);
    expect(kinds).toContain('nobody serving');
    const trained = await test.db.execute(sql`
      select distinct model_version_id from ledger_hour_sum where role = 'training' and model_version_id is not null`);
    expect(trained.rows).toHaveLength(6);
  }, 120_000);

  it('has one signed promotion whose week is nearly spent, with the date at which it fits', async () => {
    const rows = await test.db.select().from(promotion).where(eq(promotion.state, 'approved'));
    const { id = '', projectId = '' } = rows[0] ?? {};
    const memberships = new Map([[projectId, new Set(['viewer' as const])]]);
    const viewer = { ...systemPrincipal, kind: 'user' as const, ownerUserId: newId(), memberships };
    const now = await databaseClock(test.db);
    const { preflight } = await getPromotion(new DemoStage(test.db, now).as(viewer), { promotionId: id });
    const short = preflight?.checks.find(({ kind }) => kind === 'budget');
    expect(short).toMatchObject({ verdict: 'NEEDS_APPROVAL', subject: 'Search ranking, any seven days' });
    const hoursLeft = Number(short?.figures.available) / 3_600_000;
    // Nine by the plan; the seven days begin with a whole hour, in which two GPUs served.
    expect(hoursLeft).toBeGreaterThan(8);
    expect(hoursLeft).toBeLessThan(12);
    const fitsAt = preflight?.fit?.kind === 'at' ? preflight.fit.at : null;
    expect(fitsAt).not.toBeNull();
    const inHours = ((fitsAt?.getTime() ?? 0) - now.getTime()) / 3_600_000;
    expect(inHours).toBeGreaterThan(2);
    expect(inHours).toBeLessThan(12);
  });

  it('signs its people in by links, and is not filled in twice', async () => {
    const lines = await demoSignInLinks(test.db, 'http://127.0.0.1:1');
    expect(lines[0]).toMatch(/Lena Ortiz .*#link=/);
    const secret = /#link=(.+)$/.exec(lines[0] ?? '')?.[1] ?? '';
    const session = await signInWithLink({ db: test.db, clock: databaseClock }, secret);
    const people = await test.db.select().from(account).where(eq(account.userId, session.userId));
    expect(people).toMatchObject([{ email: 'lena@demo.fairlead.test' }]);
    expect(await mayFillDemo(test.db)).toBe(false);
  });

  it('sends what two of its models predict; one feature of one drifts, and its alert opens within twenty minutes', async () => {
    const begin = new Date((await databaseClock(test.db)).getTime() - 40 * 60_000);
    const traffic = new DemoTraffic(test.db);
    for (let ms = 0; ms <= 20 * 60_000; ms += 30_000) {
      const now = new Date(begin.getTime() + ms);
      await traffic.send(now);
      if (ms % 60_000 > 0) continue;
      await foldAll(test.db);
      await judgeDrift(test.db, { now });
    }
    const alerts = await test.db
      .select({ alert: driftAlert, service: service.name })
      .from(driftAlert)
      .innerJoin(service, eq(service.id, driftAlert.serviceId));
    expect(alerts.map(({ alert, service }) => [service, alert.kind, alert.state])).toEqual([
      ['fraud-detector', 'drift', 'open'],
    ]);
    const facts = alertFactsSchema.parse(alerts[0]?.alert.facts);
    expect(facts.of === 'features' ? facts.features.map(({ name }) => name) : []).toEqual([
      'account_age_days',
    ]);
    const history = await test.db.execute<{ name: string; days: number }>(sql`
      select s.name, count(*)::int as days from ingest_batch b join service s on s.id = b.service_id
      where starts_with(b.source, 'history ') and b.folded_at is not null group by s.name order by s.name`);
    expect(history.rows).toMatchObject([
      { name: 'churn', days: 31 },
      { name: 'fraud-detector', days: 31 },
    ]);
    const batches = () => test.db.$count(ingestBatch);
    const sent = await batches();
    await new DemoTraffic(test.db).send(new Date(begin.getTime() + 20 * 60_000));
    expect(await batches()).toBe(sent);
  });
});
