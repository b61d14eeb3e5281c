import { inArray } from 'drizzle-orm';
import type { Database } from '../../../db/client.ts';
import { notice as noticeTable } from '../../../db/schema/notices.ts';
import { channelTargetSchema } from '../../../domain/channel.ts';
import type { DeliveryAnswer } from '../../../domain/delivery.ts';
import { noticeSchema } from '../../../domain/notice.ts';
import { type NoticeObject } from '../../../domain/notice-kind.ts';
import { noticeEndSentence, noticeSentence } from '../../../domain/notice-text.ts';
import { reportLines } from '../../../domain/report-text.ts';
import { Alarm } from '../../alarm.ts';
import { openChannelSecret } from '../../channel-secret.ts';
import type { ChangeHub } from '../../http/change-hub.ts';
import { log } from '../../log.ts';
import { userEgressRules } from '../../rows/egress-allowances.ts';
import { slackMessage, webhookMessage } from './bodies.ts';
import { type Claimed, claimMessage, settle, untilNextDelivery } from './claim.ts';
import type { Message, Told } from './message.ts';
import { reportMail, type WeeklyReport } from './report-mail.ts';
import { slackPictures, takeBackPictures } from './report-slack.ts';
import { mostRoutedAtOnce, routeNotices } from './route.ts';
import { type Attempt, sendHttp } from './send-http.ts';
import { sendMail } from './send-mail.ts';

export type CourierOptions = {
  readonly db: Database;
  readonly hub: Pick<ChangeHub, 'subscribe'>;
  readonly workerPrivateKey: string | null;
  /** Where the console is, without a slash at the end. */
  readonly publicUrl: string;
  /** How long a message is taken before somebody else may send it; longer than any attempt. */
  readonly claimMs?: number;
};

/** Messages on their way at once in this process, at most one per channel: a receiver that hangs holds up only itself. */
const mostAtOnce = 8;
/** An end is told a moment later: what has ended it, such as the last signature, goes first. */
const endWithinMs = 200;
const longestSleepMs = 30_000;
const shortestSleepMs = 20;
const defaultClaimMs = 60_000;

/** Sends what is written in the outbox until `close`; woken by every new notice, so nothing waits for a clock. */
export class Courier {
  readonly #options: CourierOptions;
  readonly #alarm = new Alarm();
  readonly #busy = new Map<string, Promise<void>>();
  readonly #unsubscribe: () => void;
  readonly #ended: Promise<void>;
  #closed = false;

