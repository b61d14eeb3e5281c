import { sql } from 'drizzle-orm';
import {
  bigint,
  foreignKey,
  integer,
  jsonb,
  pgTable,
  primaryKey,
  text,
  unique,
  uniqueIndex,
  uuid,
} from 'drizzle-orm/pg-core';
import { kafkaFormats, kafkaStarts } from '../../domain/kafka-source.ts';
import { id, instant, projectId } from './columns.ts';
import { principal } from './identity.ts';
import { service } from './services.ts';

/** A topic from which the rows of a service are read; what only the worker may know is sealed. */
export const kafkaSource = pgTable(
  'kafka_source',
  {
    id: id(),
    projectId: projectId(),
    serviceId: uuid('service_id').notNull(),
    /** host:port of brokers that name the others. */
    brokers: text('brokers').array().notNull(),
    topic: text('topic').notNull(),
    format: text('format', { enum: kafkaFormats }).notNull(),
    /** Where a partition is begun of which nothing was read before. */
    startAt: text('start_at', { enum: kafkaStarts }).notNull(),
    /** KafkaAccess of domain/kafka-source.ts. */
    access: jsonb('access').notNull(),
    /** The password, sealed to the worker's key for this source and these brokers; null when nobody signs in. */
    sealedSecret: text('sealed_secret'),
    generation: integer('generation').notNull().default(1),
    createdAt: instant('created_at').notNull(),
    createdBy: uuid('created_by')
      .notNull()
      .references(() => principal.id),
    removedAt: instant('removed_at'),
    // Intent ends here.
    /** The worker that reads it, until then; on the database clock. */
    holder: text('holder'),
    leaseUntil: instant('lease_until'),
    state: text('state', { enum: ['new', 'reading', 'blocked'] })
      .notNull()
      .default('new'),
    /** Of a blocked one: a sentence. */
    why: text('why'),
    stateAt: instant('state_at'),
  },
  (table) => [
    unique('kafka_source_scope').on(table.projectId, table.id),
    uniqueIndex('kafka_source_topic').on(table.serviceId, table.topic).where(sql`removed_at is null`),
    foreignKey({
      columns: [table.projectId, table.serviceId],
      foreignColumns: [service.projectId, service.id],
    }),
  ],
);

/**
 * How far a partition was read for a service, advanced in the transaction that stores what was read. It outlives its
 * source, so that a topic that is added again goes on where it stood.
 */
export const kafkaOffset = pgTable(
  'kafka_offset',
  {
    projectId: projectId(),
    serviceId: uuid('service_id').notNull(),
    clusterId: text('cluster_id').notNull(),
    /** A topic that is made anew under its name has another id. */
    topicId: text('topic_id').notNull(),
    partition: integer('partition').notNull(),
    topic: text('topic').notNull(),
    /** The offset to read next. */
    next: bigint('next', { mode: 'bigint' }).notNull(),
    /** Where the log ended when it was last read. */
    logEnd: bigint('log_end', { mode: 'bigint' }).notNull(),
    /** Records that had ended before they were read; null: nobody knows how many. */
    gapRecords: bigint('gap_records', { mode: 'bigint' }),
    gapAt: instant('gap_at'),
    updatedAt: instant('updated_at').notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.serviceId, table.clusterId, table.topicId, table.partition] }),
    foreignKey({
      columns: [table.projectId, table.serviceId],
      foreignColumns: [service.projectId, service.id],
    }),
  ],
);
