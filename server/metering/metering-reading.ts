import { type Database, type Queries, transaction } from '../../db/client.ts';
import type { PodLife, WatchGap } from '../../domain/metering/pod-life.ts';
import {
  type WaitingPod,
  type WaitingPods,
  waitingAfter,
  waitingPods,
} from '../../domain/metering/waiting-pods.ts';
import type { Cluster } from '../cluster/cluster.ts';
import type { MeteringFeed, MeteringNews, OpenMetering } from '../cluster/metering-feed.ts';
import { log } from '../log.ts';
import { fence, type Lease } from '../reconciler/lease.ts';
import { saveWaiting } from '../rows/waiting-pods.ts';
import { changedThen, type Gap } from './interval-rows.ts';
import { loadOpenIntervals, saveNodes, savePods, saveWatch } from './interval-store.ts';
import { type BookChanges, MeteringBook, type Stored } from './metering-book.ts';

type Opened = { readonly feed: MeteringFeed; readonly onNews: () => void };

export type MeteringOptions = {
  readonly db: Database;
  readonly cluster: Cluster;
  /** The cluster's clock: the database's, plus the offset of a sandbox. */
  readonly clock: (queries: Queries) => Promise<Date>;
  /** Pods that lived while nobody watched, from elsewhere; left out where there is no such source. */
  readonly backFill?: (gap: WatchGap) => Promise<readonly PodLife[]>;
};

/** One reading of a cluster, from a list of everything on: its feed, its book, and since when it has watched. */
export class MeteringReading {
  readonly #options: MeteringOptions;
  readonly #feed: MeteringFeed;
  readonly #book: MeteringBook;
  readonly #stored: Stored;
  #sentence: string | null = null;
  #watchFrom: Date | null = null;
  /** Gaps that were asked about, so that each is asked about once. */
  #asked: Gap | null = null;
  #asking: Promise<void> | null = null;
  #told: { readonly lives: readonly PodLife[]; readonly gap: Gap } | null = null;
  readonly #onNews: () => void;
  #waiting: ReadonlyMap<string, WaitingPod> = new Map();
  /** As text; null until this reading has stored them once. */
  #storedWaiting: string | null = null;

  private constructor(options: MeteringOptions, stored: Stored, { feed, onNews }: Opened) {
    this.#options = options;
    this.#stored = stored;
    this.#feed = feed;
    this.#onNews = onNews;
    this.#book = new MeteringBook(options.cluster.clusterId, stored);
  }

  /** Goes on from what is stored. */
  static async open(
    options: MeteringOptions,
    metering: OpenMetering,
    onNews: () => void,
  ): Promise<MeteringReading> {
    const stored = await loadOpenIntervals(options.db, options.cluster.clusterId);
    return new MeteringReading(options, stored, { feed: metering(onNews), onNews });
  }

  /** Writes what was heard since the last turn; throws LeaseLost, and then nothing was written. */
  async turn(lease: Lease): Promise<void> {
    const { db, clock } = this.#options;
    const news = await this.#feed.take();
    const now = news.readAt ?? (await clock(db));
    const heard = this.#book.apply(news, now.getTime());
    const changes = this.#filled(heard);
    this.#follow(news, now);
    const waiting = this.#waitingAfter(news);
    this.#ask();
    const { clusterId } = lease;
    const fromAt = this.#watchFrom;
    if (fromAt === null && isNothing(changes) && waiting === null) return;
    await transaction(db, async (tx) => {
      await fence(tx, lease);
      await saveNodes(tx, changes.nodes);
      await savePods(tx, changes.pods);
      if (fromAt !== null) await saveWatch(tx, { clusterId, fromAt, seenUntil: now });
      if (waiting !== null) await saveWaiting(tx, { clusterId, at: now, waiting });
    });
    if (waiting !== null) this.#storedWaiting = JSON.stringify(waiting);
  }

  /** Pods without a node as they are to be stored; null when these are stored already, or not all are seen. */
  #waitingAfter(news: MeteringNews): WaitingPods | null {
    if (news.state !== 'live') return null;
    this.#waiting = waitingAfter(this.#waiting, news);
    const waiting = waitingPods(this.#waiting);
    return JSON.stringify(waiting) === this.#storedWaiting ? null : waiting;
  }

  /** Resolves when nothing is being asked about a gap. */
  async settled(): Promise<void> {
    await this.#asking;
  }

  async close(): Promise<void> {
    await this.#asking;
    await this.#feed.close();
  }

  #filled(heard: BookChanges): BookChanges {
    const told = this.#told;
    if (told === null) return heard;
    this.#told = null;
    const { pods } = this.#book.fill(told.lives, told.gap);
    return { nodes: heard.nodes, pods: changedThen(heard.pods, pods) };
  }

  /** A source that is slow to answer must not hold up what is heard now. */
  #ask(): void {
    const gap = this.#book.lastGap;
    const { backFill } = this.#options;
    if (gap === null || backFill === undefined || gap === this.#asked || this.#asking !== null) return;
    this.#asked = gap;
    this.#asking = backFill({ from: new Date(gap.fromMs), to: new Date(gap.toMs) })
      .then((lives) => {
        if (lives.length === 0) return;
        this.#told = { lives, gap };
        this.#onNews();
      })
      .catch((error: unknown) => log.warn({ error }, 'A gap of metering could not be filled.'))
      .finally(() => {
        this.#asking = null;
      });
  }

  /** Since when everything was seen without a break; null while it is not. */
  #follow({ state, sentence, whole, seenFrom }: MeteringNews, now: Date): void {
    // Between two tries it knows no reason: the same one is not said again until the cluster was seen.
    if (state === 'live') this.#sentence = null;
    else if (sentence !== null && sentence !== this.#sentence) {
      const cluster = this.#options.cluster.clusterId;
      log.warn({ cluster, why: sentence }, 'The use of a cluster is not observed.');
      this.#sentence = sentence;
    }
    if (state !== 'live') this.#watchFrom = null;
    else if (whole || this.#watchFrom === null)
      this.#watchFrom = seenFrom === null ? now : (this.#stored.seenUntil ?? seenFrom);
  }
}

function isNothing({ nodes, pods }: BookChanges): boolean {
  return [nodes, pods].every(({ put, drop }) => put.length === 0 && drop.length === 0);
}