  constructor(options: CourierOptions) {
    this.#options = options;
    this.#unsubscribe = options.hub.subscribe((event) => {
      const topic = event.kind === 'resync' ? event.kind : event.change.topic;
      if (['resync', 'notice', 'channel'].includes(topic)) this.#alarm.ring();
      if (topic === 'noticeEnd') this.#alarm.ringWithin(endWithinMs);
    });
    this.#ended = this.#run();
  }

  /** Ends after the attempts under way. */
  async close(): Promise<void> {
    this.#closed = true;
    this.#unsubscribe();
    this.#alarm.ring();
    await this.#ended;
    await Promise.allSettled(this.#busy.values());
  }

  async #run(): Promise<void> {
    let failures = 0;
    while (!this.#closed) {
      let sleepMs: number;
      try {
        sleepMs = await this.#turn();
        failures = 0;
      } catch (error) {
        failures += 1;
        sleepMs = Math.min(10_000, 250 * 2 ** Math.min(failures, 6)) * (0.5 + Math.random() / 2);
        log.warn({ error }, 'The outbox could not be read; it is tried again.');
      }
      if (!this.#closed) await this.#alarm.sleep(sleepMs);
    }
  }

  async #turn(): Promise<number> {
    const { db, claimMs = defaultClaimMs } = this.#options;
    while ((await routeNotices(db)) === mostRoutedAtOnce);
    while (this.#busy.size < mostAtOnce && !this.#closed) {
      const claimed = await claimMessage(db, { busy: new Set(this.#busy.keys()), claimMs });
      if (claimed === null) break;
      this.#start(claimed);
    }
    // What waits behind a busy channel is due already: its turn comes when that one is done.
    if (this.#busy.size > 0) return longestSleepMs;
    const dueMs = await untilNextDelivery(db);
    return Math.max(shortestSleepMs, Math.min(longestSleepMs, dueMs ?? longestSleepMs));
  }

  #start(claimed: Claimed): void {
    const { db } = this.#options;
    const { id } = claimed.channel;
    const sent = this.#send(claimed)
      .then((attempt) => settle(db, claimed, attempt))
      // The claim ends by itself, and then it counts as possibly sent.
      .catch((error: unknown) => log.error({ error, channelId: id }, 'A delivery could not be written down.'))
      .finally(() => {
        this.#busy.delete(id);
        this.#alarm.ring();
      });
    this.#busy.set(id, sent);
  }

  async #send({ channel, rows }: Claimed): Promise<Attempt> {
    const { db, workerPrivateKey, publicUrl } = this.#options;
    const target = channelTargetSchema.parse(channel.target);
    const [first] = rows;
    const [{ told, report }, rules] = await Promise.all([toldOf(db, rows, publicUrl), userEgressRules(db)]);
    const message: Message = {
      id: first.batchId ?? `${first.noticeId}.${first.part}`,
      told,
      maybeRepeated: rows.some(({ maybeRepeated }) => maybeRepeated),
      consoleUrl: publicUrl,
      channelName: channel.name,
    };
    const { sealedSecret, id: channelId } = channel;
    const secret =
      sealedSecret === null ? '' : openChannelSecret(workerPrivateKey, sealedSecret, { channelId, target });
    if (secret === null) return refused('The secret of this channel cannot be opened: store it again.');
    const secrets = [secret];
    switch (target.kind) {
      case 'slack': {
        const asked = { notice: target.pictures === true ? report : null, projectId: channel.projectId };
        const pictures = await slackPictures(db, { ...asked, publicUrl });
        const sent = await sendHttp(slackMessage(secret, message, pictures), { rules, secrets });
        if (pictures.length === 0 || sent.answer.outcome === 'accepted' || sent.answer.outcome === 'lost')
          return sent;
        await takeBackPictures(db, publicUrl, pictures);
        // Slack refuses a message as a whole when it cannot fetch a picture of it.
        return sent.answer.outcome === 'refused'
          ? await sendHttp(slackMessage(secret, message), { rules, secrets })
          : sent;
      }
      case 'webhook':
        return await sendHttp(webhookMessage(target, secret, { message, now: new Date() }), {
          rules,
          secrets,
        });
      case 'smtp': {
        const password = sealedSecret === null ? null : secret;
        const rich = await reportMail(db, {
          notice: report,
          projectId: channel.projectId,
          link: told[0].link,
        });
        return await sendMail(target, { message, rich, recipient: first.recipient, password }, rules);
      }
    }
  }
}

function refused(text: string): Attempt {
  const answer: DeliveryAnswer = { schema: 1, outcome: 'refused', status: null, text, tookMs: 0 };
  return { answer, askedMs: 0 };
}

/** What is told, and the report among it; a report goes out alone. */
type ToldOf = { readonly told: readonly [Told, ...Told[]]; readonly report: WeeklyReport | null };

async function toldOf(db: Database, rows: Claimed['rows'], publicUrl: string): Promise<ToldOf> {
  let report: WeeklyReport | null = null;
  const ids = rows.map(({ noticeId }) => noticeId);
  const stored = await db.select().from(noticeTable).where(inArray(noticeTable.id, ids));
  const byId = new Map(stored.map((row) => [row.id, row]));
  const [first, ...others] = rows.map(({ noticeId, part }): Told => {
    const row = byId.get(noticeId);
    if (row === undefined) throw new Error(`Notice ${noticeId} is gone.`);
    const notice = noticeSchema.parse(row.params);
    const lastedMs = (row.endedAt ?? row.beganAt).getTime() - row.beganAt.getTime();
    const { kind: _, ...figures } = notice;
    if (notice.kind === 'weeklyReport') report = notice;
    return {
      noticeId,
      part,
      kind: notice.kind,
      severity: row.severity,
      sentence: part === 'begin' ? noticeSentence(notice) : noticeEndSentence(notice, lastedMs),
      link: `${publicUrl}/notices/${noticeId}`,
      object: { kind: row.objectKind as NoticeObject['kind'], id: row.objectId },
      beganAt: row.beganAt,
      endedAt: row.endedAt,
      figures,
      lines: notice.kind === 'weeklyReport' ? reportLines(notice) : [],
    };
  });
  if (first === undefined) throw new Error('A message has no notice.');
  return { told: [first, ...others], report };
}
