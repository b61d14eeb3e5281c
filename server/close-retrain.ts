import { and, eq } from 'drizzle-orm';
import type { Transaction } from '../db/client.ts';
import { retrainRequest } from '../db/schema/retrains.ts';
import { idSchema } from '../domain/name.ts';
import { DomainError } from '../domain/refusal.ts';
import { isLiving } from '../domain/retrain/request.ts';
import type { AuditDraft } from './audit/append.ts';
import { moveRetrain, retrainName, retrainObject } from './move-retrain.ts';
import type { When } from './notice.ts';

/** What a registration says of where the version came from. */
type Said = {
  readonly retrainId: string | null;
  readonly tags: Readonly<Record<string, string>>;
  readonly runId: string | null;
};
type Version = {
  readonly id: string;
  readonly modelId: string;
  readonly projectId: string;
  readonly name: string;
};

/**
 * Closes the request that the registered version came of: named by the field `retrainId`, a tag of that name, or the run id
 * that its training was given. A field that names no such request is refused; a tag or a run id may be somebody else's.
 */
export async function closeRetrainBy(
  tx: Transaction,
  { said, version }: { said: Said; version: Version },
  when: When,
): Promise<AuditDraft | null> {
  const named = [said.retrainId, said.tags.retrainId, said.runId].find(
    (text) => idSchema.safeParse(text).success,
  );
  const row = named == null ? null : await requestOf(tx, named, version);
  if (row === null) {
    if (said.retrainId === null) return null;
    throw new DomainError({
      code: 'invalidInput',
      message: 'retrainId: This project has no request for a retraining of this model with that id.',
      params: { field: 'retrainId' },
      fix: 'Give the id that the training was started with, or leave it out.',
    });
  }
  if (!isLiving(row.state)) return null;
  if (!(await moveRetrain(tx, row, { state: 'replaced', newVersionId: version.id, ...when }))) return null;
  return {
    ...retrainObject(row),
    sentence: `registered ${version.name}, which came of the retraining of ${retrainName(row)}`,
    before: { state: row.state },
    after: { state: 'replaced', newVersionId: version.id },
    action: 'retrains.close',
  };
}

async function requestOf(tx: Transaction, id: string, { projectId, modelId }: Version) {
  const [row] = await tx
    .select()
    .from(retrainRequest)
    .where(
      and(
        eq(retrainRequest.id, id),
        eq(retrainRequest.projectId, projectId),
        eq(retrainRequest.modelId, modelId),
      ),
    )
    .for('update');
  return row ?? null;
}
