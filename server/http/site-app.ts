import type { HttpBindings } from '@hono/node-server';
import { Hono } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { stream } from 'hono/streaming';
import * as z from 'zod';
import { cliPackagePath } from '../../domain/ci-step.ts';
import { pythonPackagePath } from '../../domain/drift/connect-snippets.ts';
import { DomainError } from '../../domain/refusal.ts';
import { chainName } from '../audit/append.ts';
import { exportLines } from '../audit/export.ts';
import { databaseAnswers, databaseClock } from '../clock.ts';
import { authorize, signedIn } from '../context.ts';
import { log } from '../log.ts';
import { parseInput } from '../parse-input.ts';
import { setUpInstance, setUpSchema } from '../sessions/set-up.ts';
import {
  localSessionDays,
  type NewSession,
  signInWithLink,
  signInWithPassword,
} from '../sessions/sign-in.ts';
import { cliPackage } from './cli-package.ts';
import { maxBodyBytes } from './guard.ts';
import { jsonBody } from './json-body.ts';
import type { ProcessMetrics } from './process-metrics.ts';
import { addProviderRoutes } from './provider-routes.ts';
import { pythonPackage } from './python-package.ts';
import { refusalStatus } from './refusal-status.ts';
import { contextFor, type Site } from './request-context.ts';
import { sessionCookie } from './session-cookie.ts';

const passwordForm = z.object({ email: z.string().max(320), password: z.string().max(200) });
const linkForm = z.object({ link: z.string().max(200) });

/** What is neither a page nor tRPC: signing in, the audit export, health and own metrics. */
export function siteApp(site: Site, metrics: ProcessMetrics): Hono<{ Bindings: HttpBindings }> {
  const app = new Hono<{ Bindings: HttpBindings }>();
  const deps = { db: site.db, clock: databaseClock };
  const withCookie = (session: NewSession) => ({
    'set-cookie': sessionCookie(site, session, localSessionDays * 24),
    'cache-control': 'no-store',
  });

  app.onError((error, c) => {
    if (error instanceof DomainError)
      return c.json({ error: error.refusal }, refusalStatus(error.refusal.code));
    log.error({ error, path: c.req.path }, 'A request failed.');
    return c.json({ error: { code: 'internal', message: 'Internal error.' } }, 500);
  });

  app.use(
    bodyLimit({
      maxSize: maxBodyBytes,
      onError: (c) => c.json({ error: { code: 'refused', message: 'The body is larger than 2 MiB.' } }, 413),
    }),
  );
  app.post('/api/session', async (c) => {
    const form = parseInput(passwordForm, await jsonBody(c.req.raw));
    const address = c.env.incoming.socket.remoteAddress ?? 'unknown';
    return c.json({ ok: true }, 200, withCookie(await signInWithPassword(deps, { ...form, address })));
  });
  app.post('/api/session/link', async (c) => {
    const form = parseInput(linkForm, await jsonBody(c.req.raw));
    return c.json({ ok: true }, 200, withCookie(await signInWithLink(deps, form.link)));
  });
  addProviderRoutes(app, site);
  app.post('/api/set-up', async (c) => {
    const form = parseInput(setUpSchema, await jsonBody(c.req.raw));
    return c.json({ ok: true }, 200, withCookie(await setUpInstance(deps, form)));
  });
  app.get('/api/audit/export', async (c) => {
    const ctx = await contextFor(site, (name) => c.req.header(name) ?? null);
    const projectId = c.req.query('project') ?? null;
    authorize(signedIn(ctx), projectId === null ? 'instanceAudit.export' : 'audit.export', projectId);
    c.header('content-type', 'application/jsonl; charset=utf-8');
    c.header('content-disposition', 'attachment; filename="audit.jsonl"');
    c.header('cache-control', 'no-store');
    return stream(c, async (out) => {
      for await (const line of exportLines(site.db, chainName(projectId))) await out.write(line);
    });
  });
  // No secret is in them, and pipelines fetch them before they have any.
  const packages = [
    [cliPackagePath, cliPackage],
    [pythonPackagePath, pythonPackage],
  ] as const;
  for (const [path, packed] of packages)
    app.get(path, async (c) => {
      const { bytes, etag } = await packed();
      const headers = { etag, 'cache-control': 'no-cache', 'content-type': 'application/gzip' };
      return c.req.header('if-none-match') === etag
        ? c.body(null, 304, headers)
        : c.body(bytes, 200, headers);
    });
  app.get('/healthz', (c) => c.text('ok'));
  app.get('/readyz', async (c) => {
    const ready = await databaseAnswers(site.db);
    return ready ? c.text('ready') : c.text('PostgreSQL does not answer.', 503);
  });
  app.get('/metrics', async (c) =>
    c.text(await metrics.text(), 200, { 'content-type': metrics.contentType }),
  );
  return app;
}
