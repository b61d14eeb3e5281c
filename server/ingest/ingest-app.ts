import type { HttpBindings } from '@hono/node-server';
import { Hono } from 'hono';
import { CommitUnknown, type Database, postgresError } from '../../db/client.ts';
import { DomainError } from '../../domain/refusal.ts';
import { refusalStatus } from '../http/refusal-status.ts';
import { log } from '../log.ts';
import { parseInput } from '../parse-input.ts';
import { historySchema, otlpSchema } from './batch-schema.ts';
import { bearerToken, callerOf } from './caller.ts';
import { inferenceEvent } from './cloud-event.ts';
import { EventBuffer } from './event-buffer.ts';
import { ingestParts } from './ingest-parts.ts';
import { namedService } from './named-service.ts';
import { BodyRefused, bodyPieces, readBody, throwAwayRest } from './read-body.ts';
import { revisionOf } from './revision-of.ts';
import { takeBatch } from './take-batch.ts';
import { takeHistory } from './take-history.ts';
import { takeHourCounts } from './take-hour-counts.ts';
import { takeOtlp } from './take-otlp.ts';
import { takeValidation } from './take-validation.ts';

type Bindings = { Bindings: HttpBindings };

/** How long a token that the URL carries is trusted without asking again, so that events are answered while the database is away. */
const trustedMs = 10_000;

/** Of one file of history, after it is inflated. */
const maxHistoryBytes = 256 * 1024 * 1024;

export type Ingest = {
  readonly app: Hono<Bindings>;
  /** Stores what is still held. */
  close(): Promise<void>;
};

/** What model servers send rows to. Every call brings a token; cookies are never read here. */
export function openIngest(db: Database): Ingest {
  const app = new Hono<Bindings>().basePath('/api/ingest');
  const parts = ingestParts(db);
  const events = new EventBuffer(parts);
  const serviceOf = trustedServices(db);
  app.onError((error, c) => {
    if (error instanceof DomainError)
      return c.json({ error: error.refusal }, refusalStatus(error.refusal.code));
    if (error instanceof BodyRefused)
      return c.json({ error: { code: 'refused', message: error.message } }, error.status);
    if (databaseIsAway(error)) {
      log.warn({ error }, 'A batch was not stored: PostgreSQL does not answer.');
      const message = 'The database does not answer. Send the same batch again.';
      return c.json({ error: { code: 'unavailable', message } }, 503, { 'retry-after': '5' });
    }
    log.error({ error, route: c.req.routePath }, 'A batch failed.');
    return c.json({ error: { code: 'internal', message: 'Internal error.' } }, 500);
  });
  app.use(async (c, next) => {
    await next();
    await throwAwayRest(c.env.incoming);
  });
  app.notFound((c) =>
    c.json({ error: { code: 'notFound', message: 'Rows are sent to /api/ingest/v1/batch.' } }, 404),
  );
  app.post('/v1/batch', async (c) => {
    // Before the body is read: a stranger may not make us hold five megabytes.
    const caller = await callerOf(db, bearerToken(c.req.header('authorization')));
    return c.json(await takeBatch(parts, caller, await readBody(c.env.incoming)), 200, {
      'cache-control': 'no-store',
    });
  });
  app.post('/v1/history', async (c) => {
    const caller = await callerOf(db, bearerToken(c.req.header('authorization')));
    const named = parseInput(historySchema, c.req.query());
    const counting = await parts.catalogues.of(await namedService(db, caller, named));
    const { id: revisionId } = await revisionOf(db, counting.catalogue, named);
    const body = bodyPieces(c.env.incoming, maxHistoryBytes);
    const isCounts = (c.req.header('content-type') ?? '').startsWith('application/x-ndjson');
    const take = isCounts ? takeHourCounts : takeHistory;
    const answer = await take(parts, { source: named.source, counting, revisionId }, body);
    return c.json(answer, 200, { 'cache-control': 'no-store' });
  });
  app.post('/v1/otlp/v1/metrics', async (c) => {
    const caller = await callerOf(db, bearerToken(c.req.header('authorization')));
    if (!(c.req.header('content-type') ?? '').startsWith('application/json'))
      throw new BodyRefused(415, 'Send JSON: set "encoding: json" at the exporter otlphttp.');
    const serviceId = await namedService(db, caller, parseInput(otlpSchema, c.req.query()));
    return c.json(await takeOtlp(parts, serviceId, await readBody(c.env.incoming)), 200);
  });
  app.post('/v1/validation', async (c) => {
    const caller = await callerOf(db, bearerToken(c.req.header('authorization')));
    const serviceId = await namedService(db, caller, parseInput(otlpSchema, c.req.query()));
    const answer = await takeValidation(db, serviceId, await readBody(c.env.incoming));
    return c.json(answer, 200, { 'cache-control': 'no-store' });
  });
  // KServe's logger can set no header, and takes any answer but 200 for an error of its own.
  app.post('/v1/kserve/:token', async (c) => {
    const serviceId = await serviceOf(c.req.param('token'));
    const body = await readBody(c.env.incoming);
    events.take(
      serviceId,
      inferenceEvent((name) => c.req.header(name), body),
    );
    return c.text('', 200);
  });
  return { app, close: () => events.close() };
}

function trustedServices(db: Database): (token: string) => Promise<string> {
  const trusted = new Map<string, { readonly serviceId: string; readonly untilMs: number }>();
  return async (token) => {
    const known = trusted.get(token);
    if (known !== undefined && known.untilMs > performance.now()) return known.serviceId;
    trusted.delete(token);
    const caller = await callerOf(db, token);
    if (caller.kind !== 'service')
      throw new DomainError({
        code: 'forbidden',
        message: 'The address needs a token of one service (fli_…).',
      });
    trusted.set(token, { serviceId: caller.serviceId, untilMs: performance.now() + trustedMs });
    return caller.serviceId;
  };
}

/** Whether nothing, or nobody knows whether something, was stored; the same batch may be sent again in both cases. */
function databaseIsAway(error: unknown): boolean {
  if (error instanceof CommitUnknown) return true;
  const code = postgresError(error)?.code;
  // Connection lost, shut down, too many connections, out of resources, gave up waiting.
  if (code !== undefined) return /^(08|53|57|55P03)/.test(code);
  for (let cause: unknown = error; cause instanceof Error; cause = cause.cause)
    if (/ECONN|ETIMEDOUT|EPIPE|ENOTFOUND|connection|timeout/i.test(`${cause.message} ${codeOf(cause)}`))
      return true;
  return false;
}

const codeOf = (error: Error): string => ('code' in error ? String(error.code) : '');
