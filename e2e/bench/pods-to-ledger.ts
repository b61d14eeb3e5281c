import { sql } from 'drizzle-orm';
import { createDatabase, type Database } from '../../db/client.ts';
import { account, principal } from '../../db/schema/identity.ts';
import { noDevices } from '../../domain/metering/observed.ts';
import type { MeteringNews } from '../../server/cluster/metering-feed.ts';
import { newId } from '../../server/id.ts';
import { sealDue } from '../../server/ledger/seal.ts';
import { after, LedgerFixture, monthAt } from '../../server/ledger-fixture.ts';
import { ToldCluster } from '../../server/metering/metering-fixture.ts';
import { eventsOfDay, nodesOfDay, type PodEvent } from './day-of-pods.ts';
import type { Finding } from './measure.ts';
import { postgresCpuSeconds, postmasterOf, processCpuSeconds } from './postgres-cpu.ts';

const pods = 10_000;
const samples = pods * 24 * 60;
const minuteMs = 60_000;
/** What issue 5 asks for, and why it is not reached: docs/costs.md. */
const asked = 0.2;
/** What is reached, with room for a busy machine; more is a step back. */
const longest = 20;

/**
 * A day of ten thousand pods from their events to the sealed ledger, against one sum with the price join over the table of
 * one-minute samples that would hold the same day: CPU of this process and of every process of PostgreSQL.
 */
export async function measureLedger(databaseUrl: string): Promise<Finding> {
  const handle = createDatabase(databaseUrl, { applicationName: 'fairlead-bench', statementTimeoutMs: 0 });
  try {
    const postmaster = await postmasterOf(handle.db);
    const cpu = async (run: () => Promise<void>) => {
      const before = [processCpuSeconds(), postgresCpuSeconds(postmaster)] as const;
      await run();
      const own = processCpuSeconds() - before[0];
      return { own, postgres: postgresCpuSeconds(postmaster) - before[1] };
    };
    const loaded = await cpu(() => loadSamples(handle.db));
    await sumSamples(handle.db);
    const reference = await cpu(() => sumSamples(handle.db));
    await handle.db.execute(sql`drop table bench_sample, bench_price`);
    const day = await prepareDay(handle.db);
    const metered = await cpu(() => day.meter());
    const sealed = await cpu(() => day.seal());
    const rows = await day.rows();
    await day.end();
    const total = metered.own + metered.postgres + sealed.own + sealed.postgres;
    const text = ({ own, postgres }: typeof metered) => `${own.toFixed(1)} + ${postgres.toFixed(1)} s`;
    return {
      name: `Ledger of ${pods} pods over 24 h, from ${day.events} events, against a sum over ${samples} samples`,
      value: total / (reference.own + reference.postgres),
      limit: longest,
      unit: '×',
      detail: `asked for: ${asked}×; CPU of process + PostgreSQL: intervals ${text(metered)}, ${rows} ledger rows ${text(sealed)}; the sum ${text(reference)}, after the samples were written in ${text(loaded)}`,
    };
  } finally {
    await handle.close();
  }
}

async function loadSamples(db: Database): Promise<void> {
  await db.execute(sql`
    create table bench_price (instance_type text, valid_from timestamptz, valid_to timestamptz, gpu_hour_nano int8)`);
  await db.execute(sql`
    insert into bench_price select 'type-' || number, '2026-01-01', '2027-01-01', 6880000000 + number from generate_series(0, 39) as number`);
  await db.execute(sql`
    create table bench_sample (pod_uid uuid not null, at timestamptz not null, instance_type text not null, milli_gpu int8 not null)`);
  await db.execute(sql`
    insert into bench_sample
    select md5(pod::text)::uuid, '2026-03-01'::timestamptz + minute * interval '1 minute', 'type-' || pod % 40, 1000
    from generate_series(0, 1439) as minute, generate_series(1, ${pods}::int) as pod`);
  await db.execute(sql`create index on bench_sample (at, pod_uid)`);
  await db.execute(sql`vacuum analyze bench_sample`);
  await db.execute(sql`analyze bench_price`);
}

async function sumSamples(db: Database): Promise<void> {
  await db.execute(sql`
    select sum(milli_gpu * 60) as quantity, sum(milli_gpu * 60 * gpu_hour_nano / 3600000) as nano
    from bench_sample s join bench_price p
      on p.instance_type = s.instance_type and s.at >= p.valid_from and s.at < p.valid_to
    where s.at >= '2026-03-01' and s.at < '2026-03-02'`);
}

/** A cluster of which nothing was told yet, with the price of its nodes. */
async function prepareDay(db: Database) {
  const told = await ToldCluster.create(db);
  const ledger = new LedgerFixture(db, told.clusterId);
  const adminId = newId();
  await db.insert(principal).values({ id: adminId, kind: 'user', ownerUserId: adminId, name: 'Bench' });
  await db.insert(account).values({ userId: adminId, email: `${adminId}@example.test`, createdAt: monthAt });
  await ledger.price(55_040_000_000n, adminId, { instanceType: 'p5.48xlarge' });
  const day = { fromMs: monthAt.getTime(), pods, namespace: 'bench' };
  const [nodes, events] = [nodesOfDay(day), eventsOfDay(day)];
  const news: MeteringNews[] = [];
  await told.begin(() => ({ take: async () => news.shift() ?? quiet, close: async () => undefined }));
  return {
    events: events.length,
    /** A turn for every minute, as if a burst came in it. */
    async meter() {
      const seen = nodes.map((node) => ({ node, ageMs: 0, gone: false }));
      news.push({ ...quiet, readAt: monthAt, whole: true, nodes: seen, devices: noDevices });
      await told.turn();
      for (const [minute, looks] of byMinute(events)) {
        news.push({
          ...quiet,
          readAt: after(minute + 1),
          pods: looks.map((look) => ({ ...look, ageMs: 0 })),
        });
        await told.turn();
      }
    },
    /** Each hour when its turn has come, as the upkeep does. */
    async seal() {
      const { clusterId } = told;
      for (let hour = 1; hour <= 24; hour += 1)
        await sealDue({ db, clusterId, clock: async () => after(hour * 60 + 11) }, told.lease);
    },
    async rows() {
      const { rows } = await db.execute<{ count: string }>(
        sql`select count(*)::text as count from ledger_entry where cluster_id = ${told.clusterId}`,
      );
      return rows[0]?.count ?? '0';
    },
    end: () => told.end(),
  };
}

const quiet: MeteringNews = {
  state: 'live',
  sentence: null,
  whole: false,
  readAt: null,
  seenFrom: null,
  nodes: [],
  pods: [],
  devices: null,
};

function byMinute(events: readonly PodEvent[]): Map<number, PodEvent[]> {
  const first = monthAt.getTime();
  const minutes = new Map<number, PodEvent[]>();
  for (let minute = 0; minute < 24 * 60 + 12; minute += 1) minutes.set(minute, []);
  for (const event of events) minutes.get(Math.floor((event.atMs - first) / minuteMs))?.push(event);
  return minutes;
}
