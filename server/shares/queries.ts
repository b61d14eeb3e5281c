import { and, desc, eq, gte, sql } from 'drizzle-orm';
import * as z from 'zod';
import type { Queries } from '../../db/client.ts';
import { principal } from '../../db/schema/identity.ts';
import { share, shareOpening } from '../../db/schema/shares.ts';
import { idSchema } from '../../domain/name.ts';
import { query } from '../query.ts';
import { onlyRow, rowProject } from '../rows/row-project.ts';
import { ownedBy, shareOf } from '../rows/share-rows.ts';

/** All that the project shares or shared outside, newest first, with when it was last opened; never a secret. */
export const listShares = query(
  {
    permission: 'shares.list',
    schema: z.object({ projectId: idSchema }),
    project: (_db, input) => input.projectId,
  },
  async ({ db, projectId }) => await sharesOf(db, projectId),
);

/** The same of the instance. */
export const listInstanceShares = query(
  { permission: 'instanceShares.list', schema: z.object({}), project: 'instance' },
  async ({ db }) => await sharesOf(db, null),
);

async function sharesOf(db: Queries, projectId: string | null) {
  const opened = db
    .select({
      shareId: shareOpening.shareId,
      opened: sql<number>`sum(${shareOpening.count})::int`.as('opened'),
      lastAt: sql<string | null>`max(${shareOpening.lastAt})::text`.as('opened_last_at'),
    })
    .from(shareOpening)
    .groupBy(shareOpening.shareId)
    .as('opened');
  const rows = await db
    .select({ row: share, opened: opened.opened, lastAt: opened.lastAt, createdBy: principal.name })
    .from(share)
    .innerJoin(principal, eq(principal.id, share.createdBy))
    .leftJoin(opened, eq(opened.shareId, share.id))
    .where(ownedBy(projectId))
    .orderBy(desc(share.createdAt))
    .limit(500);
  return rows.map(({ row, ...rest }) => ({
    id: row.id,
    kind: row.kind,
    title: row.title,
    status: row.status,
    expiresAt: row.expiresAt,
    createdAt: row.createdAt,
    createdByName: rest.createdBy,
    frameAncestors: row.frameAncestors,
    openedCount: rest.opened ?? 0,
    lastOpenedAt: rest.lastAt === null ? null : new Date(rest.lastAt),
  }));
}

const ofShare = z.object({ shareId: idSchema });
const openingDays = 90;

/** One of them with what strangers read in it and by whom it was opened in the last 90 days. */
export const getShare = query(
  {
    permission: 'shares.get',
    schema: ofShare,
    project: (db, { shareId }) => rowProject(db, share, shareId),
  },
  async ({ db, input, projectId }) => await detailOf(db, input.shareId, projectId),
);

/** The same of the instance. */
export const getInstanceShare = query(
  { permission: 'instanceShares.get', schema: ofShare, project: 'instance' },
  async ({ db, input }) => await detailOf(db, input.shareId, null),
);

async function detailOf(db: Queries, shareId: string, projectId: string | null) {
  const row = shareOf(
    onlyRow(
      await db
        .select()
        .from(share)
        .where(and(eq(share.id, shareId), ownedBy(projectId))),
    ),
  );
  const openings = await db
    .select({
      day: shareOpening.day,
      hostOrigin: shareOpening.hostOrigin,
      viewer: shareOpening.viewer,
      count: shareOpening.count,
      lastAt: shareOpening.lastAt,
    })
    .from(shareOpening)
    .where(
      and(
        eq(shareOpening.shareId, row.id),
        gte(shareOpening.day, sql`(clock_timestamp() - ${`${openingDays} days`}::interval)::date`),
      ),
    )
    .orderBy(desc(shareOpening.lastAt))
    .limit(200);
  const { id, kind, title, status, expiresAt, frameAncestors, allowExport, allowTimeRange, labels } = row;
  return {
    id,
    kind,
    title,
    status,
    expiresAt,
    frameAncestors,
    allowExport,
    allowTimeRange,
    labels: Object.values(labels),
    chartTitles: row.content.charts.map((chart) => chart.title),
    openings,
  };
}
