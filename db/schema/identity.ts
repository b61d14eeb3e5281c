import { sql } from 'drizzle-orm';
import { boolean, index, integer, pgTable, primaryKey, text, unique, uuid } from 'drizzle-orm/pg-core';
import { id, instant, projectId } from './columns.ts';

export const project = pgTable('project', {
  id: id(),
  name: text('name').notNull(),
  slug: text('slug').notNull().unique(),
  /** Where accounting books its costs; on its statements. */
  costCentre: text('cost_centre'),
  createdAt: instant('created_at').notNull(),
});

/** Users, tokens and the system: every actor and author column points here. */
export const principal = pgTable('principal', {
  id: id(),
  kind: text('kind', { enum: ['user', 'token', 'system'] }).notNull(),
  ownerUserId: uuid('owner_user_id'),
  name: text('name').notNull(),
});

export const account = pgTable('account', {
  userId: uuid('user_id')
    .primaryKey()
    .references(() => principal.id),
  email: text('email').notNull().unique(),
  /** scrypt parameters, salt and key; null until the person has set one through a link. */
  passwordHash: text('password_hash'),
  /** Given by hand. */
  instanceRoles: text('instance_roles').array().notNull().default([]),
  /** Given by groups of the identity provider, as of the last sign-in there. */
  groupInstanceRoles: text('group_instance_roles').array().notNull().default([]),
  /** What counts; a role may be in it twice. */
  heldInstanceRoles: text('held_instance_roles')
    .array()
    .notNull()
    .generatedAlwaysAs(sql`instance_roles || group_instance_roles`),
  disabledAt: instant('disabled_at'),
  createdAt: instant('created_at').notNull(),
});

export const membership = pgTable(
  'membership',
  {
    projectId: projectId().references(() => project.id),
    userId: uuid('user_id')
      .notNull()
      .references(() => principal.id),
    /** Given by hand. */
    roles: text('roles').array().notNull(),
    /** Given by groups of the identity provider, as of the last sign-in there. */
    groupRoles: text('group_roles').array().notNull().default([]),
    /** What counts; a role may be in it twice. */
    heldRoles: text('held_roles').array().notNull().generatedAlwaysAs(sql`roles || group_roles`),
  },
  (table) => [
    primaryKey({ columns: [table.projectId, table.userId] }),
    index('membership_user').on(table.userId),
  ],
);

export const session = pgTable(
  'session',
  {
    /** SHA-256 of the 256-bit id that the cookie holds. */
    idHash: text('id_hash').primaryKey(),
    userId: uuid('user_id')
      .notNull()
      .references(() => principal.id),
    createdAt: instant('created_at').notNull(),
    lastSeenAt: instant('last_seen_at').notNull(),
    expiresAt: instant('expires_at').notNull(),
    /** The identity provider through which it began; null for a local account. */
    providerId: uuid('provider_id'),
  },
  (table) => [index('session_user').on(table.userId)],
);

/** Links that sign a person in once: printed by the demo and for the first set-up. */
export const signInLink = pgTable('sign_in_link', {
  secretHash: text('secret_hash').primaryKey(),
  /** Null for the set-up link of an instance without users. */
  userId: uuid('user_id').references(() => principal.id),
  purpose: text('purpose', { enum: ['signIn', 'setUp', 'setPassword'] }).notNull(),
  expiresAt: instant('expires_at').notNull(),
  usedAt: instant('used_at'),
});

export const apiToken = pgTable(
  'api_token',
  {
    principalId: uuid('principal_id')
      .primaryKey()
      .references(() => principal.id),
    projectId: projectId().references(() => project.id),
    name: text('name').notNull(),
    secretHash: text('secret_hash').notNull().unique(),
    /** First characters of the token, for people to tell tokens apart. */
    prefix: text('prefix').notNull(),
    roles: text('roles').array().notNull(),
    /** Of a token that only sends the rows of this one service, and reads nothing. */
    serviceId: uuid('service_id'),
    createdAt: instant('created_at').notNull(),
    expiresAt: instant('expires_at'),
    revokedAt: instant('revoked_at'),
    lastUsedAt: instant('last_used_at'),
  },
  (table) => [unique('api_token_name').on(table.projectId, table.name)],
);

/** Counters of attempts per key and window, in Postgres so that a restart forgets nothing. */
export const rateWindow = pgTable(
  'rate_window',
  {
    key: text('key').notNull(),
    windowStart: instant('window_start').notNull(),
    count: integer('count').notNull(),
  },
  (table) => [primaryKey({ columns: [table.key, table.windowStart] })],
);

export const idempotency = pgTable(
  'idempotency',
  {
    principalId: uuid('principal_id').notNull(),
    permission: text('permission').notNull(),
    key: text('key').notNull(),
    inputHash: text('input_hash').notNull(),
    /** superjson text of the result; null when the result holds a secret. */
    response: text('response'),
    secret: boolean('secret').notNull().default(false),
    expiresAt: instant('expires_at').notNull(),
  },
  (table) => [primaryKey({ columns: [table.principalId, table.permission, table.key] })],
);
