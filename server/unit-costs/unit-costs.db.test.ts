import { eq } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { environment } from '../../db/schema/environments.ts';
import { ledgerHourSum, ledgerProgress } from '../../db/schema/ledger.ts';
import { instanceCurrency } from '../../db/schema/prices.ts';
import { rollout } from '../../db/schema/rollouts.ts';
import { metricInterval, roleInterval, service, serviceRevision } from '../../db/schema/services.ts';
import { type TestDatabase, testDatabase } from '../../db/test-database.ts';
import { newId } from '../id.ts';
import { LedgerFixture } from '../ledger-fixture.ts';
import { ProjectFixture, refusalOf } from '../test-fixture.ts';
import { unitCostOfRollout } from './of-rollout.ts';
import { unitCostOfVersion } from './of-version.ts';

let test: TestDatabase;
let fixture: ProjectFixture;
const now = new Date('2026-11-02T12:30:00Z');
const hour = (text: string) => new Date(`2026-11-02T${text}:00:00Z`);
const dollar = 1_000_000_000n;

beforeAll(async () => {
  test = await testDatabase();
  fixture = await ProjectFixture.create(test.db);
  fixture.clock = async () => now;
  await test.db.insert(instanceCurrency).values({ currency: 'USD' });
});
afterAll(() => test.drop());

async function revisionOf(id: string) {
  const [row] = await test.db.select().from(serviceRevision).where(eq(serviceRevision.id, id));
  if (row === undefined) throw new Error('There is no such revision.');
  return row;
}

type Row = Partial<typeof ledgerHourSum.$inferInsert> & { hourAt: Date };

async function charged(row: Row, loaded: bigint, gpuSeconds = 3_600): Promise<void> {
  await test.db.insert(ledgerHourSum).values({
    id: newId(),
    postedMonth: new Date('2026-11-01T00:00:00Z'),
    clusterId: fixture.clusterId,
    bucket: 'serving',
    line: 'gpu',
    gpuProduct: 'NVIDIA-L4',
    capacityType: 'onDemand',
    quantity: String(gpuSeconds * 1_000),
    loadedNano: String(loaded),
    openCostNano: '0',
    unpriced: '0',
    estimatedQuantity: '0',
    ...row,
  });
}

/** Requests of a revision in every minute of [from, to). */
async function answered(
  revisionId: string,
  requests: number,
  [from, to]: readonly [Date, Date],
  work: Partial<typeof metricInterval.$inferInsert> = {},
): Promise<void> {
  const revision = await revisionOf(revisionId);
  const rows = [];
  for (let end = from.getTime() + 60_000; end <= to.getTime(); end += 60_000)
    rows.push({
      projectId: fixture.projectId,
      serviceId: revision.serviceId,
      revisionNumber: revision.number,
      intervalEnd: new Date(end),
      intervalMs: 60_000,
      requests,
      errors: 0,
      buckets: {},
      podCount: 1,
      ...work,
    });
  await test.db.insert(metricInterval).values(rows);
}

const ownerOf = async (revisionId: string) => {
  const { modelVersionId, serviceId } = await revisionOf(revisionId);
  return { projectId: fixture.projectId, serviceId, revisionId, modelVersionId };
};

describe('a canary that costs the same an hour as stable does for nineteen times the traffic', () => {
  it('costs what it idles more for a request, over the same whole hours', async () => {
    const first = await fixture.live();
    const asked = await fixture.request(fixture.stagingServiceId);
    const rolloutId = await fixture.startRollout(asked.promotionId);
    await test.db
      .update(rollout)
      .set({ startedAt: new Date('2026-11-02T10:20:00Z') })
      .where(eq(rollout.id, rolloutId));
    const [record] = await test.db.select().from(rollout).where(eq(rollout.id, rolloutId));
    const from = record?.fromRevisionId ?? '';
    const to = record?.toRevisionId ?? '';
    for (const at of ['10', '11']) {
      await charged({ hourAt: hour(at), ...(await ownerOf(from)), role: 'stable' }, 4n * dollar);
      await charged({ hourAt: hour(at), ...(await ownerOf(to)), role: 'canary' }, 1n * dollar);
      await charged(
        { hourAt: hour(at), ...(await ownerOf(to)), role: 'canary', bucket: 'startupHold' },
        dollar,
      );
    }
    await charged({ hourAt: hour('09'), ...(await ownerOf(from)), role: 'stable' }, 100n * dollar);
    await answered(from, 95, [hour('09'), hour('12')]);
    await answered(to, 5, [hour('10'), hour('12')]);

    const answer = await unitCostOfRollout(fixture.as('viewer'), { rolloutId });
    expect(answer.hours).toEqual({ from: hour('10'), to: now });
    expect(answer.stable).toMatchObject({ requests: 95 * 120, servingNano: 8n * dollar });
    expect(answer.canary).toMatchObject({
      requests: 5 * 120,
      servingNano: 2n * dollar,
      holdNano: 2n * dollar,
    });
    expect(answer.canary?.cost.perThousandRequestsNano).toBe(3_333_333_333n);
    expect(answer.ratio).toBeCloseTo(4.75, 3);
    expect(first.rolloutId).not.toBe(rolloutId);
  });

  it('is hidden from who is no member', async () => {
    const [record] = await test.db.select().from(rollout);
    const call = unitCostOfRollout(fixture.as('stranger'), { rolloutId: record?.id ?? '' });
    expect((await refusalOf(call)).code).toBe('notFound');
  });
});

