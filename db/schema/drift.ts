import { sql } from 'drizzle-orm';
import {
  bigint,
  customType,
  foreignKey,
  index,
  integer,
  jsonb,
  pgTable,
  primaryKey,
  text,
  unique,
  uniqueIndex,
  uuid,
} from 'drizzle-orm/pg-core';
import { featureRoles, featureStates } from '../../domain/drift/feature.ts';
import { id, instant, projectId } from './columns.ts';
import { principal } from './identity.ts';
import { modelVersion } from './models.ts';
import { service, serviceRevision } from './services.ts';

const bytes = customType<{ data: Uint8Array }>({ dataType: () => 'bytea' });

/** A column of what a service is asked or answers; its name is the one that is sent, or that an admin maps it to. */
export const driftFeature = pgTable(
  'drift_feature',
  {
    id: id(),
    projectId: projectId(),
    serviceId: uuid('service_id').notNull(),
    name: text('name').notNull(),
    role: text('role', { enum: featureRoles }).notNull(),
    state: text('state', { enum: featureStates }).notNull(),
    /** Why it is refused, or who ignored it: a sentence. */
    why: text('why'),
    /** Other names under which it may be sent. */
    aliases: text('aliases').array().notNull().default(sql`'{}'`),
    createdAt: instant('created_at').notNull(),
  },
  (table) => [
    unique('drift_feature_name').on(table.serviceId, table.name),
    unique('drift_feature_scope').on(table.projectId, table.id),
    foreignKey({
      columns: [table.projectId, table.serviceId],
      foreignColumns: [service.projectId, service.id],
    }),
  ],
);

/** The key of a project under which values that may not be kept as text are kept as an HMAC. */
export const driftValueKey = pgTable('drift_value_key', {
  projectId: uuid('project_id').primaryKey(),
  key: bytes('key').notNull(),
});

/** A column that is sent but that no feature of the service takes: an admin maps it or an engineer ignores it. */
export const driftUnknownColumn = pgTable(
  'drift_unknown_column',
  {
    projectId: projectId(),
    serviceId: uuid('service_id').notNull(),
    name: text('name').notNull(),
    firstSeenAt: instant('first_seen_at').notNull(),
    lastSeenAt: instant('last_seen_at').notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.serviceId, table.name] }),
    foreignKey({
      columns: [table.projectId, table.serviceId],
      foreignColumns: [service.projectId, service.id],
    }),
  ],
);

/**
 * How the features of a service are counted, inherited by new versions. The bins of a feature never change; features may
 * be added.
 */
export const driftBinning = pgTable(
  'drift_binning',
  {
    id: id(),
    projectId: projectId(),
    serviceId: uuid('service_id').notNull(),
    number: integer('number').notNull(),
    /** {schema: 1, features: BinnedFeature[]}. */
    features: jsonb('features').notNull(),
    digest: text('digest').notNull(),
    /** `next` counts beside the active one until its reference is there; `former` counts no more. */
    state: text('state', { enum: ['next', 'active', 'former'] }).notNull(),
    createdAt: instant('created_at').notNull(),
    createdBy: uuid('created_by').references(() => principal.id),
  },
  (table) => [
    unique('drift_binning_number').on(table.serviceId, table.number),
    unique('drift_binning_scope').on(table.projectId, table.id),
    uniqueIndex('drift_binning_active').on(table.serviceId).where(sql`state = 'active'`),
    foreignKey({
      columns: [table.projectId, table.serviceId],
      foreignColumns: [service.projectId, service.id],
    }),
  ],
);

/** What the present is compared with: training counts, a fixed live window, or the same hours of the last four weeks. */
export const driftReference = pgTable(
  'drift_reference',
  {
    id: id(),
    projectId: projectId(),
    serviceId: uuid('service_id').notNull(),
    binningId: uuid('binning_id').notNull(),
    kind: text('kind', { enum: ['training', 'fixedWindow', 'sameHours'] }).notNull(),
    name: text('name').notNull(),
    modelVersionId: uuid('model_version_id'),
    /** Of a fixed window. */
    fromAt: instant('from_at'),
    toAt: instant('to_at'),
    /** Of training data: Counters by feature id, as integers in text where they may exceed 2^53. */
    counters: jsonb('counters'),
    rows: bigint('rows', { mode: 'number' }),
    sourceDigest: text('source_digest'),
    createdAt: instant('created_at').notNull(),
    createdBy: uuid('created_by').references(() => principal.id),
    /** A replaced one is kept, since alerts clear against the reference as it stood. */
    replacedAt: instant('replaced_at'),
  },
  (table) => [
    unique('drift_reference_scope').on(table.projectId, table.id),
    uniqueIndex('drift_reference_current').on(table.serviceId, table.kind).where(sql`replaced_at is null`),
    foreignKey({
      columns: [table.projectId, table.serviceId],
      foreignColumns: [service.projectId, service.id],
    }),
    foreignKey({
      columns: [table.projectId, table.binningId],
      foreignColumns: [driftBinning.projectId, driftBinning.id],
    }),
    foreignKey({
      columns: [table.projectId, table.modelVersionId],
      foreignColumns: [modelVersion.projectId, modelVersion.id],
    }),
  ],
);

