import { and, asc, eq, isNull, sql } from 'drizzle-orm';
import type { Transaction } from '../../db/client.ts';
import { model, modelVersion, modelVersionFile } from '../../db/schema/models.ts';
import { type ArtefactFile, comparePaths, fileListText } from '../../domain/artefact-files.ts';
import { type DescribingField, registrationSchema, unlikeFields } from '../../domain/model-version.ts';
import { idSchema } from '../../domain/name.ts';
import { DomainError } from '../../domain/refusal.ts';
import type { AuditDraft } from '../audit/append.ts';
import { closeRetrainBy } from '../close-retrain.ts';
import { type CommandRun, command } from '../command.ts';
import { sha256 } from '../digest.ts';
import { newId } from '../id.ts';

const schema = registrationSchema.extend({ projectId: idSchema });
type Run = CommandRun<ReturnType<typeof schema.parse>>;

type Registered = {
  readonly modelId: string;
  readonly modelVersionId: string;
  readonly modelName: string;
  readonly number: number;
  readonly artefactDigest: string | null;
  readonly modelCreated: boolean;
  /** False when the same bytes with the same serving image were registered before: this is that version. */
  readonly created: boolean;
  /** What the call says otherwise than the version that was there; that stays as it was. */
  readonly notTaken: DescribingField[];
};
type Outcome = { result: Registered; audit: [AuditDraft, ...AuditDraft[]] | 'nothingWritten' };

/**
 * Registers the next version of a model and creates the model when there is none. The same artefact digest with the same
 * serving image is the same version: it is answered again, whoever registered it, and nothing is written.
 */
export const registerVersion = command(
  { permission: 'modelVersions.register', schema, project: (_tx, input) => input.projectId },
  async (run): Promise<Outcome> => {
    const { tx, input } = run;
    const artefactDigest = digestOfFiles(input.files ?? null, input.artefactDigest ?? null);
    const locked = await lockModel(run);
    const known = await knownVersion(tx, { modelId: locked.id, artefactDigest, image: input.servingImage });
    return known === null
      ? await insertVersion(run, { ...locked, artefactDigest })
      : await repeat(run, known);
  },
);

/** The digest that the list of files has; refuses another one. */
function digestOfFiles(files: readonly ArtefactFile[] | null, declared: string | null): string | null {
  if (files === null) return declared;
  const digest = sha256(fileListText(files));
  if (declared !== null && declared !== digest)
    throw new DomainError({
      code: 'invalidInput',
      message: `artefactDigest: the files have the digest ${digest}, not ${declared}.`,
      params: { field: 'artefactDigest', digest },
      fix: 'Send the list as "fairlead digest --files" prints it, or leave the digest out: it follows from the files.',
    });
  return digest;
}

type LockedModel = { readonly id: string; readonly number: number; readonly created: boolean };

/** Locks the model's row until the commit, so that registrations of one model come one after the other. */
async function lockModel({ tx, input, projectId, principal, now }: Run): Promise<LockedModel> {
  const { modelName: name } = input;
  const inserted = await tx
    .insert(model)
    .values({ id: newId(), projectId, name, createdAt: now, createdBy: principal.id })
    .onConflictDoNothing()
    .returning({ id: model.id });
  const rows = await tx
    .select({ id: model.id, number: model.nextNumber })
    .from(model)
    .where(and(eq(model.projectId, projectId), eq(model.name, name)))
    .for('update');
  const found = rows[0];
  if (found === undefined) throw new Error(`The model ${name} vanished.`);
  return { ...found, created: inserted.length > 0 };
}

type Known = typeof modelVersion.$inferSelect;

/** The first version of the model with these bytes and this image; one that was only found running is none. */
async function knownVersion(
  tx: Transaction,
  wanted: { modelId: string; artefactDigest: string | null; image: string | null | undefined },
): Promise<Known | null> {
  if (wanted.artefactDigest === null) return null;
  const rows = await tx
    .select()
    .from(modelVersion)
    .where(
      and(
        eq(modelVersion.modelId, wanted.modelId),
        eq(modelVersion.artefactDigest, wanted.artefactDigest),
        sql`${modelVersion.servingImage} is not distinct from ${wanted.image ?? null}`,
        isNull(modelVersion.adoptedImageDigest),
      ),
    )
    .orderBy(asc(modelVersion.number))
    .limit(1);
  return rows[0] ?? null;
}