describe('a ModelVersion', () => {
  it('shows serving with its share of idle, training apart, and the cost of 1,000 requests', async () => {
    const other = await ProjectFixture.create(test.db);
    other.clock = async () => now;
    const before = fixture;
    fixture = other;
    const live = await other.live();
    const [record] = await test.db.select().from(rollout).where(eq(rollout.id, live.rolloutId));
    const revisionId = record?.toRevisionId ?? '';
    await test.db
      .update(roleInterval)
      .set({ fromAt: hour('11'), effectiveAt: hour('11') })
      .where(eq(roleInterval.revisionId, revisionId));
    const owner = await ownerOf(revisionId);
    await charged({ hourAt: hour('11'), ...owner, role: 'stable' }, 3n * dollar);
    await charged({ hourAt: hour('11'), bucket: 'idleFree' }, 3n * dollar);
    const { projectId, modelVersionId } = owner;
    await charged(
      { hourAt: hour('03'), projectId, modelVersionId, role: 'training', runId: 'run-1' },
      7n * dollar,
    );
    await answered(revisionId, 50, [hour('11'), now]);

    const answer = await unitCostOfVersion(other.as('viewer'), { modelVersionId });
    expect(answer).toMatchObject({
      currency: 'USD',
      trainingNano: 7n * dollar,
      idleNano: (3n * dollar) / 2n,
    });
    expect(answer.use).toMatchObject({ servingNano: 3n * dollar, requests: 50 * 90, servedMs: 5_400_000 });
    expect(answer.figures?.cost).toEqual({
      perThousandRequestsNano: 1_000_000_000n,
      perMillionTokensNano: null,
      doubts: [],
    });
    expect((await refusalOf(unitCostOfVersion(other.as('stranger'), { modelVersionId }))).code).toBe(
      'notFound',
    );
    fixture = before;
  });

  it('that never ran has no cost of a request', async () => {
    const { modelVersionId } = await fixture.version();
    const answer = await unitCostOfVersion(fixture.as('viewer'), { modelVersionId });
    expect(answer).toMatchObject({ use: null, figures: null, trainingNano: 0n, atZero: null });
  });
});

/** A minute of a server of language models: 50 requests of 0.2 s, four at a time, half of the prompts cached. */
const tokenMinute = {
  promptTokens: 9_000,
  generatedTokens: 1_000,
  cachedTokens: 4_500,
  runningMs: 10_000,
  prefillMs: 3_000,
  decodeMs: 7_000,
  runningRequests: 4,
  busyPods: 1,
};

