import { and, desc, eq, isNull, sql } from 'drizzle-orm';
import type { Database } from '../../db/client.ts';
import { logStream } from '../../db/schema/logs.ts';
import { service, serviceRevision } from '../../db/schema/services.ts';
import { logEndings, logLimits } from '../../domain/log-stream.ts';
import { logQuestionSchema } from '../../domain/pod.ts';
import { redacted, secretValues } from '../../domain/redaction.ts';
import { serviceSpecSchema } from '../../domain/service-spec.ts';
import type { Cluster } from '../cluster/cluster.ts';
import { log } from '../log.ts';
import { endStream, FollowedLog } from './followed-log.ts';

/** A reading that nobody took up for this long has nobody waiting any more. */
const staleSeconds = 10;

type Options = { readonly db: Database; readonly cluster: Cluster };

/** Follows the logs that pages asked for from one cluster, while this process holds its lease; a few at once. */
export class LogStreams {
  readonly #options: Options;
  readonly #running = new Map<string, { readonly log: FollowedLog; readonly ended: Promise<void> }>();
  #looking: Promise<void> | null = null;
  #lookAgain = false;
  #closed = false;

  constructor(options: Options) {
    this.#options = options;
  }

  /** Takes up what was asked since the last look; never rejects and never waits for a log. */
  look(): void {
    if (this.#closed) return;
    if (this.#looking !== null) {
      this.#lookAgain = true;
      return;
    }
    this.#lookAgain = false;
    this.#looking = this.#takeUp()
      .catch((error: unknown) => log.warn({ error }, 'The logs that were asked for could not be looked up.'))
      .finally(() => {
        this.#looking = null;
        if (this.#lookAgain) this.look();
      });
  }

  async #takeUp(): Promise<void> {
    const { db, cluster } = this.#options;
    const open = db
      .select({ id: logStream.id })
      .from(logStream)
      .where(
        and(
          eq(logStream.clusterId, cluster.clusterId),
          isNull(logStream.startedAt),
          isNull(logStream.endedAt),
          sql`${logStream.askedAt} > clock_timestamp() - ${staleSeconds} * interval '1 second'`,
        ),
      )
      .orderBy(logStream.askedAt)
      .limit(20)
      .for('update', { skipLocked: true });
    const taken = await db
      .update(logStream)
      .set({ startedAt: sql`clock_timestamp()`, aliveAt: sql`clock_timestamp()` })
      .where(sql`${logStream.id} in ${open}`)
      .returning();
    for (const row of taken)
      if (this.#running.size >= logLimits.mostOfCluster) await endStream(db, row.id, logEndings.full);
      else this.#start(row);
  }

  #start(row: typeof logStream.$inferSelect): void {
    const { db, cluster } = this.#options;
    const followed = new FollowedLog(db, row.id);
    const run = async (): Promise<void> => {
      const secrets = await secretsOf(db, row.serviceId);
      const question = logQuestionSchema.parse(row.question);
      await followed.run(
        (signal) => cluster.followLog(question, signal),
        (text) => redacted(text, secrets),
      );
    };
    const ended = run()
      .catch((error: unknown) => log.warn({ error, stream: row.id }, 'The reading of a log failed.'))
      .finally(() => this.#running.delete(row.id));
    this.#running.set(row.id, { log: followed, ended });
  }

  /** Ends every reading, so that its page knows at once that it must ask again. */
  async close(): Promise<void> {
    this.#closed = true;
    await this.#looking;
    for (const { log: followed } of this.#running.values()) followed.stop(logEndings.stopped);
    await Promise.all([...this.#running.values()].map(({ ended }) => ended));
  }
}

/** Values of the service's newest specs that its log must not show. */
async function secretsOf(db: Database, serviceId: string): Promise<string[]> {
  const [specs, revisions] = await Promise.all([
    db.select({ spec: service.spec }).from(service).where(eq(service.id, serviceId)),
    db
      .select({ spec: serviceRevision.spec })
      .from(serviceRevision)
      .where(eq(serviceRevision.serviceId, serviceId))
      .orderBy(desc(serviceRevision.number))
      .limit(5),
  ]);
  const values = [...specs, ...revisions].flatMap(({ spec }) => {
    const parsed = serviceSpecSchema.safeParse(spec).data;
    return parsed === undefined ? [] : secretValues(parsed.podTemplate.spec);
  });
  return [...new Set(values)];
}
