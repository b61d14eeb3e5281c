import { sql } from 'drizzle-orm';
import {
  boolean,
  integer,
  jsonb,
  pgTable,
  primaryKey,
  text,
  unique,
  uniqueIndex,
  uuid,
} from 'drizzle-orm/pg-core';
import { id, instant } from './columns.ts';
import { principal } from './identity.ts';

/** The OpenID Connect provider through which people sign in; an instance has at most one. */
export const identityProvider = pgTable(
  'identity_provider',
  {
    id: id(),
    name: text('name').notNull(),
    issuer: text('issuer').notNull(),
    clientId: text('client_id').notNull(),
    /** AES-256-GCM under the instance's key, bound to this row, the issuer and the client; null for a public client. */
    sealedSecret: text('sealed_secret'),
    caPem: text('ca_pem'),
    scopes: text('scopes').array().notNull(),
    groupsClaim: text('groups_claim').notNull(),
    allowLinking: boolean('allow_linking').notNull(),
    hideLocalForm: boolean('hide_local_form').notNull(),
    sessionHours: integer('session_hours').notNull(),
    contact: text('contact'),
    enabled: boolean('enabled').notNull(),
    /** `{schema: 1, rules}` as domain/identity-provider.ts has it. */
    groupRules: jsonb('group_rules').notNull(),
    updatedAt: instant('updated_at').notNull(),
    updatedBy: uuid('updated_by')
      .notNull()
      .references(() => principal.id),
  },
  () => [uniqueIndex('identity_provider_one').on(sql`(true)`)],
);

/** Who a person is at a provider. Issuer and subject alone are looked up: an address can be given to somebody else. */
export const identity = pgTable(
  'identity',
  {
    issuer: text('issuer').notNull(),
    subject: text('subject').notNull(),
    userId: uuid('user_id')
      .notNull()
      .references(() => principal.id),
    /** As of the last sign-in. */
    groups: text('groups').array().notNull(),
    linkedAt: instant('linked_at').notNull(),
    lastSignInAt: instant('last_sign_in_at').notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.issuer, table.subject] }),
    unique('identity_user').on(table.userId, table.issuer),
  ],
);

/** A sign-in that was sent to the provider and has not ended, or ended with a problem that its browser may read. */
export const signInFlow = pgTable('sign_in_flow', {
  id: id(),
  stateHash: text('state_hash').notNull().unique(),
  /** SHA-256 of the secret in the cookie of the browser that began it. */
  browserHash: text('browser_hash').notNull(),
  providerId: uuid('provider_id').notNull(),
  nonce: text('nonce').notNull(),
  codeVerifier: text('code_verifier').notNull(),
  returnTo: text('return_to').notNull(),
  expiresAt: instant('expires_at').notNull(),
  usedAt: instant('used_at'),
  /** Refusal as domain/refusal.ts has it. */
  problem: jsonb('problem'),
});
