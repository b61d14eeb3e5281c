import { Hono, type Context as HonoContext } from 'hono';
import { chartCsv } from '../../domain/chart/chart-csv.ts';
import { pictureSizeProblem } from '../../domain/chart/picture-size.ts';
import { prepareChart } from '../../domain/chart/prepare-chart.ts';
import { DomainError } from '../../domain/refusal.ts';
import { type ShareFormat, type ShareRange, shareFormats } from '../../domain/share/share-content.ts';
import { formatExact } from '../../domain/time-format.ts';
import type { Site } from '../http/request-context.ts';
import { log } from '../log.ts';
import { chartPng } from '../pictures/chart-png.ts';
import { chartSvg } from '../pictures/chart-svg.ts';
import { countAttempt } from '../rate-limit.ts';
import type { ShareRow } from '../rows/share-rows.ts';
import { countOpening } from './count-opening.ts';
import { type AssetName, embedAsset } from './embed-assets.ts';
import { embedHeaders, fileHeaders, pageHeaders } from './embed-headers.ts';
import { embedPage, statusPage } from './embed-html.ts';
import { type Opened, openShare, standingShare } from './open-share.ts';
import { type ShownTheme, sharedAnswer, shownChart, viewerRanges } from './shared-answer.ts';

/** Answers of one share in a minute, over all who look at it. */
const answersPerMinute = 600;
const chartHeight = 300;

const words = {
  closed: 'This chart is not available.',
  unauthorized: 'This does not open the chart.',
  forbidden: 'The chart is not shared in this way.',
  tooMany: 'The chart is asked for too often; try again in a minute.',
} as const;

/** A no, which is all that is said. */
class Refused extends Error {
  readonly status: 400 | 401 | 403 | 410 | 429;
  constructor(status: Refused['status'], message: string) {
    super(message);
    this.status = status;
  }
}

type Open = Extract<Opened, { state: 'open' }>;

/** Everything that is seen without an account: pages of links and embeds, their data, pictures and the SDK for hosts. */
export function embedApp(site: Site): Hono {
  const app = new Hono();
  app.onError((error, c) => {
    if (error instanceof Refused)
      return c.json({ error: { message: error.message } }, error.status, embedHeaders);
    // Only the path: a query holds `sig`. Whatever failed, there is nothing to show.
    if (!(error instanceof DomainError)) log.warn({ error, path: c.req.path }, 'A share gave no answer.');
    return c.json({ error: { message: words.closed } }, 410, embedHeaders);
  });
  app.notFound((c) => c.body(statusPage, 404, pageHeaders('*')));

  for (const name of ['page.js', 'page.css', 'sdk.js'] satisfies AssetName[])
    app.get(`/embed/${name}`, async (c) => {
      const { text, type, etag } = await embedAsset(name);
      const headers = { ...embedHeaders, 'cache-control': 'no-cache', etag, 'content-type': type };
      return c.req.header('if-none-match') === etag ? c.body(null, 304, headers) : c.body(text, 200, headers);
    });

  for (const [path, kind, scheme] of [
    ['embed', 'signed', 'Embed'],
    ['share', 'share', 'Share'],
  ] as const) {
    app.get(`/${path}/:id`, async (c) => {
      const found = await standingShare(site, c.req.param('id'));
      if (found === null || found.row.kind !== kind) return c.body(statusPage, 404, pageHeaders('*'));
      const { id, frameAncestors, theme } = found.row;
      const ancestors = frameAncestors.length === 0 ? "'none'" : frameAncestors.join(' ');
      return c.body(
        embedPage({ id, kind: path, origins: frameAncestors, theme }),
        200,
        pageHeaders(ancestors),
      );
    });
    const openBy = async (c: HonoContext) => {
      const credential = new RegExp(`^${scheme} (\\S+)$`).exec(c.req.header('authorization') ?? '')?.[1];
      return await opened(site, { id: c.req.param('id') ?? '', kind, credential: credential ?? null });
    };
    app.get(`/${path}/:id/data`, async (c) => {
      const open = await openBy(c);
      const answer = await dataOf(site, open, c);
      if (c.req.query('opening') === '1') await count(site, open, c.req.header('x-fairlead-host') ?? '');
      return c.json(answer, 200, embedHeaders);
    });
    app.get(`/${path}/:id/:file{chart\\.[a-z]+}`, async (c) => {
      const open = await openBy(c);
      const index = Number(c.req.query('chart') ?? '0');
      return await fileOf(site, { c, open, index, file: c.req.param('file') });
    });
  }

  app.get('/share/:id/:file{picture\\.[a-z]+}', async (c) => {
    const credential = c.req.query('sig') ?? null;
    const open = await opened(site, { id: c.req.param('id'), kind: 'picture', credential });
    const answer = await fileOf(site, { c, open, index: 0, file: c.req.param('file') });
    await count(site, open, '');
    return answer;
  });
  return app;
}

