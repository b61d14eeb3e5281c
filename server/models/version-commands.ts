import { eq } from 'drizzle-orm';
import * as z from 'zod';
import type { Transaction } from '../../db/client.ts';
import { evidence, model, modelVersion } from '../../db/schema/models.ts';
import { sha256Schema } from '../../domain/digest.ts';
import { evaluationReportSchema, reportVerdict } from '../../domain/evidence-report.ts';
import { modelCardSchema, tagsSchema } from '../../domain/model-version.ts';
import { idSchema } from '../../domain/name.ts';
import { refuse } from '../../domain/refusal.ts';
import { command } from '../command.ts';
import { digestOf } from '../digest.ts';
import { newId } from '../id.ts';
import { onlyRow, rowProject } from '../rows/row-project.ts';
import { digestRefusal } from './digest-refusal.ts';

const ofVersion = z.object({ modelVersionId: idSchema });
const project = (tx: Transaction, input: { modelVersionId: string }) =>
  rowProject(tx, modelVersion, input.modelVersionId);

/** Sets the artefact digest, once. */
export const setDigest = command(
  {
    permission: 'modelVersions.setDigest',
    schema: ofVersion.extend({ artefactDigest: sha256Schema }),
    project,
  },
  async ({ tx, input }) => {
    const { version, name } = await lockVersion(tx, input.modelVersionId);
    refuse(digestRefusal(version.artefactDigest));
    const { artefactDigest } = input;
    await tx.update(modelVersion).set({ artefactDigest }).where(eq(modelVersion.id, version.id));
    return {
      result: { modelVersionId: version.id },
      audit: [
        {
          object: { kind: 'modelVersion', id: version.id, name },
          sentence: `set the artefact digest of ${name}`,
          before: { artefactDigest: null },
          after: { artefactDigest },
          related: [{ kind: 'model', id: version.modelId }],
        },
      ],
    };
  },
);

/** Replaces all tags. */
export const setTags = command(
  { permission: 'modelVersions.setTags', schema: ofVersion.extend({ tags: tagsSchema }), project },
  async ({ tx, input }) => {
    const { version, name } = await lockVersion(tx, input.modelVersionId);
    await tx.update(modelVersion).set({ tags: input.tags }).where(eq(modelVersion.id, version.id));
    return {
      result: { modelVersionId: version.id },
      audit: [
        {
          object: { kind: 'modelVersion', id: version.id, name },
          sentence: `changed the tags of ${name}`,
          before: { tags: version.tags },
          after: { tags: input.tags },
          related: [{ kind: 'model', id: version.modelId }],
        },
      ],
    };
  },
);

/** Replaces the model card. */
export const setCard = command(
  { permission: 'modelVersions.setCard', schema: ofVersion.extend({ card: modelCardSchema }), project },
  async ({ tx, input }) => {
    const { version, name } = await lockVersion(tx, input.modelVersionId);
    await tx.update(modelVersion).set({ card: input.card }).where(eq(modelVersion.id, version.id));
    return {
      result: { modelVersionId: version.id },
      audit: [
        {
          object: { kind: 'modelVersion', id: version.id, name },
          sentence: `changed the model card of ${name}`,
          before: { card: version.card },
          after: { card: input.card },
          related: [{ kind: 'model', id: version.modelId }],
        },
      ],
    };
  },
);

/** Attaches a report for good; its verdict follows from its own thresholds. */
export const attachEvidence = command(
  {
    permission: 'evidence.attach',
    schema: ofVersion.extend({ report: evaluationReportSchema }),
    project,
  },
  async ({ tx, input, projectId, principal, now }) => {
    const { version, name } = await lockVersion(tx, input.modelVersionId);
    const { report } = input;
    const [evidenceId, verdict, digest] = [newId(), reportVerdict(report), digestOf(report)];
    await tx.insert(evidence).values({
      id: evidenceId,
      projectId,
      modelVersionId: version.id,
      kind: 'evaluation',
      report,
      verdict,
      digest,
      createdAt: now,
      createdBy: principal.id,
    });
    return {
      result: { evidenceId, verdict, digest },
      audit: [
        {
          object: { kind: 'evidence', id: evidenceId, name: report.name },
          sentence: `attached the report "${report.name}" to ${name}: ${verdictWords[verdict]}`,
          after: { verdict, digest, report },
          related: [
            { kind: 'modelVersion', id: version.id },
            { kind: 'model', id: version.modelId },
          ],
        },
      ],
    };
  },
);

const verdictWords = {
  passed: 'every threshold was kept',
  failed: 'a threshold was not kept',
  noThreshold: 'it has no thresholds',
} as const;

/** Locks the version so that two callers cannot both set its digest. */
async function lockVersion(tx: Transaction, id: string) {
  const version = onlyRow(await tx.select().from(modelVersion).where(eq(modelVersion.id, id)).for('update'));
  const named = onlyRow(
    await tx.select({ name: model.name }).from(model).where(eq(model.id, version.modelId)),
  );
  return { version, name: `${named.name} ${version.number}` };
}
