import { bigint, index, integer, jsonb, pgTable, primaryKey, text, uuid } from 'drizzle-orm/pg-core';
import { instant } from './columns.ts';

/** Head of each chain; locked as the last statement before a commit. */
export const auditChain = pgTable('audit_chain', {
  chain: text('chain').primaryKey(),
  seq: bigint('seq', { mode: 'number' }).notNull(),
  hash: text('hash').notNull(),
  at: instant('at').notNull(),
});

/** The hashed half of each act; triggers refuse UPDATE, DELETE and TRUNCATE. */
export const auditEntry = pgTable(
  'audit_entry',
  {
    chain: text('chain').notNull(),
    seq: bigint('seq', { mode: 'number' }).notNull(),
    format: integer('format').notNull(),
    prevHash: text('prev_hash').notNull(),
    hash: text('hash').notNull(),
    at: instant('at').notNull(),
    actorId: uuid('actor_id').notNull(),
    action: text('action').notNull(),
    objectKind: text('object_kind').notNull(),
    objectId: text('object_id').notNull(),
    beforeDigest: text('before_digest'),
    afterDigest: text('after_digest'),
    detailDigest: text('detail_digest').notNull(),
    origin: text('origin', { enum: ['live', 'demo'] }).notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.chain, table.seq] }),
    index('audit_entry_object').on(table.chain, table.objectKind, table.objectId, table.seq),
    index('audit_entry_actor').on(table.chain, table.actorId, table.seq),
    index('audit_entry_at').on(table.chain, table.at),
  ],
);

/** Names, comments and values of an entry, salted so that the digest tells nothing, and erasable. */
export const auditDetail = pgTable(
  'audit_detail',
  {
    chain: text('chain').notNull(),
    seq: bigint('seq', { mode: 'number' }).notNull(),
    salt: text('salt').notNull(),
    actorName: text('actor_name').notNull(),
    objectName: text('object_name').notNull(),
    sentence: text('sentence').notNull(),
    before: jsonb('before'),
    after: jsonb('after'),
    comment: text('comment'),
    /** Ids of other objects the act is about, so that their timelines show it: `kind:id`. */
    related: text('related').array().notNull().default([]),
  },
  (table) => [
    primaryKey({ columns: [table.chain, table.seq] }),
    index('audit_detail_related').using('gin', table.related),
  ],
);