type Asked = Parameters<typeof openShare>[1];

async function opened(site: Site, asked: Asked): Promise<Open> {
  const found = await openShare(site, asked);
  if (found.state === 'closed') throw new Refused(410, words.closed);
  // What opens nothing has its own count, so that strangers cannot use up the answers of those who may look.
  const key = found.state === 'open' ? `share:${asked.id}` : `share:${asked.id}:refused`;
  await countAttempt(site.db, [{ key, limit: answersPerMinute }], 60_000).catch((error: unknown) => {
    if (error instanceof DomainError) throw new Refused(429, words.tooMany);
    throw error;
  });
  if (found.state === 'unauthorized') throw new Refused(401, words.unauthorized);
  return found;
}

async function count(site: Site, { row, viewer }: Open, told: string): Promise<void> {
  const hostOrigin = row.frameAncestors.includes(told) ? told : '';
  await countOpening(site.db, { shareId: row.id, hostOrigin, viewer });
}

/** The stored range, or one of the offered ones where the row allows it; anything else is refused. */
function rangeOf(row: ShareRow, c: HonoContext): ShareRange {
  const wanted = c.req.query('range');
  if (wanted === undefined || wanted === '') return row.range;
  const found = viewerRanges.find(({ value }) => value === wanted);
  if (!row.allowTimeRange || found === undefined) throw new Refused(403, words.forbidden);
  return { kind: 'relative', ms: found.ms };
}

function themeOf(row: ShareRow, c: HonoContext): ShownTheme {
  if (row.theme !== 'system') return row.theme;
  return c.req.query('theme') === 'dark' ? 'dark' : 'light';
}

function numberOf(c: HonoContext, name: string, usual: number): number {
  const text = c.req.query(name);
  return text === undefined ? usual : Number(text);
}

function sizeOf(c: HonoContext, usual: { width: number; height: number; scale: number }) {
  const size = {
    width: numberOf(c, 'width', usual.width),
    height: numberOf(c, 'height', usual.height),
    scale: numberOf(c, 'scale', usual.scale),
  };
  const problem = pictureSizeProblem(size);
  if (problem !== null) throw new Refused(400, problem);
  return size;
}

async function dataOf(site: Site, { row, now }: Open, c: HonoContext) {
  const { width } = sizeOf(c, { width: 800, height: chartHeight, scale: 1 });
  const theme = themeOf(row, c);
  const range = rangeOf(row, c);
  const maxPoints = width * 2;
  const charts = [];
  for (const index of row.content.charts.keys()) {
    const answer = await sharedAnswer(site, { row, index, range, now, maxPoints });
    charts.push(shownChart(answer, { width, height: chartHeight, theme }));
  }
  return {
    title: row.title,
    asOf: formatExact(now.getTime(), 'utc', { seconds: true }),
    theme,
    exports: row.allowExport,
    ranges: row.allowTimeRange
      ? [{ value: '', label: 'as shared' }, ...viewerRanges.map(({ value, label }) => ({ value, label }))]
      : [],
    charts,
  };
}

type FileAsked = {
  readonly c: HonoContext;
  readonly open: Open;
  readonly index: number;
  readonly file: string;
};

const types: Record<ShareFormat, string> = {
  png: 'image/png',
  svg: 'image/svg+xml',
  csv: 'text/csv; charset=utf-8',
  json: 'application/json',
};

async function fileOf(site: Site, { c, open, index, file }: FileAsked): Promise<Response> {
  const { row, now } = open;
  const format = shareFormats.find((each) => file.endsWith(`.${each}`));
  if (format === undefined || !row.allowExport.includes(format)) throw new Refused(403, words.forbidden);
  if (row.content.charts[index] === undefined) throw new Refused(400, 'There is no such chart.');
  const size = sizeOf(c, { width: 800, height: 360, scale: 2 });
  const answer = await sharedAnswer(site, {
    row,
    index,
    range: rangeOf(row, c),
    now,
    maxPoints: size.width * 2,
  });
  const headers = { ...fileHeaders, 'content-type': types[format] };
  const picture = { ...size, theme: themeOf(row, c), zone: 'utc' as const };
  switch (format) {
    case 'png':
      return c.body(new Uint8Array(await chartPng(answer, picture)), 200, headers);
    case 'svg':
      return c.body(chartSvg(answer, picture), 200, headers);
    case 'csv':
      return c.body(chartCsv(prepareChart({ ...answer, widthPx: size.width, zone: 'utc' })), 200, headers);
    case 'json':
      return c.body(JSON.stringify(answer), 200, headers);
  }
}
