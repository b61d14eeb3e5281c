import { and, desc, eq, isNull, like, or } from 'drizzle-orm';
import type { Transaction } from '../db/client.ts';
import { model, modelVersion } from '../db/schema/models.ts';
import { roleInterval, service, serviceRevision } from '../db/schema/services.ts';
import { imageByDigestSchema } from '../domain/digest.ts';
import type { RunningImage } from '../domain/running-image.ts';
import type { ServiceSpec } from '../domain/service-spec.ts';
import type { AuditDraft } from './audit/append.ts';
import { newId } from './id.ts';
import { specDigestOf } from './rows/revision-record.ts';
import { onlyRow } from './rows/row-project.ts';

export type Adopted = {
  readonly projectId: string;
  readonly serviceId: string;
  readonly serviceName: string;
  readonly modelId: string;
  readonly number: number;
  readonly spec: ServiceSpec;
  readonly image: RunningImage;
  /** Who found it: the person that ticked it, or the system. */
  readonly by: string;
  readonly now: Date;
};

type Version = { readonly id: string; readonly name: string; readonly known: boolean };

/** The model's version that runs this image: one that somebody registered, one found before, or a new one marked as adopted. */
async function versionOf(tx: Transaction, adopted: Adopted): Promise<Version> {
  const { projectId, modelId, image, by, now } = adopted;
  const { digest } = image;
  const of = onlyRow(await tx.select().from(model).where(eq(model.id, modelId)).for('update'));
  const known = await tx
    .select({ id: modelVersion.id, number: modelVersion.number })
    .from(modelVersion)
    .where(
      and(
        eq(modelVersion.modelId, modelId),
        or(eq(modelVersion.adoptedImageDigest, digest), like(modelVersion.servingImage, `%@${digest}`)),
      ),
    )
    .orderBy(desc(modelVersion.number))
    .limit(1);
  if (known[0] !== undefined) return { id: known[0].id, name: `${of.name} ${known[0].number}`, known: true };
  const id = newId();
  const reference = imageByDigestSchema.safeParse(image.reference).data ?? null;
  await tx.insert(modelVersion).values({
    id,
    projectId,
    modelId,
    number: of.nextNumber,
    sourceUri: `oci:${reference ?? digest}`,
    adoptedImageDigest: digest,
    servingImage: reference,
    metrics: {},
    lineage: {},
    tags: {},
    createdAt: now,
    createdBy: by,
  });
  await tx
    .update(model)
    .set({ nextNumber: of.nextNumber + 1 })
    .where(eq(model.id, modelId));
  return { id, name: `${of.name} ${of.nextNumber}`, known: false };
}

async function becomeStable(tx: Transaction, adopted: Adopted, revisionId: string): Promise<void> {
  const { projectId, serviceId, number, now } = adopted;
  await tx
    .update(service)
    .set({ stableRevisionId: revisionId, nextRevisionNumber: number + 1 })
    .where(eq(service.id, serviceId));
  await tx
    .update(roleInterval)
    .set({ toAt: now })
    .where(and(eq(roleInterval.serviceId, serviceId), isNull(roleInterval.toAt)));
  await tx.insert(roleInterval).values({
    id: newId(),
    projectId,
    serviceId,
    revisionId,
    role: 'stable',
    fromAt: now,
    effectiveAt: now,
  });
}

/**
 * Writes down what was found running as the next revision of a watched service, stable from now; the version is the
 * model's own one of that image, or a new one that counts as adopted and not approved. The caller has locked the service.
 */
export async function recordAdopted(tx: Transaction, adopted: Adopted): Promise<AuditDraft> {
  const { projectId, serviceId, serviceName, number, spec, image, by, now } = adopted;
  const version = await versionOf(tx, adopted);
  const revisionId = newId();
  await tx.insert(serviceRevision).values({
    id: revisionId,
    projectId,
    serviceId,
    number,
    modelVersionId: version.id,
    spec,
    specDigest: specDigestOf(version.id, spec),
    imageDigest: image.digest,
    createdAt: now,
    createdBy: by,
  });
  await becomeStable(tx, adopted, revisionId);
  const how = version.known ? 'a version of the model that was known' : 'adopted, not approved';
  return {
    object: { kind: 'service', id: serviceId, name: serviceName },
    sentence: `found ${image.digest} running on ${serviceName}: revision ${number} with ${version.name} (${how})`,
    after: { revisionNumber: number, imageDigest: image.digest, modelVersionId: version.id },
    related: [
      { kind: 'serviceRevision', id: revisionId },
      { kind: 'modelVersion', id: version.id },
      { kind: 'model', id: adopted.modelId },
    ],
  };
}
