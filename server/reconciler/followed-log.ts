import { and, eq, isNull, sql } from 'drizzle-orm';
import type { Database } from '../../db/client.ts';
import { logChunk, logStream } from '../../db/schema/logs.ts';
import { LogCleaner } from '../../domain/log-lines.ts';
import { type LogEnding, logEndings, logLimits } from '../../domain/log-stream.ts';
import { DomainError } from '../../domain/refusal.ts';
import { log } from '../log.ts';

const beatMs = 1_000;

/** Says how a reading ended; the first word stands. */
export async function endStream(db: Database, id: string, ending: LogEnding): Promise<void> {
  await db
    .update(logStream)
    .set({ endedAt: sql`clock_timestamp()`, ending })
    .where(and(eq(logStream.id, id), isNull(logStream.endedAt)));
}

/**
 * One log on its way from the cluster to a page: plain lines without secrets, stored in chunks which the page takes away.
 * Reading waits while the page does not keep up, and ends by the log's end or by a cap of `logLimits`.
 */
export class FollowedLog {
  readonly #db: Database;
  readonly #id: string;
  readonly #abort = new AbortController();
  #ending: LogEnding | null = null;
  #lines: string[] = [];
  #pendingBytes = 0;
  #bytes = 0;
  #number = 0;
  #readTo = 0;
  #stored: Promise<void> = Promise.resolve();
  #flushTimer: NodeJS.Timeout | null = null;
  #roomFound: () => void = () => undefined;

  constructor(db: Database, id: string) {
    this.#db = db;
    this.#id = id;
  }

  /** Ends the reading with these words; `run` then resolves. */
  stop(ending: LogEnding): void {
    this.#ending ??= ending;
    this.#abort.abort();
    this.#roomFound();
  }

  /** Reads until the log or a cap ends it; resolves when its end is stored. */
  async run(
    follow: (signal: AbortSignal) => AsyncIterable<readonly string[]>,
    redact: (text: string) => string,
  ): Promise<void> {
    const cleaner = new LogCleaner(redact);
    const beat = setInterval(() => void this.#beat(), beatMs);
    const late = setTimeout(() => this.stop(logEndings.tooLong), logLimits.mostMs);
    try {
      for await (const lines of follow(this.#abort.signal)) {
        this.#take(cleaner.clean(lines));
        await this.#room();
        if (this.#abort.signal.aborted) break;
      }
    } catch (error) {
      this.#ending ??= failureOf(error);
    } finally {
      clearInterval(beat);
      clearTimeout(late);
      this.#flush();
      await this.#stored;
      await endStream(this.#db, this.#id, this.#ending ?? logEndings.over);
    }
  }

  #take(lines: readonly string[]): void {
    for (const line of lines) {
      const size = Buffer.byteLength(line) + 1;
      this.#bytes += size;
      if (this.#bytes > logLimits.mostBytes) return this.stop(logEndings.tooMuch);
      this.#lines.push(line);
      this.#pendingBytes += size;
      if (this.#pendingBytes >= logLimits.chunkBytes) this.#flush();
    }
    if (this.#lines.length > 0) this.#flushTimer ??= setTimeout(() => this.#flush(), logLimits.chunkMs);
  }

  #flush(): void {
    if (this.#flushTimer !== null) clearTimeout(this.#flushTimer);
    this.#flushTimer = null;
    if (this.#lines.length === 0) return;
    const text = this.#lines.join('\n');
    this.#lines = [];
    this.#pendingBytes = 0;
    this.#number += 1;
    const chunk = { streamId: this.#id, number: this.#number, text };
    this.#stored = this.#stored
      .then(async () => void (await this.#db.insert(logChunk).values(chunk)))
      .catch((error: unknown) => {
        log.warn({ error, stream: this.#id }, 'Lines of a log could not be stored.');
        this.stop(logEndings.lost);
      });
  }

  /** Waits for the page to take away what lies there; the beat brings the news. */
  async #room(): Promise<void> {
    while (this.#number - this.#readTo >= logLimits.mostUnreadChunks && !this.#abort.signal.aborted)
      await new Promise<void>((resolve) => {
        this.#roomFound = resolve;
      });
  }

  /** Says that a worker is there, and learns how far the page has read and whether it still comes. */
  async #beat(): Promise<void> {
    const unreadSeconds = logLimits.unreadMs / 1_000;
    try {
      const [row] = await this.#db
        .update(logStream)
        .set({ aliveAt: sql`clock_timestamp()` })
        .where(and(eq(logStream.id, this.#id), isNull(logStream.endedAt)))
        .returning({
          readTo: logStream.readTo,
          isUnread: sql<boolean>`${logStream.readAt} < clock_timestamp() - ${unreadSeconds} * interval '1 second'`,
        });
      if (row === undefined || row.isUnread) return this.stop(logEndings.unread);
      this.#readTo = row.readTo;
      this.#roomFound();
    } catch (error) {
      log.warn({ error, stream: this.#id }, 'The reading of a log cannot reach the database.');
      this.stop(logEndings.lost);
    }
  }
}

function failureOf(error: unknown): LogEnding {
  if (error instanceof DomainError) return { schema: 1, kind: 'failed', refusal: error.refusal };
  log.warn({ error }, 'The reading of a log failed.');
  return {
    schema: 1,
    kind: 'failed',
    refusal: {
      code: 'clusterUnreachable',
      message: 'The log could not be read; the log of the worker says why.',
      params: {},
      fix: 'Try again.',
    },
  };
}
