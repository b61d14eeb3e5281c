import { and, desc, eq, isNull, sql } from 'drizzle-orm';
import type { Queries } from '../../db/client.ts';
import { share, shareSecret } from '../../db/schema/shares.ts';
import {
  type ShareContent,
  type ShareFormat,
  type ShareLabels,
  type ShareRange,
  shareContentSchema,
  shareFormats,
  shareLabelsSchema,
  shareRangeSchema,
} from '../../domain/share/share-content.ts';
import { type InstanceKey, openSecret, sealSecret } from '../instance-key.ts';

export type ShareRow = Omit<typeof share.$inferSelect, 'content' | 'labels' | 'range' | 'allowExport'> & {
  readonly content: ShareContent;
  readonly labels: ShareLabels;
  readonly range: ShareRange;
  readonly allowExport: readonly ShareFormat[];
};

/** The shares of a project, or with null those of the instance. */
export const ownedBy = (projectId: string | null) =>
  projectId === null ? isNull(share.projectId) : eq(share.projectId, projectId);

/** The row with its JSON parsed. */
export function shareOf(row: typeof share.$inferSelect): ShareRow {
  return {
    ...row,
    content: shareContentSchema.parse(row.content),
    labels: shareLabelsSchema.parse(row.labels),
    range: shareRangeSchema.parse(row.range),
    allowExport: shareFormats.filter((format) => row.allowExport.includes(format)),
  };
}

/** A share and the time of the database at which it was read; null when there is none. */
export async function readShare(db: Queries, id: string): Promise<{ row: ShareRow; now: Date } | null> {
  const rows = await db
    .select({ row: share, nowMs: sql<string>`(extract(epoch from clock_timestamp()) * 1000)::bigint` })
    .from(share)
    .where(eq(share.id, id));
  const found = rows[0];
  return found === undefined ? null : { row: shareOf(found.row), now: new Date(Number(found.nowMs)) };
}

const placeOf = (shareId: string, kid: number) => `share:${shareId}:${kid}`;

/** Null where no instance key is configured. */
export function sealShareSecret(
  keys: readonly InstanceKey[],
  { shareId, kid, secret }: { shareId: string; kid: number; secret: string },
): string | null {
  return sealSecret(keys, secret, placeOf(shareId, kid));
}

/** The secrets with which tokens of this embed may be signed, newest first. */
export async function liveSecrets(
  db: Queries,
  { shareId, keys }: { shareId: string; keys: readonly InstanceKey[] },
): Promise<{ kid: number; secret: string }[]> {
  const rows = await db
    .select()
    .from(shareSecret)
    .where(and(eq(shareSecret.shareId, shareId), isNull(shareSecret.retiredAt)))
    .orderBy(desc(shareSecret.kid));
  return rows.flatMap(({ kid, sealed }) => {
    const secret = openSecret(keys, sealed, placeOf(shareId, kid));
    return secret === null ? [] : [{ kid, secret }];
  });
}
