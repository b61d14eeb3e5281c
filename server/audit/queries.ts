import { and, asc, desc, eq, gte, ilike, lt, lte, or, type SQL, sql } from 'drizzle-orm';
import * as z from 'zod';
import type { Queries } from '../../db/client.ts';
import { auditDetail, auditEntry } from '../../db/schema/audit.ts';
import { type AuditEntry, auditObjectKinds } from '../../domain/audit.ts';
import { idSchema } from '../../domain/name.ts';
import { query } from '../query.ts';
import { chainName } from './append.ts';

const filterSchema = z.object({
  objectKind: z.enum(auditObjectKinds).nullish(),
  objectId: z.string().max(200).nullish(),
  /** Text in the object's or the actor's name or in the sentence. */
  search: z.string().max(200).nullish(),
  actorId: idSchema.nullish(),
  action: z.string().max(100).nullish(),
  from: z.date().nullish(),
  to: z.date().nullish(),
  /** Entries before this seq, for the next page. */
  before: z.int().min(1).nullish(),
  limit: z.int().min(1).max(200).default(50),
});
type Filter = z.output<typeof filterSchema>;

const listSchema = filterSchema.extend({ projectId: idSchema });

/** Acts in the project, newest first, filtered by object, actor, text and time. */
export const listAudit = query(
  { permission: 'audit.list', schema: listSchema, project: (_db, input) => input.projectId },
  ({ db, input, projectId }) => page(db, chainName(projectId), input),
);

/** Acts on the instance: users, clusters, projects, sessions. */
export const listInstanceAudit = query(
  { permission: 'instanceAudit.list', schema: filterSchema, project: 'instance' },
  ({ db, input }) => page(db, chainName(null), input),
);

async function page(db: Queries, chain: string, filter: Filter) {
  const rows = await db
    .select({ entry: auditEntry, detail: auditDetail })
    .from(auditEntry)
    .leftJoin(auditDetail, and(eq(auditDetail.chain, auditEntry.chain), eq(auditDetail.seq, auditEntry.seq)))
    .where(and(eq(auditEntry.chain, chain), ...conditions(chain, filter)))
    .orderBy(desc(auditEntry.seq))
    .limit(filter.limit + 1);
  const items = rows.slice(0, filter.limit).map(toItem);
  return { items, nextBefore: rows.length > filter.limit ? (items.at(-1)?.seq ?? null) : null };
}

type Row = { entry: typeof auditEntry.$inferSelect; detail: typeof auditDetail.$inferSelect | null };

function toItem({ entry, detail }: Row) {
  return {
    seq: entry.seq,
    at: entry.at,
    action: entry.action,
    actorId: entry.actorId,
    actorName: detail?.actorName ?? null,
    objectKind: entry.objectKind,
    objectId: entry.objectId,
    objectName: detail?.objectName ?? null,
    sentence: detail?.sentence ?? null,
    comment: detail?.comment ?? null,
    before: detail?.before ?? null,
    after: detail?.after ?? null,
    hash: entry.hash,
    origin: entry.origin,
  };
}
export type AuditItem = ReturnType<typeof toItem>;

function conditions(chain: string, filter: Filter): SQL[] {
  const found: (SQL | undefined)[] = [
    filter.before == null ? undefined : lt(auditEntry.seq, filter.before),
    filter.actorId == null ? undefined : eq(auditEntry.actorId, filter.actorId),
    filter.action == null ? undefined : eq(auditEntry.action, filter.action),
    filter.from == null ? undefined : gte(auditEntry.at, filter.from),
    filter.to == null ? undefined : lte(auditEntry.at, filter.to),
    objectCondition(chain, filter),
    textCondition(filter.search ?? null),
  ];
  return found.filter((condition) => condition !== undefined);
}

/** An object's acts are those on it and those that name it as related; each half has an index, which an OR over both would not use. */
function objectCondition(chain: string, { objectKind, objectId }: Filter): SQL | undefined {
  if (objectKind == null) return undefined;
  if (objectId == null) return eq(auditEntry.objectKind, objectKind);
  return sql`${auditEntry.seq} in (
    select own.seq from ${auditEntry} own
    where own.chain = ${chain} and own.object_kind = ${objectKind} and own.object_id = ${objectId}
    union all
    select named.seq from ${auditDetail} named
    where named.chain = ${chain} and named.related @> array[${`${objectKind}:${objectId}`}])`;
}

function textCondition(search: string | null): SQL | undefined {
  if (search === null || search.trim() === '') return undefined;
  const pattern = `%${search.trim().replace(/[\\%_]/g, (sign) => `\\${sign}`)}%`;
  return or(
    ilike(auditDetail.objectName, pattern),
    ilike(auditDetail.actorName, pattern),
    ilike(auditDetail.sentence, pattern),
  );
}

/** One object's acts, oldest first, for its timeline; at most 500. */
export async function timelineOf(
  db: Queries,
  object: { projectId: string; kind: AuditEntry['objectKind']; id: string },
) {
  const chain = chainName(object.projectId);
  const filter = filterSchema.parse({ objectKind: object.kind, objectId: object.id });
  const rows = await db
    .select({ entry: auditEntry, detail: auditDetail })
    .from(auditEntry)
    .innerJoin(auditDetail, and(eq(auditDetail.chain, auditEntry.chain), eq(auditDetail.seq, auditEntry.seq)))
    .where(and(eq(auditEntry.chain, chain), ...conditions(chain, filter)))
    .orderBy(asc(auditEntry.seq))
    .limit(500);
  return rows.map(toItem);
}

/** A chain's entries in order from a seq on, for the export; the caller asks until none is left. */
export async function chainPage(db: Queries, chain: string, range: { afterSeq: number; limit: number }) {
  return await db
    .select({ entry: auditEntry, detail: auditDetail })
    .from(auditEntry)
    .leftJoin(auditDetail, and(eq(auditDetail.chain, auditEntry.chain), eq(auditDetail.seq, auditEntry.seq)))
    .where(and(eq(auditEntry.chain, chain), sql`${auditEntry.seq} > ${range.afterSeq}`))
    .orderBy(asc(auditEntry.seq))
    .limit(range.limit);
}