/** One feature of one revision in one binning and segment ('' is all rows): what counters belong to. */
export const driftSeries = pgTable(
  'drift_series',
  {
    id: bigint('id', { mode: 'number' }).primaryKey().generatedAlwaysAsIdentity(),
    projectId: projectId(),
    serviceId: uuid('service_id').notNull(),
    revisionId: uuid('revision_id').notNull(),
    binningId: uuid('binning_id').notNull(),
    featureId: uuid('feature_id').notNull(),
    segment: text('segment').notNull().default(''),
  },
  (table) => [
    unique('drift_series_key').on(
      table.serviceId,
      table.revisionId,
      table.binningId,
      table.featureId,
      table.segment,
    ),
    foreignKey({
      columns: [table.projectId, table.revisionId],
      foreignColumns: [serviceRevision.projectId, serviceRevision.id],
    }),
    foreignKey({
      columns: [table.projectId, table.binningId],
      foreignColumns: [driftBinning.projectId, driftBinning.id],
    }),
    foreignKey({
      columns: [table.projectId, table.featureId],
      foreignColumns: [driftFeature.projectId, driftFeature.id],
    }),
  ],
);

/** Counters of domain/drift/counters.ts: `apart` in the order of its kinds; an hour is Σ its 5 minutes, a day Σ its hours. */
const counterColumns = () => ({
  seriesId: bigint('series_id', { mode: 'number' }).notNull(),
  windowStart: instant('window_start').notNull(),
  counts: bigint('counts', { mode: 'number' }).array().notNull(),
  sums: bigint('sums', { mode: 'bigint' }).array().notNull(),
  apart: bigint('apart', { mode: 'number' }).array().notNull(),
});

/** Partitioned by day in its migration; partitions are made and dropped by the worker. */
export const driftFiveMinutes = pgTable('drift_five_minutes', counterColumns(), (table) => [
  primaryKey({ columns: [table.seriesId, table.windowStart] }),
]);
export const driftHour = pgTable('drift_hour', counterColumns(), (table) => [
  primaryKey({ columns: [table.seriesId, table.windowStart] }),
]);
export const driftDay = pgTable('drift_day', counterColumns(), (table) => [
  primaryKey({ columns: [table.seriesId, table.windowStart] }),
]);

/** A batch as it was accepted; its contribution is folded into the counters by one worker and undone from them exactly. */
export const ingestBatch = pgTable(
  'ingest_batch',
  {
    id: id(),
    projectId: projectId(),
    serviceId: uuid('service_id').notNull(),
    source: text('source').notNull(),
    batchId: text('batch_id').notNull(),
    sha256: text('sha256').notNull(),
    /** Counters by series key and window, packed; null once it is too old to be undone. */
    contribution: bytes('contribution'),
    rows: integer('rows').notNull(),
    rejected: integer('rejected').notNull(),
    receivedAt: instant('received_at').notNull(),
    foldedAt: instant('folded_at'),
    undoneAt: instant('undone_at'),
  },
  (table) => [
    unique('ingest_batch_key').on(table.serviceId, table.source, table.batchId),
    index('ingest_batch_unfolded').on(table.serviceId, table.receivedAt).where(sql`folded_at is null`),
    index('ingest_batch_received').on(table.receivedAt),
    foreignKey({
      columns: [table.projectId, table.serviceId],
      foreignColumns: [service.projectId, service.id],
    }),
  ],
);

/** First rows of a service without a binning, from which one is learned; at most 10,000 and deleted within 24 hours. */
export const driftReservoir = pgTable(
  'drift_reservoir',
  {
    projectId: projectId(),
    serviceId: uuid('service_id').notNull(),
    /** Place in the reservoir. */
    slot: integer('slot').notNull(),
    /** A row as it was sent: {ts, f, p}. */
    row: jsonb('row').notNull(),
    receivedAt: instant('received_at').notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.serviceId, table.slot] }),
    foreignKey({
      columns: [table.projectId, table.serviceId],
      foreignColumns: [service.projectId, service.id],
    }),
  ],
);

