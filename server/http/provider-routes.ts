import type { HttpBindings } from '@hono/node-server';
import type { Hono } from 'hono';
import * as z from 'zod';
import { databaseClock } from '../clock.ts';
import { parseInput } from '../parse-input.ts';
import { newSecret } from '../secret.ts';
import { beginProviderSignIn, endProviderSignIn, flowMinutes } from '../sessions/provider-flow.ts';
import { callbackPath } from '../sign-in-callback.ts';
import { jsonBody } from './json-body.ts';
import { cookieValue, type Site } from './request-context.ts';
import { cookieText, sessionCookie } from './session-cookie.ts';

const beginForm = z.object({ returnTo: z.string().max(2_000).nullish() });

/** Binds a sign-in at a provider to the browser that began it, so that nobody is signed in by somebody else's link. */
function flowCookieName(site: Pick<Site, 'secure'>): string {
  return site.secure ? '__Host-fairlead-sign-in' : 'fairlead-sign-in';
}

/** The browser's secret when it has a well-formed one: several tabs may then be on their way at once. */
export function browserSecret(site: Pick<Site, 'secure'>, cookies: string | null | undefined): string | null {
  const present = cookieValue(cookies ?? '', flowCookieName(site));
  return present !== null && /^[\w-]{43}$/.test(present) ? present : null;
}

/** Signing in through the identity provider: away by a POST of our own page, back by the provider's redirect. */
export function addProviderRoutes(app: Hono<{ Bindings: HttpBindings }>, site: Site): void {
  app.post('/api/session/provider', async (c) => {
    const form = parseInput(beginForm, await jsonBody(c.req.raw));
    const browser = browserSecret(site, c.req.header('cookie')) ?? newSecret();
    const address = c.env.incoming.socket.remoteAddress ?? 'unknown';
    const begun = await beginProviderSignIn(
      { ...site, clock: databaseClock },
      { returnTo: form.returnTo ?? null, browser, address },
    );
    const cookie = cookieText(site, {
      name: flowCookieName(site),
      value: browser,
      seconds: flowMinutes * 60,
    });
    return c.json(begun, 200, { 'set-cookie': cookie, 'cache-control': 'no-store' });
  });
  app.get(callbackPath, async (c) => {
    const query = new URL(c.req.url, site.publicUrl).searchParams;
    const browser = browserSecret(site, c.req.header('cookie'));
    const end = await endProviderSignIn({ ...site, clock: databaseClock }, { query, browser });
    c.header('cache-control', 'no-store');
    if (end.kind === 'out') return c.redirect(`/sign-in?flow=${end.flowId ?? 'unknown'}`, 303);
    c.header('set-cookie', sessionCookie(site, end.session, end.hours));
    return c.redirect(end.returnTo, 303);
  });
}
