import { createServer } from 'node:http';
import { and, desc, eq } from 'drizzle-orm';
import { SignJWT } from 'jose';
import { freePort } from '../../db/embedded/server-process.ts';
import { account, membership, principal } from '../../db/schema/identity.ts';
import { service } from '../../db/schema/services.ts';
import { share } from '../../db/schema/shares.ts';
import type { ChartSpec } from '../../domain/chart/chart-spec.ts';
import type { ShareRange } from '../../domain/share/share-content.ts';
import { dayMs } from '../../domain/share/share-expiry.ts';
import { databaseClock } from '../clock.ts';
import type { Context } from '../context.ts';
import type { Site } from '../http/request-context.ts';
import { newId } from '../id.ts';
import { log } from '../log.ts';
import { liveSecrets } from '../rows/share-rows.ts';
import { updateShare } from '../shares/commands.ts';
import { createShare } from '../shares/create.ts';
import { proposeShare } from '../shares/propose.ts';
import { demoEmail } from './demo-catalogue.ts';

type DemoHost = { readonly url: string; close(): Promise<void> };
type Shown = { readonly title: string; readonly spec: ChartSpec; readonly range: ShareRange };

const firstPort = 3100;

/**
 * A page of somebody else, on a port of its own, that embeds two charts of the demo and signs their tokens as
 * docs/embeds.md says; null where the demo is not in this database. It finds the embeds of an earlier start again.
 */
export async function openDemoHost(site: Site): Promise<DemoHost | null> {
  const ctx = await asLena(site);
  const found = ctx === null ? null : await shownCharts(ctx);
  if (ctx === null || found === null || site.instanceKeys.length === 0) return null;
  const port = await freePort(firstPort);
  const origin = `http://127.0.0.1:${port}`;
  const ids: string[] = [];
  for (const chart of found.charts)
    ids.push(await embedOf(ctx, { projectId: found.projectId, chart, origin }));
  const page = hostPage(site.publicUrl, ids);
  const server = createServer((req, res) => {
    const id = ids.find((each) => req.url === `/token/${each}`);
    if (id === undefined) return void res.setHeader('content-type', 'text/html; charset=utf-8').end(page);
    tokenFor(site, id).then(
      (token) => res.setHeader('content-type', 'text/plain').end(token),
      (error: unknown) => {
        log.warn({ error }, 'The demo page could not sign a token.');
        res.writeHead(503).end();
      },
    );
  });
  await new Promise<void>((listening, failed) => {
    server.once('error', failed);
    server.listen(port, '127.0.0.1', listening);
  });
  return {
    url: origin,
    close: () =>
      new Promise((closed) => {
        server.close(() => closed());
        server.closeAllConnections();
      }),
  };
}

/** The demo's operator, as a session of hers would act; null where the demo is not in this database. */
export async function asLena(site: Site): Promise<Context | null> {
  const rows = await site.db
    .select({ id: account.userId, name: principal.name, projectId: membership.projectId })
    .from(account)
    .innerJoin(principal, eq(principal.id, account.userId))
    .innerJoin(membership, eq(membership.userId, account.userId))
    .where(eq(account.email, demoEmail('lena')));
  const lena = rows[0];
  if (lena === undefined) return null;
  const memberships = new Map([[lena.projectId, new Set(['operator' as const])]]);
  return {
    db: site.db,
    clock: databaseClock,
    principal: {
      id: lena.id,
      kind: 'user',
      ownerUserId: lena.id,
      name: lena.name,
      instanceRoles: [],
      memberships,
    },
    requestId: newId(),
    idempotencyKey: null,
    sessionIdHash: null,
    origin: 'live',
    publicUrl: site.publicUrl,
    workerPublicKey: site.workerPublicKey,
    instanceKeys: site.instanceKeys,
  };
}

async function shownCharts(ctx: Context): Promise<{ projectId: string; charts: Shown[] } | null> {
  const rows = await ctx.db
    .select({ id: service.id, projectId: service.projectId })
    .from(service)
    .where(eq(service.name, 'recommender'));
  const found = rows.find(({ projectId }) => ctx.principal?.memberships.has(projectId));
  if (found === undefined) return null;
  return {
    projectId: found.projectId,
    charts: [
      {
        title: 'Is the new version healthy?',
        spec: { kind: 'errorShare', serviceId: found.id },
        range: { kind: 'relative', ms: 3_600_000 },
      },
      {
        title: 'What does it cost?',
        spec: { kind: 'cost', groupBy: 'model' },
        range: { kind: 'relative', ms: 30 * dayMs },
      },
    ],
  };
}

type Wanted = { readonly projectId: string; readonly chart: Shown; readonly origin: string };

/** The embed of an earlier start, allowed in the page of now, or a new one. */
async function embedOf(ctx: Context, { projectId, chart, origin }: Wanted): Promise<string> {
  const rows = await ctx.db
    .select({ id: share.id, frameAncestors: share.frameAncestors })
    .from(share)
    .where(
      and(
        eq(share.projectId, projectId),
        eq(share.kind, 'signed'),
        eq(share.title, chart.title),
        eq(share.status, 'active'),
      ),
    )
    .orderBy(desc(share.createdAt));
  const kept = rows[0];
  if (kept !== undefined) {
    if (!kept.frameAncestors.includes(origin))
      await updateShare(ctx, { shareId: kept.id, frameAncestors: [origin] });
    return kept.id;
  }
  const { title, spec, range } = chart;
  const charts = [{ title, spec }];
  const { labels } = await proposeShare(ctx, { projectId, charts, range });
  const { shareId } = await createShare(ctx, {
    projectId,
    kind: 'signed',
    title,
    charts,
    range,
    labels: Object.fromEntries(labels.map(({ subject, label }) => [subject, label])),
    frameAncestors: [origin],
  });
  return shareId;
}

async function tokenFor(site: Site, shareId: string): Promise<string> {
  const [newest] = await liveSecrets(site.db, { shareId, keys: site.instanceKeys });
  if (newest === undefined) throw new Error('The embed has no secret that this instance can open.');
  return await new SignJWT({ viewer: 'demo page' })
    .setProtectedHeader({ alg: 'HS256' })
    .setAudience('embed')
    .setSubject(shareId)
    .setIssuedAt()
    .setExpirationTime('5 minutes')
    .sign(new TextEncoder().encode(newest.secret));
}

function hostPage(console: string, ids: readonly string[]): string {
  const charts = ids.map(
    (id) =>
      `<section data-fairlead="${console}/embed/${id}" data-token="/token/${id}" data-title="Chart"></section>`,
  );
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Weekly review</title>
<script src="${console}/embed/sdk.js" defer></script>
</head>
<body>
<main>
<h1>Weekly review</h1>
<p>This page belongs to somebody else: it runs on another port and shows two charts of the console.</p>
${charts.join('\n')}
</main>
</body>
</html>
`;
}
