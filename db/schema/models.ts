import {
  bigint,
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

export const model = pgTable(
  'model',
  {
    id: id(),
    projectId: projectId().references(() => project.id),
    name: text('name').notNull(),
    description: text('description').notNull().default(''),
    /** Next version number; never reused. */
    nextNumber: integer('next_number').notNull().default(1),
    createdAt: instant('created_at').notNull(),
    createdBy: uuid('created_by')
      .notNull()
      .references(() => principal.id),
  },
  (table) => [
    unique('model_name').on(table.projectId, table.name),
    unique('model_scope').on(table.projectId, table.id),
  ],
);

/** Immutable but for tags and card; the artefact digest is set once. */
export const modelVersion = pgTable(
  'model_version',
  {
    id: id(),
    projectId: projectId(),
    modelId: uuid('model_id').notNull(),
    number: integer('number').notNull(),
    sourceUri: text('source_uri').notNull(),
    artefactDigest: text('artefact_digest'),
    /** Digest of the image that was found running; null for a version that somebody registered. */
    adoptedImageDigest: text('adopted_image_digest'),
    servingImage: text('serving_image'),
    framework: text('framework'),
    metrics: jsonb('metrics').notNull(),
    lineage: jsonb('lineage').notNull(),
    runId: text('run_id'),
    runLink: text('run_link'),
    status: text('status').notNull().default('READY'),
    statusMessage: text('status_message'),
    signature: jsonb('signature'),
    tags: jsonb('tags').notNull(),
    card: text('card').notNull().default(''),
    createdAt: instant('created_at').notNull(),
    createdBy: uuid('created_by')
      .notNull()
      .references(() => principal.id),
  },
  (table) => [
    unique('model_version_number').on(table.modelId, table.number),
    unique('model_version_scope').on(table.projectId, table.id),
    unique('model_version_adopted').on(table.modelId, table.adoptedImageDigest),
    foreignKey({ columns: [table.projectId, table.modelId], foreignColumns: [model.projectId, model.id] }),
    index('model_version_created').on(table.projectId, table.createdAt),
    index('model_version_digest').on(table.modelId, table.artefactDigest),
  ],
);

/** The files that a folder's digest is over, in the order of the digest; immutable like the digest. */
export const modelVersionFile = pgTable(
  'model_version_file',
  {
    projectId: projectId(),
    modelVersionId: uuid('model_version_id').notNull(),
    position: integer('position').notNull(),
    path: text('path').notNull(),
    size: bigint('size', { mode: 'number' }).notNull(),
    sha256: text('sha256').notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.modelVersionId, table.position] }),
    foreignKey({
      columns: [table.projectId, table.modelVersionId],
      foreignColumns: [modelVersion.projectId, modelVersion.id],
    }),
  ],
);

/** Immutable; digest over the canonical JSON of the report. */
export const evidence = pgTable(
  'evidence',
  {
    id: id(),
    projectId: projectId(),
    modelVersionId: uuid('model_version_id').notNull(),
    kind: text('kind', { enum: ['evaluation'] }).notNull(),
    report: jsonb('report').notNull(),
    verdict: text('verdict', { enum: ['passed', 'failed', 'noThreshold'] }).notNull(),
    digest: text('digest').notNull(),
    createdAt: instant('created_at').notNull(),
    createdBy: uuid('created_by')
      .notNull()
      .references(() => principal.id),
  },
  (table) => [
    foreignKey({
      columns: [table.projectId, table.modelVersionId],
      foreignColumns: [modelVersion.projectId, modelVersion.id],
    }),
    index('evidence_version').on(table.modelVersionId),
  ],
);