async function insertVersion(
  run: Run,
  at: LockedModel & { readonly artefactDigest: string | null },
): Promise<Outcome> {
  const { tx, input, projectId, principal, now, ctx } = run;
  const {
    projectId: _project,
    modelName,
    lineage,
    modelCard,
    files,
    retrainId,
    artefactDigest: _said,
    ...rest
  } = input;
  const { id: modelId, number, artefactDigest } = at;
  const modelVersionId = newId();
  await tx
    .update(model)
    .set({ nextNumber: number + 1 })
    .where(eq(model.id, modelId));
  await tx.insert(modelVersion).values({
    ...rest,
    id: modelVersionId,
    projectId,
    modelId,
    number,
    artefactDigest,
    lineage,
    runId: lineage.runId ?? null,
    runLink: lineage.runLink ?? null,
    card: modelCard,
    createdAt: now,
    createdBy: principal.id,
  });
  await insertFiles(tx, { projectId, modelVersionId, files: files ?? [] });
  const name = `${modelName} ${number}`;
  const replaced = await closeRetrainBy(
    tx,
    {
      said: { retrainId: retrainId ?? null, tags: rest.tags, runId: lineage.runId ?? null },
      version: { id: modelVersionId, modelId, projectId, name },
    },
    { now, origin: ctx.origin },
  );
  const fileCount = files?.length ?? null;
  return {
    result: {
      modelId,
      modelVersionId,
      modelName,
      number,
      artefactDigest,
      modelCreated: at.created,
      created: true,
      notTaken: [],
    },
    audit: [
      {
        object: { kind: 'modelVersion', id: modelVersionId, name },
        sentence: `registered ${name}${at.created ? ' and with it the model' : ''}`,
        after: { modelName, number, artefactDigest, fileCount, lineage, ...rest },
        related: [{ kind: 'model', id: modelId }],
      },
      ...(replaced === null ? [] : [replaced]),
    ],
  };
}

/** Answers with the version that is there; a list of files that it lacks is added, because its digest is over just that. */
async function repeat({ tx, input, projectId }: Run, known: Known): Promise<Outcome> {
  const { id: modelVersionId, modelId, number, artefactDigest, card } = known;
  const files = input.files ?? [];
  const result = {
    modelId,
    modelVersionId,
    modelName: input.modelName,
    number,
    artefactDigest,
    modelCreated: false,
    created: false,
    notTaken: unlikeFields({ ...known, modelCard: card }, input),
  };
  const stored = await tx.$count(modelVersionFile, eq(modelVersionFile.modelVersionId, modelVersionId));
  if (files.length === 0 || stored > 0) return { result, audit: 'nothingWritten' };
  await insertFiles(tx, { projectId, modelVersionId, files });
  const name = `${input.modelName} ${number}`;
  return {
    result,
    audit: [
      {
        object: { kind: 'modelVersion', id: modelVersionId, name },
        sentence: `added the list of files that the digest of ${name} is over`,
        after: { fileCount: files.length },
        related: [{ kind: 'model', id: modelId }],
      },
    ],
  };
}

/** A statement takes at most 65,535 values. */
const filesPerStatement = 5_000;

async function insertFiles(
  tx: Transaction,
  { files, ...of }: { projectId: string; modelVersionId: string; files: readonly ArtefactFile[] },
): Promise<void> {
  const rows = files
    .toSorted((left, right) => comparePaths(left.path, right.path))
    .map((file, index) => ({ ...of, ...file, position: index + 1 }));
  for (let start = 0; start < rows.length; start += filesPerStatement)
    await tx.insert(modelVersionFile).values(rows.slice(start, start + filesPerStatement));
}
