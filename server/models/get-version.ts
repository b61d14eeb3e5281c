import { and, desc, eq, isNull } from 'drizzle-orm';
import * as z from 'zod';
import type { Queries } from '../../db/client.ts';
import { environment } from '../../db/schema/environments.ts';
import { model, modelVersion, modelVersionFile } from '../../db/schema/models.ts';
import { promotion } from '../../db/schema/promotions.ts';
import { roleInterval, service, serviceRevision } from '../../db/schema/services.ts';
import { lineageSchema, metricsSchema, tagsSchema } from '../../domain/model-version.ts';
import { idSchema } from '../../domain/name.ts';
import { query } from '../query.ts';
import { isAdopted } from '../rows/adopted-version.ts';
import { evidenceItems } from '../rows/evidence-items.ts';
import { principalRefs } from '../rows/principal-refs.ts';
import { onlyRow, rowProject } from '../rows/row-project.ts';
import { type Viewer, viewerRefusal } from '../rows/viewer-refusal.ts';
import { digestRefusal } from './digest-refusal.ts';

const byNumber = z.object({ projectId: idSchema, modelName: z.string().max(256), number: z.int().min(1) });
const getSchema = z.union([z.object({ modelVersionId: idSchema }), byNumber]);
type Wanted = z.output<typeof getSchema>;

/** One version with its evidence, where it runs and what was asked for it. */
export const getVersion = query(
  {
    permission: 'modelVersions.get',
    schema: getSchema,
    project: (db, input) =>
      'modelVersionId' in input ? rowProject(db, modelVersion, input.modelVersionId) : input.projectId,
  },
  async ({ db, input, projectId, principal }) => {
    const { version, named, adopted } = await loadVersion(db, input, projectId);
    const [evidence, runs, promotions, by, fileCount] = await Promise.all([
      evidenceItems(db, version.id),
      runsOf(db, version.id),
      promotionsOf(db, version.id),
      principalRefs(db, [version.createdBy]),
      db.$count(modelVersionFile, eq(modelVersionFile.modelVersionId, version.id)),
    ]);
    return {
      id: version.id,
      projectId,
      modelId: named.id,
      modelName: named.name,
      number: version.number,
      latestNumber: named.nextNumber - 1,
      sourceUri: version.sourceUri,
      artefactDigest: version.artefactDigest,
      /** 0 when the digest is not over a list of files. */
      fileCount,
      servingImage: version.servingImage,
      adopted,
      adoptedImageDigest: version.adoptedImageDigest,
      framework: version.framework,
      metrics: metricsSchema.parse(version.metrics),
      lineage: lineageSchema.parse(version.lineage),
      tags: tagsSchema.parse(version.tags),
      card: version.card,
      status: version.status,
      statusMessage: version.statusMessage,
      createdAt: version.createdAt,
      createdBy: by(version.createdBy),
      evidence,
      runs,
      promotions,
      refusals: refusalsOf({ principal, projectId }, version.artefactDigest),
    };
  },
);

async function loadVersion(db: Queries, wanted: Wanted, projectId: string) {
  const which =
    'modelVersionId' in wanted
      ? eq(modelVersion.id, wanted.modelVersionId)
      : and(eq(model.name, wanted.modelName.normalize('NFC')), eq(modelVersion.number, wanted.number));
  return onlyRow(
    await db
      .select({ version: modelVersion, named: model, adopted: isAdopted })
      .from(modelVersion)
      .innerJoin(model, eq(model.id, modelVersion.modelId))
      .where(and(eq(model.projectId, projectId), which)),
  );
}

/** Revisions that run the version, newest first; at most 100. */
async function runsOf(db: Queries, modelVersionId: string) {
  return await db
    .select({
      revisionId: serviceRevision.id,
      revisionNumber: serviceRevision.number,
      serviceId: service.id,
      serviceName: service.name,
      environmentName: environment.name,
      production: environment.production,
      role: roleInterval.role,
      createdAt: serviceRevision.createdAt,
    })
    .from(serviceRevision)
    .innerJoin(service, eq(service.id, serviceRevision.serviceId))
    .innerJoin(environment, eq(environment.id, service.environmentId))
    .leftJoin(
      roleInterval,
      and(
        eq(roleInterval.serviceId, service.id),
        eq(roleInterval.revisionId, serviceRevision.id),
        isNull(roleInterval.toAt),
      ),
    )
    .where(eq(serviceRevision.modelVersionId, modelVersionId))
    .orderBy(desc(serviceRevision.id))
    .limit(100);
}

/** Requests for the version, newest first; at most 20. */
async function promotionsOf(db: Queries, modelVersionId: string) {
  return await db
    .select({
      id: promotion.id,
      serviceName: service.name,
      environmentName: environment.name,
      state: promotion.state,
      requestedAt: promotion.requestedAt,
    })
    .from(promotion)
    .innerJoin(serviceRevision, eq(serviceRevision.id, promotion.toRevisionId))
    .innerJoin(service, eq(service.id, promotion.serviceId))
    .innerJoin(environment, eq(environment.id, service.environmentId))
    .where(eq(serviceRevision.modelVersionId, modelVersionId))
    .orderBy(desc(promotion.requestedAt))
    .limit(20);
}

function refusalsOf(viewer: Viewer, artefactDigest: string | null) {
  return {
    setDigest: viewerRefusal(viewer, 'modelVersions.setDigest') ?? digestRefusal(artefactDigest),
    setTags: viewerRefusal(viewer, 'modelVersions.setTags'),
    setCard: viewerRefusal(viewer, 'modelVersions.setCard'),
    attachEvidence: viewerRefusal(viewer, 'evidence.attach'),
    requestPromotion: viewerRefusal(viewer, 'promotions.request'),
  };
}
