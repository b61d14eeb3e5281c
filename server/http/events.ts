import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Change } from '../audit/append.ts';
import type { ChangeHub } from './change-hub.ts';
import { contextFor, type Site } from './request-context.ts';

type Viewer = {
  readonly res: ServerResponse;
  projects: ReadonlySet<string>;
  readonly recheck: () => Promise<boolean>;
  readonly drop: () => void;
};

const maxViewersPerProcess = 2_000;
const maxBufferedBytes = 64 * 1024;
const recheckMs = 15_000;

export type EventStreams = {
  handle(req: IncomingMessage, res: ServerResponse): Promise<void>;
  close(): void;
};

/** One raw SSE stream per browser: frames are serialised once per event, filtered by the session's projects, ids only. */
export function eventStreams(site: Site, hub: ChangeHub): EventStreams {
  const viewers = new Set<Viewer>();
  const unsubscribe = hub.subscribe((event) => {
    if (event.kind === 'resync') return broadcast(viewers, 'event: resync\ndata: {}\n\n', null);
    const { change } = event;
    const frame = `event: change\ndata: ${JSON.stringify({ topic: change.topic, id: change.id })}\n\n`;
    broadcast(viewers, frame, change);
    if (change.topic === 'session' || change.topic === 'membership' || change.topic === 'user')
      void recheckAll(viewers);
  });
  // A comment keeps proxies from closing a quiet stream, and is the moment at which ended sessions are noticed.
  const timer = setInterval(() => {
    broadcast(viewers, ': still here\n\n', null);
    void recheckAll(viewers);
  }, recheckMs);
  timer.unref();
  return {
    async handle(req, res) {
      const header = (name: string) => singleHeader(req.headers[name]);
      const ctx = await contextFor(site, header);
      if (ctx.principal === null || ctx.principal.kind !== 'user') return refuse(res, 401, 'Sign in first.');
      if (viewers.size >= maxViewersPerProcess)
        return refuse(res, 503, 'Too many open streams; try again later.');
      res.writeHead(200, {
        'content-type': 'text/event-stream',
        'cache-control': 'no-store',
        'x-accel-buffering': 'no',
      });
      res.write('retry: 2000\nevent: resync\ndata: {}\n\n');
      const viewer: Viewer = {
        res,
        projects: new Set(ctx.principal.memberships.keys()),
        async recheck() {
          const again = await contextFor(site, header);
          viewer.projects = new Set(again.principal?.memberships.keys() ?? []);
          return again.principal !== null;
        },
        drop() {
          viewers.delete(viewer);
          res.end();
        },
      };
      viewers.add(viewer);
      res.on('close', () => viewers.delete(viewer));
    },
    close() {
      unsubscribe();
      clearInterval(timer);
      for (const viewer of viewers) viewer.drop();
    },
  };
}

function broadcast(viewers: Set<Viewer>, frame: string, change: Change | null): void {
  for (const viewer of viewers) {
    if (change !== null && change.projectId !== null && !viewer.projects.has(change.projectId)) continue;
    // A reader that does not read is dropped: it comes back and resyncs.
    if (viewer.res.writableLength > maxBufferedBytes) viewer.drop();
    else viewer.res.write(frame);
  }
}

async function recheckAll(viewers: Set<Viewer>): Promise<void> {
  for (const viewer of viewers) {
    const stays = await viewer.recheck().catch(() => true);
    if (!stays) viewer.drop();
  }
}

function refuse(res: ServerResponse, status: number, message: string): void {
  res.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify({ error: { message } }));
}

export function singleHeader(value: string | string[] | undefined): string | null {
  return (Array.isArray(value) ? value[0] : value) ?? null;
}
