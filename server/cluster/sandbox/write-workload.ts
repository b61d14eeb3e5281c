import type { Transaction } from '../../../db/client.ts';
import { DomainError } from '../../../domain/refusal.ts';
import { defaultModelVersionBehaviour, valueAt } from '../../../domain/sandbox.ts';
import type { DesiredRevision } from '../../../domain/serving.ts';
import { revisionName } from '../manifests.ts';
import { admissionProblems } from './admission.ts';
import { podsFor } from './placement.ts';
import { type Context, find, put } from './put.ts';
import { checkPrecondition } from './seen-versions.ts';
import type { Workload } from './stored-object.ts';
import { removeObject } from './world-store.ts';

/** Creates or changes the workload of a revision and its pods; the caller settles the pods. */
export async function applyRevision(tx: Transaction, desired: DesiredRevision, { world, write }: Context) {
  const name = revisionName(write.scope, desired.number);
  const { namespace } = write.scope;
  const [problem] = admissionProblems(desired);
  if (problem !== undefined)
    throw new DomainError({
      code: 'dryRunRefused',
      message: `The cluster refused Deployment "${name}": ${problem}.`,
      params: { object: `Deployment/${name}` },
      fix: 'Correct the pod template and make a new revision.',
    });
  const key = { namespace, kind: 'workload', name } as const;
  const before = find(world.objects, key);
  checkPrecondition(key, before, write);
  // As it will be read back, so that an unchanged apply is seen to change nothing.
  const revision: Workload['revision'] = JSON.parse(JSON.stringify(desired));
  const told = world.behaviours.modelVersions.get(desired.modelVersionId) ?? [];
  const behaviour = valueAt(told, write.at.getTime(), defaultModelVersionBehaviour);
  const present = before?.kind === 'workload' ? before.body : undefined;
  const atMs = write.at.getTime();
  const { scope } = write;
  const pods = podsFor({
    seed: world.seed,
    namespace,
    name,
    scope,
    revision,
    behaviour,
    before: present,
    atMs,
  });
  const body = { schema: 1 as const, generation: write.fence.generation, revision, pods };
  await put(tx, { name, before, write }, { kind: 'workload', body });
}

/** Deletes the workload of a revision with its pods; a missing one is fine. */
export async function deleteRevision(
  tx: Transaction,
  number: number,
  { world, write }: Context,
): Promise<void> {
  const key = {
    namespace: write.scope.namespace,
    kind: 'workload',
    name: revisionName(write.scope, number),
  } as const;
  const before = find(world.objects, key);
  if (before !== undefined) {
    checkPrecondition(key, before, write);
    await removeObject(tx, before);
  }
  write.seen.forget(key);
}
