import { v7 as uuidv7 } from 'uuid';
import { type Database, transaction } from '../../../db/client.ts';
import { DomainError } from '../../../domain/refusal.ts';
import type { WorkStatus } from '../../../domain/retrain/work-status.ts';
import { defaultClusterBehaviour, valueAt } from '../../../domain/sandbox.ts';
import type { Work, WorkPlace } from '../cluster.ts';
import type { StoredObject, WorkOfSandbox } from './stored-object.ts';
import { unreachable } from './unreachable.ts';
import { behavioursOf, lockSandbox, objectsOf, saveObject } from './world-store.ts';

type World = { readonly db: Database; readonly clusterId: string; readonly clock: () => Promise<Date> };

/** Belongs to no service: what trains is a request's. */
const nobody = '00000000-0000-0000-0000-000000000000';
const startsAfterMs = 2_000;
const endsAfterMs = 60_000;

/** A template with this annotation fails in the sandbox. */
const failing = 'sandbox.fairlead.dev/fails';

/** Follows from time alone, as everything in the sandbox does. */
function statusAt({ body, createdAt }: WorkOfSandbox, now: Date): WorkStatus {
  const ageMs = now.getTime() - createdAt.getTime();
  if (ageMs < startsAfterMs) return { phase: 'waiting', message: '' };
  if (ageMs < endsAfterMs) return { phase: 'running', message: '' };
  return body.fails
    ? { phase: 'failed', message: 'BackoffLimitExceeded: Job has reached the specified backoff limit' }
    : { phase: 'succeeded', message: '' };
}

function find(objects: readonly StoredObject[], { namespace, name }: Pick<WorkPlace, 'namespace' | 'name'>) {
  return objects.find(
    (object): object is WorkOfSandbox =>
      object.kind === 'work' && object.namespace === namespace && object.name === name,
  );
}

/** Trainings in the sandbox: each succeeds after a minute, or fails when its template says so. */
export function sandboxWork({ db, clusterId, clock }: World): Work {
  const refuseUnreachable = async (now: Date) => {
    const told = await behavioursOf(db, { clusterId, until: now, subjects: ['cluster'] });
    const { fault } = valueAt(told.cluster, now.getTime(), defaultClusterBehaviour);
    if (fault === 'unreachable') throw new DomainError(unreachable());
  };
  return {
    apply: async ({ metadata }, epoch) => {
      const now = await clock();
      await refuseUnreachable(now);
      await transaction(db, async (tx) => {
        await lockSandbox(tx, clusterId);
        if (find(await objectsOf(tx, clusterId), metadata) !== undefined) return;
        const { namespace, name, annotations = {} } = metadata;
        await saveObject(tx, {
          clusterId,
          namespace,
          name,
          epoch,
          kind: 'work',
          uid: uuidv7(),
          resourceVersion: 1,
          projectId: nobody,
          serviceId: nobody,
          body: { schema: 1, fails: annotations[failing] === 'true' },
          createdAt: now,
          updatedAt: now,
        });
      });
    },
    look: async (place) => {
      const now = await clock();
      await refuseUnreachable(now);
      const found = find(await objectsOf(db, clusterId), place);
      return found === undefined ? null : statusAt(found, now);
    },
  };
}
