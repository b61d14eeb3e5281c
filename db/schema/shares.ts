import { sql } from 'drizzle-orm';
import {
  boolean,
  check,
  date,
  index,
  integer,
  jsonb,
  pgTable,
  primaryKey,
  text,
  uuid,
} from 'drizzle-orm/pg-core';
import { shareKinds, shareThemes } from '../../domain/share/share-content.ts';
import { id, instant } from './columns.ts';
import { principal, project } from './identity.ts';

/** Everything that can be seen from outside without an account: links, signed embeds, pictures; of a project, or of the instance when `projectId` is null. */
export const share = pgTable(
  'share',
  {
    id: id(),
    projectId: uuid('project_id').references(() => project.id),
    kind: text('kind', { enum: shareKinds }).notNull(),
    title: text('title').notNull(),
    /** domain/share/share-content.ts: what is shown, pinned. */
    content: jsonb('content').notNull(),
    /** Label per subject; nothing else of a name leaves. */
    labels: jsonb('labels').notNull(),
    range: jsonb('range').notNull(),
    allowTimeRange: boolean('allow_time_range').notNull(),
    allowExport: text('allow_export').array().notNull(),
    /** Exact origins; `frame-ancestors` of the page. */
    frameAncestors: text('frame_ancestors').array().notNull(),
    theme: text('theme', { enum: shareThemes }).notNull(),
    expiresAt: instant('expires_at').notNull(),
    status: text('status', { enum: ['active', 'paused', 'revoked'] }).notNull(),
    /** Tokens issued before it open nothing. */
    revokedBefore: instant('revoked_before'),
    /** SHA-256 of the secret of a link or a picture; null for a signed embed. */
    secretHash: text('secret_hash'),
    createdBy: uuid('created_by')
      .notNull()
      .references(() => principal.id),
    createdAt: instant('created_at').notNull(),
    changedAt: instant('changed_at').notNull(),
  },
  (table) => [
    index('share_project').on(table.projectId, table.createdAt),
    check('share_has_secret', sql`(${table.kind} = 'signed') = (${table.secretHash} is null)`),
  ],
);

/** Secrets with which hosts sign; a signed embed has at most two that count. */
export const shareSecret = pgTable(
  'share_secret',
  {
    shareId: uuid('share_id')
      .notNull()
      .references(() => share.id),
    kid: integer('kid').notNull(),
    /** Under the instance key, bound to this row. */
    sealed: text('sealed').notNull(),
    createdAt: instant('created_at').notNull(),
    retiredAt: instant('retired_at'),
  },
  (table) => [primaryKey({ columns: [table.shareId, table.kid] })],
);

/** How often it was opened on a day, from which page, for whom (the host says); no addresses. */
export const shareOpening = pgTable(
  'share_opening',
  {
    shareId: uuid('share_id')
      .notNull()
      .references(() => share.id),
    day: date('day').notNull(),
    /** Empty for a link opened by itself. */
    hostOrigin: text('host_origin').notNull(),
    /** Empty when the host names nobody. */
    viewer: text('viewer').notNull(),
    count: integer('count').notNull(),
    lastAt: instant('last_at').notNull(),
  },
  (table) => [primaryKey({ columns: [table.shareId, table.day, table.hostOrigin, table.viewer] })],
);
