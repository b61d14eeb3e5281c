import type { HttpBindings } from '@hono/node-server';
import { type Context, Hono } from 'hono';
import type { ContentfulStatusCode } from 'hono/utils/http-status';
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
import { jsonOf } from './json-of.ts';
import { namedService } from './named-service.ts';
import { otlpProtobuf, protobufType } from './otlp-protobuf.ts';
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
  app.onError(async (error, c) => {
    const { status, refusal, headers = {} } = failureOf(error, c.req.routePath);
    if (typeOf(c) !== protobufType) return c.json({ error: refusal }, status, headers);
    const { error: written } = await otlpProtobuf();
    return c.body(written(refusal.message), status, { ...headers, 'content-type': protobufType });
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
    const type = typeOf(c);
    if (type !== 'application/json' && type !== protobufType)
      throw new BodyRefused(415, `Send OTLP as ${protobufType} or as application/json.`);
    const serviceId = await namedService(db, caller, parseInput(otlpSchema, c.req.query()));
    const body = await readBody(c.env.incoming);
    if (type === 'application/json')
      return c.json(await takeOtlp(parts, serviceId, { body, read: jsonOf }), 200);
    const { read, answer } = await otlpProtobuf();
    return c.body(answer(await takeOtlp(parts, serviceId, { body, read })), 200, {
      'content-type': protobufType,
    });
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

const typeOf = (c: Context): string => (c.req.header('content-type') ?? '').split(';')[0] ?? '';

type Failure = {
  readonly status: ContentfulStatusCode;
  readonly refusal: { readonly code: string; readonly message: string };
  readonly headers?: Record<string, string>;
};

function failureOf(error: Error, route: string): Failure {
  if (error instanceof DomainError)
    return { status: refusalStatus(error.refusal.code), refusal: error.refusal };
  if (error instanceof BodyRefused)
    return { status: error.status, refusal: { code: 'refused', message: error.message } };
  if (databaseIsAway(error)) {
    log.warn({ error }, 'A batch was not stored: PostgreSQL does not answer.');
    const message = 'The database does not answer. Send the same batch again.';
    return { status: 503, refusal: { code: 'unavailable', message }, headers: { 'retry-after': '5' } };
  }
  log.error({ error, route }, 'A batch failed.');
  return { status: 500, refusal: { code: 'internal', message: 'Internal error.' } };
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
