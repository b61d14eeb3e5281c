import { and, eq } from 'drizzle-orm';
import { createDatabase, type Database } from '../../db/client.ts';
import { podInterval } from '../../db/schema/metering.ts';
import { noDevices, type ObservedPod } from '../../domain/metering/observed.ts';
import { databaseClock } from '../../server/clock.ts';
import type { Cluster } from '../../server/cluster/cluster.ts';
import type { MeteringNews } from '../../server/cluster/metering-feed.ts';
import { newId } from '../../server/id.ts';
import { ToldCluster } from '../../server/metering/metering-fixture.ts';
import { MeteringWriter } from '../../server/metering/metering-writer.ts';
import { takeLease } from '../../server/reconciler/lease.ts';
import { costSums } from '../../server/rows/cost-sums.ts';
import { spendByHour } from '../../server/rows/spend.ts';
import { nodesOfDay, servingPod } from './day-of-pods.ts';
import { type Finding, median, within } from './measure.ts';

const pods = 10_000;
const rounds = 15;
const hourMs = 3_600_000;
const writtenWithinMs = 30_000;

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

/**
 * From the moment at which a pod's event is there to its interval, and to the explorer and a budget's hours that count it:
 * one cluster with ten thousand serving pods, whose hours since it began are all open.
 */
export async function measureEventToFigure(databaseUrl: string): Promise<Finding> {
  const { db, close } = createDatabase(databaseUrl, { applicationName: 'fairlead-bench' });
  const feed = new OneEventFeed();
  const { clusterId } = await ToldCluster.create(db);
  const metering = (onNews: () => void) => feed.open(onNews);
  const writer = new MeteringWriter({
    db,
    cluster: { clusterId, metering } as Cluster,
    clock: databaseClock,
  });
  try {
    const lease = await takeLease(db, { clusterId, holder: newId(), leaseMs: 600_000 });
    if (lease === null) throw new Error('The cluster’s lease is held by another.');
    writer.keep(lease);
    await written(db, { clusterId, pod: feed.lastPod(), bucket: 'serving' });
    const delays: Delay[] = [];
    for (let round = 0; round <= rounds; round += 1) {
      const startedMs = performance.now();
      const pod = feed.tellUnready(round);
      await written(db, { clusterId, pod, bucket: 'unready' });
      const intervalMs = performance.now() - startedMs;
      const explorerMs = await timed(() => readExplorer(db));
      const budgetMs = await timed(() => readBudgetHours(db, clusterId));
      if (round > 0) delays.push({ intervalMs, explorerMs, budgetMs });
    }
    return finding(delays);
  } finally {
    await writer.close();
    await close();
  }
}

/** A feed with a list at first, and then whatever is told. */
class OneEventFeed {
  readonly #startedMs = Date.now() - hourMs / 2;
  readonly #day = { fromMs: this.#startedMs, pods, namespace: 'bench' };
  #news: MeteringNews[];
  #onNews: () => void = () => undefined;

  constructor() {
    const nodes = nodesOfDay(this.#day).map((node) => ({ node, ageMs: 0, gone: false }));
    const listed = Array.from({ length: pods }, (_, index) => this.#look(servingPod(index, this.#day)));
    const seenFrom = new Date(this.#startedMs);
    this.#news = [{ ...quiet, seenFrom, whole: true, nodes, pods: listed, devices: noDevices }];
  }

  open(onNews: () => void) {
    this.#onNews = onNews;
    return { take: async () => this.#news.shift() ?? quiet, close: async () => undefined };
  }

  lastPod(): ObservedPod {
    return servingPod(pods - 1, this.#day);
  }

  tellUnready(index: number): ObservedPod {
    const pod = servingPod(index, this.#day);
    const told = { ...pod, version: pod.version + 1, readiness: { ready: false, at: new Date() } };
    this.#news.push({ ...quiet, pods: [this.#look(told)] });
    this.#onNews();
    return told;
  }

  #look(pod: ObservedPod) {
    return { pod, ageMs: 0, gone: false };
  }
}

type Wanted = {
  readonly clusterId: string;
  readonly pod: ObservedPod;
  readonly bucket: 'serving' | 'unready';
};

async function written(db: Database, { clusterId, pod, bucket }: Wanted): Promise<void> {
  const own = and(eq(podInterval.clusterId, clusterId), eq(podInterval.podUid, pod.uid));
  const here = and(own, eq(podInterval.bucket, bucket));
  let ended = false;
  const seen = async () => {
    while (!ended && (await db.select({ at: podInterval.fromAt }).from(podInterval).where(here)).length === 0)
      await new Promise((done) => setTimeout(done, 5));
  };
  try {
    await within(seen(), writtenWithinMs, 'A pod’s event did not become an interval.');
  } finally {
    ended = true;
  }
}

async function timed(run: () => Promise<void>): Promise<number> {
  const startedMs = performance.now();
  await run();
  return performance.now() - startedMs;
}

const dayMs = 24 * hourMs;

/** Today and the day before, so that the hours are in it whatever the time. */
function twoDays() {
  const from = new Date(Math.floor(Date.now() / dayMs) * dayMs - dayMs);
  return { from, to: new Date(from.getTime() + 2 * dayMs) };
}

async function readExplorer(db: Database): Promise<void> {
  const { groups } = await costSums(db, { projectId: null, ...twoDays(), groupBy: 'bucket' });
  const unready = groups.find(({ group }) => group === 'unready');
  if (unready === undefined) throw new Error('The explorer does not count what stopped being ready.');
}

async function readBudgetHours(db: Database, clusterId: string): Promise<void> {
  const hours = await spendByHour(db, { clusterId }, twoDays());
  if (hours.length === 0) throw new Error('A budget’s hours do not count the pods of the open hour.');
}

type Delay = { readonly intervalMs: number; readonly explorerMs: number; readonly budgetMs: number };

function finding(delays: readonly Delay[]): Finding {
  const p50 = (pick: (delay: Delay) => number) => median(delays.map(pick));
  const figureMs = ({ intervalMs, explorerMs, budgetMs }: Delay) =>
    intervalMs + Math.max(explorerMs, budgetMs);
  const [interval, explorer, budget] = [
    p50(({ intervalMs }) => intervalMs),
    p50(({ explorerMs }) => explorerMs),
    p50(({ budgetMs }) => budgetMs),
  ];
  return {
    name: `From a pod's event to the figure of the open hours that is there last, of ${pods} pods, p50`,
    value: p50(figureMs),
    limit: 1_000,
    unit: ' ms',
    detail: `its interval ${interval.toFixed(0)} ms, then the explorer ${explorer.toFixed(0)} ms, a budget's hours ${budget.toFixed(0)} ms; the slowest of ${delays.length} ${Math.max(...delays.map(figureMs)).toFixed(0)} ms`,
  };
}
