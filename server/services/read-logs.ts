import { and, eq, isNull, sql } from 'drizzle-orm';
import type { PgColumn } from 'drizzle-orm/pg-core';
import * as z from 'zod';
import type { Transaction } from '../../db/client.ts';
import { logChunk, logStream } from '../../db/schema/logs.ts';
import { service } from '../../db/schema/services.ts';
import {
  type LogEnding,
  logEndingSchema,
  logEndings,
  logLimits,
  openLogRefusal,
  openLogSchema,
} from '../../domain/log-stream.ts';
import { idSchema } from '../../domain/name.ts';
import { refuse } from '../../domain/refusal.ts';
import { command } from '../command.ts';
import { newId } from '../id.ts';
import { query } from '../query.ts';
import { onlyRow, rowProject } from '../rows/row-project.ts';
import { loadService } from '../rows/service-record.ts';
import { podQuestionOf } from './pod-question.ts';

const clockNow = sql<Date>`clock_timestamp()`;

/** Asks the worker to follow a container's log; that somebody reads it is an audited act, what it says never is. */
export const readLogs = command(
  {
    permission: 'services.readLogs',
    schema: openLogSchema,
    project: (tx, input) => rowProject(tx, service, input.serviceId),
  },
  async ({ tx, input, principal, projectId }) => {
    const { serviceId, pod, container, previous, tailLines, sinceTime, replaces } = input;
    const record = await loadService(tx, serviceId);
    if (replaces !== undefined) await endReplaced(tx, { id: replaces, principalId: principal.id });
    refuse(openLogRefusal(await openStreams(tx, principal.id)));
    const id = newId();
    const since = sinceTime === undefined ? {} : { sinceTime };
    await tx.insert(logStream).values({
      id,
      projectId,
      serviceId,
      clusterId: record.environment.clusterId,
      principalId: principal.id,
      question: { ...podQuestionOf(record), pod, container, previous, tailLines, ...since },
      askedAt: clockNow,
      readAt: clockNow,
    });
    const run = previous ? 'the previous run of ' : '';
    return {
      result: { streamId: id },
      audit: [
        {
          object: { kind: 'service', id: serviceId, name: record.row.name },
          sentence: `read the log of ${run}container ${container} of pod ${pod}`,
          after: { pod, container, previous, ...since },
        },
      ],
    };
  },
);

/** The page shows another log instead; its own place does not count against the person any more. */
async function endReplaced(tx: Transaction, { id, principalId }: { id: string; principalId: string }) {
  await tx
    .update(logStream)
    .set({ endedAt: clockNow, ending: logEndings.unread })
    .where(and(eq(logStream.id, id), eq(logStream.principalId, principalId), isNull(logStream.endedAt)));
}

async function openStreams(tx: Transaction, principalId: string): Promise<number> {
  const seconds = logLimits.unreadMs / 1_000;
  const rows = await tx
    .select({ id: logStream.id })
    .from(logStream)
    .where(
      and(
        eq(logStream.principalId, principalId),
        isNull(logStream.endedAt),
        sql`${logStream.readAt} > clock_timestamp() - ${seconds} * interval '1 second'`,
      ),
    );
  return rows.length;
}

export type LogPart = {
  /** New lines, joined by line breaks; empty when there are none. */
  readonly text: string;
  /** What the next call names as read. */
  readonly cursor: number;
  /** The worker has taken it up. */
  readonly started: boolean;
  /** Null while there may be more. */
  readonly ending: LogEnding | null;
};

/** Takes away the lines that came since the last call; a page that does not come ends its reading. */
export const followLog = query(
  {
    permission: 'services.followLog',
    schema: z.object({ streamId: idSchema, cursor: z.int().min(0) }),
    project: (db, input) => rowProject(db, logStream, input.streamId),
  },
  async ({ db, input: { streamId, cursor }, principal }): Promise<LogPart> => {
    const row = onlyRow(
      await db
        .update(logStream)
        .set({ readAt: clockNow, readTo: sql`greatest(${logStream.readTo}, ${cursor})` })
        .where(and(eq(logStream.id, streamId), eq(logStream.principalId, principal.id)))
        .returning(streamColumns),
    );
    await db
      .delete(logChunk)
      .where(and(eq(logChunk.streamId, streamId), sql`${logChunk.number} <= ${cursor}`));
    const chunks = await db
      .select()
      .from(logChunk)
      .where(eq(logChunk.streamId, streamId))
      .orderBy(logChunk.number)
      .limit(logLimits.mostUnreadChunks);
    const isLost = chunks.some(({ number }, index) => number !== cursor + 1 + index);
    if (isLost) return { text: '', cursor, started: true, ending: logEndings.lost };
    const text = chunks.map((chunk) => chunk.text).join('\n');
    const ending = chunks.length === 0 ? endingOf(row) : null;
    return { text, cursor: cursor + chunks.length, started: row.isStarted, ending };
  },
);

const olderThan = (column: PgColumn, ms: number) =>
  sql<boolean>`coalesce(${column} < clock_timestamp() - ${ms / 1_000} * interval '1 second', false)`;

const streamColumns = {
  ending: logStream.ending,
  isStarted: sql<boolean>`${logStream.startedAt} is not null`,
  isOld: olderThan(logStream.askedAt, logLimits.unreadMs),
  isSilent: olderThan(logStream.aliveAt, logLimits.silentMs),
};

function endingOf(row: {
  ending: unknown;
  isStarted: boolean;
  isOld: boolean;
  isSilent: boolean;
}): LogEnding | null {
  if (row.ending !== null) return logEndingSchema.parse(row.ending);
  if (!row.isStarted) return row.isOld ? logEndings.neverStarted : null;
  return row.isSilent ? logEndings.silent : null;
}
