import {
  bigint,
  boolean,
  foreignKey,
  index,
  integer,
  jsonb,
  pgTable,
  primaryKey,
  text,
  unique,
  uuid,
} from 'drizzle-orm/pg-core';
import { id, instant, projectId } from './columns.ts';
import { principal, project } from './identity.ts';

/** Instance-wide; tokens are sealed to the worker's key. */
export const cluster = pgTable('cluster', {
  id: id(),
  name: text('name').notNull().unique(),
  kind: text('kind', { enum: ['sandbox', 'kubernetes'] }).notNull(),
  /** token: server URL + CA + sealed token; inCluster: the worker's own service account; none: the sandbox. */
  credential: text('credential', { enum: ['none', 'token', 'inCluster'] }).notNull(),
  serverUrl: text('server_url'),
  caPem: text('ca_pem'),
  sealedToken: text('sealed_token'),
  /** Last probe's ClusterCapabilities, written by the worker. */
  capabilities: jsonb('capabilities'),
  probedAt: instant('probed_at'),
  /** NamespaceAccess[]: what its token was made for. */
  namespaces: jsonb('namespaces').notNull().default([]),
  /** From the token's own claims; null when it does not end or is mounted. */
  tokenExpiresAt: instant('token_expires_at'),
  /** Blocker that says why the token is not renewed; null when all is well. */
  tokenProblem: jsonb('token_problem'),
  /** uid of its namespace kube-system at first contact; null before, and without the right to read it. */
  uid: text('uid'),
  /** Another uid that was seen under its address; while it is there nothing is written. */
  replacedByUid: text('replaced_by_uid'),
  generation: integer('generation').notNull().default(1),
  createdAt: instant('created_at').notNull(),
});

/** Who may write to a cluster, on the database clock. */
export const clusterLease = pgTable('cluster_lease', {
  clusterId: uuid('cluster_id')
    .primaryKey()
    .references(() => cluster.id),
  holder: text('holder'),
  epoch: bigint('epoch', { mode: 'number' }).notNull(),
  leaseUntil: instant('lease_until').notNull(),
});

/** Probes and dry runs asked by the web, answered by the worker that holds the lease. */
export const clusterRequest = pgTable(
  'cluster_request',
  {
    id: id(),
    /** Null for the trial of a connection that is not stored: any worker answers it. */
    clusterId: uuid('cluster_id').references(() => cluster.id),
    kind: text('kind', {
      enum: ['probe', 'dryRun', 'discover', 'trial', 'metricsProbe', 'takeOver', 'pods', 'gpuUse'],
    }).notNull(),
    payload: jsonb('payload').notNull(),
    answer: jsonb('answer'),
    requestedAt: instant('requested_at').notNull(),
    answeredAt: instant('answered_at'),
  },
  (table) => [index('cluster_request_open').on(table.clusterId, table.answeredAt)],
);

/** One row: tells this Fairlead from another one that writes to the same clusters. */
export const instance = pgTable('instance', {
  /** Always true, so that there is never a second row. */
  only: boolean('only').primaryKey().default(true),
  id: uuid('id').notNull(),
});

/** Who may write in a namespace, as the claim object in the cluster says; a row from the first look on. */
export const namespaceClaim = pgTable(
  'namespace_claim',
  {
    clusterId: uuid('cluster_id')
      .notNull()
      .references(() => cluster.id),
    namespace: text('namespace').notNull(),
    /** Whether this instance wants it; released by a command, taken back by one. */
    wanted: boolean('wanted').notNull().default(true),
    /** Other instance whose stale claim an admin allowed to take; null otherwise. */
    takeFrom: text('take_from'),
    /** Instance id in the cluster's claim; null when nobody claims it or it cannot be read. */
    holder: text('holder'),
    /** When the holder last renewed it. */
    renewedAt: instant('renewed_at'),
    seenAt: instant('seen_at'),
  },
  (table) => [primaryKey({ columns: [table.clusterId, table.namespace] })],
);

export const policy = pgTable(
  'policy',
  {
    id: id(),
    projectId: projectId().references(() => project.id),
    name: text('name').notNull(),
    currentRevisionId: uuid('current_revision_id').notNull(),
  },
  (table) => [
    unique('policy_name').on(table.projectId, table.name),
    unique('policy_scope').on(table.projectId, table.id),
  ],
);

export const policyRevision = pgTable(
  'policy_revision',
  {
    id: id(),
    projectId: projectId(),
    policyId: uuid('policy_id').notNull(),
    number: integer('number').notNull(),
    rules: jsonb('rules').notNull(),
    digest: text('digest').notNull(),
    createdAt: instant('created_at').notNull(),
    createdBy: uuid('created_by')
      .notNull()
      .references(() => principal.id),
  },
  (table) => [
    unique('policy_revision_number').on(table.policyId, table.number),
    unique('policy_revision_scope').on(table.projectId, table.id),
    foreignKey({ columns: [table.projectId, table.policyId], foreignColumns: [policy.projectId, policy.id] }),
  ],
);

export const environment = pgTable(
  'environment',
  {
    id: id(),
    projectId: projectId().references(() => project.id),
    name: text('name').notNull(),
    groupName: text('group_name'),
    position: integer('position').notNull(),
    production: boolean('production').notNull(),
    clusterId: uuid('cluster_id')
      .notNull()
      .references(() => cluster.id),
    namespace: text('namespace').notNull(),
    gateway: jsonb('gateway').notNull(),
    hostnames: text('hostnames').array().notNull().default([]),
    metricsSource: jsonb('metrics_source').notNull(),
    policyId: uuid('policy_id').notNull(),
    createdAt: instant('created_at').notNull(),
  },
  (table) => [
    unique('environment_name').on(table.projectId, table.name),
    unique('environment_scope').on(table.projectId, table.id),
    unique('environment_namespace').on(table.clusterId, table.namespace),
    foreignKey({ columns: [table.projectId, table.policyId], foreignColumns: [policy.projectId, policy.id] }),
  ],
);

/** The secret of an environment's metrics source, sealed to the worker's key for this row and the source's address. */
export const metricsCredential = pgTable(
  'metrics_credential',
  {
    environmentId: uuid('environment_id').primaryKey(),
    projectId: projectId(),
    sealed: text('sealed').notNull(),
    replacedAt: instant('replaced_at').notNull(),
  },
  (table) => [
    foreignKey({
      columns: [table.projectId, table.environmentId],
      foreignColumns: [environment.projectId, environment.id],
    }),
  ],
);
