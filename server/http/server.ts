import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { getRequestListener } from '@hono/node-server';
import { fetchRequestHandler } from '@trpc/server/adapters/fetch';
import { nodeHTTPRequestHandler } from '@trpc/server/adapters/node-http';
import { redacted } from '../../domain/redaction.ts';
import { embedApp } from '../embed/embed-app.ts';
import { type Ingest, openIngest } from '../ingest/ingest-app.ts';
import { log } from '../log.ts';
import { restApp } from '../rest/rest-app.ts';
import { appRouter } from '../trpc/root.ts';
import type { ChangeHub } from './change-hub.ts';
import { type EventStreams, eventStreams, singleHeader } from './events.ts';
import {
  type Guard,
  hostProblem,
  maxBodyBytes,
  mutationProblem,
  setCommonHeaders,
  setPageCsp,
} from './guard.ts';
import type { PageHandler } from './next-handler.ts';
import { type ProcessMetrics, processMetrics, type RequestKind } from './process-metrics.ts';
import { contextFor, type Site } from './request-context.ts';
import { siteApp } from './site-app.ts';

const maxBatchSize = 20;

/** Paths that probes ask for under any Host. */
const probePaths = new Set(['/healthz', '/readyz', '/metrics']);

export type Parts = {
  readonly site: Site;
  readonly guard: Guard;
  readonly hub: ChangeHub;
  readonly pages: PageHandler | null;
};

/** The one HTTP server: tRPC, the plain API and live updates beside Next, which answers everything else. */
export function createSiteServer(parts: Parts): {
  server: Server;
  streams: EventStreams;
  ingestion: Ingest;
} {
  const metrics = processMetrics();
  const streams = eventStreams(parts.site, parts.hub);
  const calls = trpcCalls(parts.site);
  const api = getRequestListener(siteApp(parts.site, metrics).fetch);
  const rest = getRequestListener(restApp(parts.site).fetch);
  const embed = getRequestListener(embedApp(parts.site).fetch);
  const ingestion = openIngest(parts.site.db);
  const ingest = getRequestListener(ingestion.app.fetch);
  const server = createServer((req, res) => {
    const path = (req.url ?? '/').split('?')[0] ?? '/';
    setCommonHeaders(res, parts.guard);
    measure(metrics, { path, res });
    answer({ ...parts, calls, api, rest, embed, ingest, streams }, { req, res, path }).catch(
      (error: unknown) => {
        // A path of KServe's carries a token.
        log.error({ error, path: redacted(path) }, 'A request failed.');
        if (!res.headersSent) refuse(res, 500, 'Internal error.');
        else res.destroy();
      },
    );
  });
  server.headersTimeout = 15_000;
  server.requestTimeout = 60_000;
  return { server, streams, ingestion };
}

type Listener = (req: IncomingMessage, res: ServerResponse) => unknown;
type Route = Parts & {
  calls: Listener;
  api: Listener;
  rest: Listener;
  embed: Listener;
  ingest: Listener;
  streams: EventStreams;
};
type Exchange = { req: IncomingMessage; res: ServerResponse; path: string };

async function answer(route: Route, exchange: Exchange): Promise<void> {
  const { req, res, path } = exchange;
  // Model servers call it by names inside the cluster, in their own formats; it takes tokens only, so no page can use it.
  if (path.startsWith('/api/ingest/')) return void (await route.ingest(req, res));
  const stranger = probePaths.has(path) ? null : hostProblem(req, route.guard);
  if (stranger !== null) return refuse(res, 421, stranger);
  if (req.method !== 'GET' && req.method !== 'HEAD') {
    const problem = mutationProblem(req, route.guard);
    if (problem !== null) return refuse(res, problem.status, problem.message);
    if (Number(req.headers['content-length'] ?? 0) > maxBodyBytes)
      return refuse(res, 413, 'The body is larger than 2 MiB.');
  }
  if (path.startsWith('/api/trpc/')) return await answerTrpc(route, exchange);
  if (path === '/api/events') return await route.streams.handle(req, res);
  if (path.startsWith('/api/v1')) return void (await route.rest(req, res));
  if (path.startsWith('/api/') || probePaths.has(path)) return void (await route.api(req, res));
  if (path.startsWith('/embed/') || path.startsWith('/share/')) return void (await route.embed(req, res));
  if (route.pages === null) return refuse(res, 404, 'This process serves no pages.');
  if (req.method !== 'GET' && req.method !== 'HEAD') return refuse(res, 405, 'Pages are only read.');
  setPageCsp(req, res, route.guard);
  await route.pages.handle(req, res);
}

const trpcPath = '/api/trpc/';
const trpcOptions = {
  router: appRouter,
  maxBatchSize,
  // Previews carry whole pod templates, which no URL holds.
  allowMethodOverride: true,
};

const trpcContext = (site: Site, { headers }: IncomingMessage) =>
  contextFor(site, (name) => singleHeader(headers[name]));

/** By Hono's requests and answers: those that tRPC makes for Node are streams, a third of a call. */
function trpcCalls(site: Site): Listener {
  return getRequestListener((request, { incoming }) =>
    fetchRequestHandler({
      ...trpcOptions,
      endpoint: trpcPath,
      req: request,
      createContext: () => trpcContext(site, incoming as IncomingMessage),
    }),
  );
}

/** Node ends a body where its header says, and a larger one was refused before. */
function isSized({ method, headers }: IncomingMessage): boolean {
  return method === 'GET' || headers['content-length'] !== undefined;
}

/** What a body weighs whose size nobody said is counted while it comes, which only tRPC's own way for Node does. */
async function answerTrpc({ site, calls }: Route, { req, res, path }: Exchange): Promise<void> {
  res.setHeader('cache-control', 'no-store');
  if (isSized(req)) return void (await calls(req, res));
  await nodeHTTPRequestHandler({
    ...trpcOptions,
    req,
    res,
    path: path.slice(trpcPath.length),
    createContext: () => trpcContext(site, req),
    maxBodySize: maxBodyBytes,
  });
}

function refuse(res: ServerResponse, status: number, message: string): void {
  res
    .writeHead(status, { 'content-type': 'application/json' })
    .end(JSON.stringify({ error: { code: 'refused', message } }));
}

function measure(metrics: ProcessMetrics, { path, res }: { path: string; res: ServerResponse }): void {
  const startedAt = performance.now();
  res.on('close', () =>
    metrics.countRequest(kindOf(path), res.statusCode, (performance.now() - startedAt) / 1_000),
  );
}

function kindOf(path: string): RequestKind {
  if (path.startsWith('/api/trpc/')) return 'trpc';
  if (path === '/api/events') return 'events';
  return path.startsWith('/api/') ? 'api' : 'page';
}