describe('a server of language models', () => {
  let before: ProjectFixture;
  beforeAll(() => {
    before = fixture;
  });
  afterAll(() => {
    fixture = before;
  });

  /** A version that is stable since then, in a project of its own. */
  async function stableSince(since: Date) {
    fixture = await ProjectFixture.create(test.db);
    fixture.clock = async () => now;
    const { modelVersionId, rolloutId } = await fixture.live();
    const [record] = await test.db.select().from(rollout).where(eq(rollout.id, rolloutId));
    const revisionId = record?.toRevisionId ?? '';
    await test.db
      .update(roleInterval)
      .set({ fromAt: since, effectiveAt: since })
      .where(eq(roleInterval.revisionId, revisionId));
    return { modelVersionId, revisionId, owner: { ...(await ownerOf(revisionId)), role: 'stable' as const } };
  }

  it('shows its cost of a million tokens and what the prefix cache saved', async () => {
    const { modelVersionId, revisionId, owner } = await stableSince(hour('11'));
    await charged({ hourAt: hour('11'), ...owner }, 9n * dollar);
    await answered(revisionId, 50, [hour('11'), now], tokenMinute);
    const answer = await unitCostOfVersion(fixture.as('viewer'), { modelVersionId });
    expect(answer.figures).toMatchObject({
      tokens: 900_000,
      tokenLack: null,
      cost: { perMillionTokensNano: 10n * dollar },
      cache: { share: 0.5, savedNano: (27n * dollar) / 10n, estimated: false },
    });
    expect(answer.atZero).toBeNull();
  });

  it('shows no cost of tokens, with its reason, where they were not counted all the time', async () => {
    const { modelVersionId, revisionId, owner } = await stableSince(hour('11'));
    await charged({ hourAt: hour('11'), ...owner }, 9n * dollar);
    await answered(revisionId, 50, [hour('11'), hour('12')]);
    await answered(revisionId, 50, [hour('12'), now], tokenMinute);
    const answer = await unitCostOfVersion(fixture.as('viewer'), { modelVersionId });
    expect(answer.figures).toMatchObject({
      tokens: null,
      cache: null,
      cost: { perMillionTokensNano: null },
      tokenLack: { kind: 'partly' },
    });
  });

  it('saved at the most its size before, for as long as it stood at 0 while all pods were seen', async () => {
    const { modelVersionId, revisionId, owner } = await stableSince(hour('06'));
    const { clusterId } = fixture;
    await charged({ hourAt: hour('06'), ...owner }, 4n * dollar, 2 * 3_600);
    const early = { createdAt: hour('00') };
    await test.db.update(service).set(early).where(eq(service.id, owner.serviceId));
    await test.db.update(environment).set(early).where(eq(environment.id, fixture.stagingId));
    const [place] = await test.db
      .select({ namespace: environment.namespace, service: service.name })
      .from(service)
      .innerJoin(environment, eq(environment.id, service.environmentId))
      .where(eq(service.id, owner.serviceId));
    const ledger = new LedgerFixture(test.db, clusterId);
    for (const uid of ['one', 'two'])
      await ledger.pod(uid, {
        namespace: place?.namespace ?? '',
        owners: [{ kind: 'Deployment', name: `${place?.service}-r1`, uid: 'd' }],
        revisionId,
        fromAt: hour('06'),
        toAt: hour('07'),
      });
    await ledger.watched(hour('05'), hour('10'));
    await test.db.insert(ledgerProgress).values({ clusterId, sealedUntil: hour('12') });
    const answer = await unitCostOfVersion(fixture.as('viewer'), { modelVersionId });
    // Three hours at 0 of two GPUs at $2 an hour; from 10:00 on nobody saw the pods.
    expect(answer.atZero).toEqual({ zeroMs: 3 * 3_600_000, atMostNano: 12n * dollar });
  });

  it('compares a canary that idles with stable at equal load, by the price of one GPU', async () => {
    const { revisionId: from } = await stableSince(hour('09'));
    const asked = await fixture.request(fixture.stagingServiceId);
    const rolloutId = await fixture.startRollout(asked.promotionId);
    await test.db
      .update(rollout)
      .set({ startedAt: hour('11') })
      .where(eq(rollout.id, rolloutId));
    const [record] = await test.db.select().from(rollout).where(eq(rollout.id, rolloutId));
    const to = record?.toRevisionId ?? '';
    for (const [id, role] of [
      [from, 'stable'],
      [to, 'canary'],
    ] as const)
      await charged({ hourAt: hour('11'), ...(await ownerOf(id)), role }, (36n * dollar) / 10n);
    await answered(from, 50, [hour('11'), now], tokenMinute);
    await answered(to, 5, [hour('11'), now], { ...tokenMinute, runningMs: 2_000 });
    const answer = await unitCostOfRollout(fixture.as('viewer'), { rolloutId });
    expect(answer.ratio).toBeCloseTo(10, 3);
    // 0.2 s a request, four at a time on one GPU at $0.001 a second; the canary takes twice as long.
    const equal = (nano: bigint) => ({ kind: 'cost', concurrency: 4, perThousandRequestsNano: nano });
    expect(answer.stable?.equalLoad).toMatchObject(equal(50_000_000n));
    expect(answer.canary?.equalLoad).toMatchObject(equal(100_000_000n));
    expect(answer.equalLoadRatio).toBe(2);
  });
});
