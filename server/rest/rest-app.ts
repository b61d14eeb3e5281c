import type { HttpBindings } from '@hono/node-server';
import { Hono, type Context as HonoContext } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { DomainError } from '../../domain/refusal.ts';
import { signedIn } from '../context.ts';
import { maxBodyBytes } from '../http/guard.ts';
import { refusalStatus } from '../http/refusal-status.ts';
import { contextFor, type Site } from '../http/request-context.ts';
import { log } from '../log.ts';
import { parseInput } from '../parse-input.ts';
import { openApiDocument } from './openapi.ts';
import type { RestRoute } from './route.ts';
import { restRoutes } from './routes.ts';

type Bindings = { Bindings: HttpBindings };

/** The public REST API under /api/v1, with its own description at /api/v1/openapi.json. */
export function restApp(site: Site): Hono<Bindings> {
  const app = new Hono<Bindings>().basePath('/api/v1');
  app.onError((error, c) => {
    if (error instanceof DomainError)
      return c.json({ error: error.refusal }, refusalStatus(error.refusal.code));
    log.error({ error, path: c.req.path }, 'An API call failed.');
    return c.json({ error: { code: 'internal', message: 'Internal error.' } }, 500);
  });
  app.use(limitBody);
  app.notFound((c) =>
    c.json({ error: { code: 'notFound', message: 'There is no such call. See /api/v1/openapi.json.' } }, 404),
  );
  app.get('/openapi.json', (c) => c.json(openApiDocument(restRoutes, site.publicUrl)));
  for (const route of restRoutes) {
    const path = route.path.replace(/\{(\w+)\}/g, ':$1');
    app.on(route.method.toUpperCase(), path, (c) => answer(site, route, c));
  }
  return app;
}

/** A chunked body brings no content-length that the server could refuse by. */
const limitBody = bodyLimit({
  maxSize: maxBodyBytes,
  onError: (c) => c.json({ error: { code: 'invalidInput', message: 'The body is larger than 2 MiB.' } }, 413),
});

async function answer(site: Site, route: RestRoute, c: HonoContext<Bindings>): Promise<Response> {
  const ctx = await contextFor(site, (name) => c.req.header(name) ?? null);
  // Before anything is parsed: a stranger must not learn from the answers which input would be right.
  signedIn(ctx);
  const params = parseInput(route.params, c.req.param());
  const query = route.query === null ? {} : parseInput(route.query, c.req.query());
  const body = route.body === null ? null : parseInput(route.body, await bodyOf(c));
  const result = await route.run(ctx, { params, query, body });
  c.header('cache-control', 'no-store');
  const status = route.found?.(result) === true ? 200 : route.status;
  return c.json(route.response.parse(result) as object, status);
}

async function bodyOf(c: HonoContext<Bindings>): Promise<unknown> {
  const text = await c.req.text();
  try {
    return text === '' ? {} : JSON.parse(text);
  } catch {
    throw new DomainError({ code: 'invalidInput', message: 'The body is not valid JSON.' });
  }
}