/** How the drift of a service is judged; one per service. */
export const driftMonitor = pgTable(
  'drift_monitor',
  {
    id: id(),
    projectId: projectId(),
    serviceId: uuid('service_id').notNull().unique('drift_monitor_service'),
    /** Length of a window; 5 minutes only where it is asked for. */
    windowLength: text('window_length', { enum: ['fiveMinutes', 'hour', 'day', 'week'] }).notNull(),
    /** Reference kind that windows are judged against. */
    referenceKind: text('reference_kind', { enum: ['training', 'fixedWindow', 'sameHours'] }).notNull(),
    /** MonitorSettings of domain/drift: persistence, time zone, segment column, volume limits, label delay, thresholds. */
    settings: jsonb('settings').notNull(),
    /** Alerts open only for windows that end after it; null: off. */
    alertsFrom: instant('alerts_from'),
    generation: integer('generation').notNull().default(1),
    createdAt: instant('created_at').notNull(),
    createdBy: uuid('created_by').references(() => principal.id),
    // Intent ends here.
    /** End of the last window that was judged. */
    judgedUntil: instant('judged_until'),
    /** End of the last week that was judged against training data or a fixed window, whatever its windows are judged against. */
    slowJudgedUntil: instant('slow_judged_until'),
    /** StoredDispersions: how rows hang together, estimated once a day. */
    dispersions: jsonb('dispersions'),
    /** Rows were added to or taken from windows that were judged before, from here on; null: none. */
    staleFrom: instant('stale_from'),
  },
  (table) => [
    unique('drift_monitor_scope').on(table.projectId, table.id),
    foreignKey({
      columns: [table.projectId, table.serviceId],
      foreignColumns: [service.projectId, service.id],
    }),
  ],
);

/** What a window was judged to be; judged anew with a higher `revision` when late rows come. */
export const driftWindow = pgTable(
  'drift_window',
  {
    projectId: projectId(),
    monitorId: uuid('monitor_id').notNull(),
    windowStart: instant('window_start').notNull(),
    windowEnd: instant('window_end').notNull(),
    referenceId: uuid('reference_id'),
    revision: integer('revision').notNull(),
    rows: bigint('rows', { mode: 'number' }).notNull(),
    /** WindowVerdicts. */
    verdicts: jsonb('verdicts').notNull(),
    /** Why it has no verdict: a sentence; null when it has. */
    whyNone: text('why_none'),
    inputDigest: text('input_digest').notNull(),
    judgedAt: instant('judged_at').notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.monitorId, table.windowStart] }),
    foreignKey({
      columns: [table.projectId, table.monitorId],
      foreignColumns: [driftMonitor.projectId, driftMonitor.id],
    }),
  ],
);

/** Something that people should look at. A drift alert groups the features of one monitor that drifted together. */
export const driftAlert = pgTable(
  'drift_alert',
  {
    id: id(),
    projectId: projectId(),
    serviceId: uuid('service_id').notNull(),
    kind: text('kind', {
      enum: ['drift', 'slowDrift', 'noRows', 'volume', 'dataQuality', 'queryPattern', 'performance'],
    }).notNull(),
    state: text('state', {
      enum: ['open', 'acknowledged', 'expected', 'dataFault', 'real', 'cleared'],
    }).notNull(),
    revisionId: uuid('revision_id'),
    referenceId: uuid('reference_id'),
    /** What drifted and by how much, by kind of alert. */
    facts: jsonb('facts').notNull(),
    fromAt: instant('from_at').notNull(),
    openedAt: instant('opened_at').notNull(),
    clearedAt: instant('cleared_at'),
    /** Of an expected one. */
    expectedUntil: instant('expected_until'),
    snoozedUntil: instant('snoozed_until'),
    stateAt: instant('state_at').notNull(),
    stateBy: uuid('state_by').references(() => principal.id),
    comment: text('comment'),
  },
  (table) => [
    unique('drift_alert_scope').on(table.projectId, table.id),
    index('drift_alert_service').on(table.serviceId, table.openedAt),
    uniqueIndex('drift_alert_open').on(table.serviceId, table.kind).where(sql`cleared_at is null`),
    foreignKey({
      columns: [table.projectId, table.serviceId],
      foreignColumns: [service.projectId, service.id],
    }),
  ],
);
