import { and, desc, eq, gt, inArray, lte, or, sql } from 'drizzle-orm';
import type { Queries, Transaction } from '../../../db/client.ts';
import { sandboxCluster, sandboxFault, sandboxObject, sandboxSplit } from '../../../db/schema/sandbox.ts';
import type { Split } from '../../../domain/sandbox/pod.ts';
import { randomBits, randomKey } from '../../../domain/sandbox/random.ts';
import { behavioursFrom, type SandboxBehaviours } from '../../../domain/sandbox/stored-behaviour.ts';
import type { SandboxSubject } from '../../../domain/sandbox.ts';
import { type StoredObject, storedObject } from './stored-object.ts';

/** The seed that a sandbox has unless it was made with another one. */
function defaultSeed(clusterId: string): number {
  return randomBits(randomKey(clusterId), 0, 0) >>> 1;
}

/** Makes the sandbox's row when it has none; a second call changes nothing. */
export async function ensureSandbox(
  tx: Transaction,
  { clusterId, seed }: { clusterId: string; seed?: number },
): Promise<void> {
  await tx
    .insert(sandboxCluster)
    .values({ clusterId, seed: seed ?? defaultSeed(clusterId) })
    .onConflictDoNothing();
}

/** Lets one writer at a time into the sandbox, as etcd does, and tells its seed. */
export async function lockSandbox(tx: Transaction, clusterId: string): Promise<number> {
  await ensureSandbox(tx, { clusterId });
  const [row] = await tx
    .select({ seed: sandboxCluster.seed })
    .from(sandboxCluster)
    .where(eq(sandboxCluster.clusterId, clusterId))
    .for('update');
  return row?.seed ?? defaultSeed(clusterId);
}

/** Every object of the cluster, oldest first. */
export async function objectsOf(queries: Queries, clusterId: string): Promise<StoredObject[]> {
  const rows = await queries
    .select()
    .from(sandboxObject)
    .where(eq(sandboxObject.clusterId, clusterId))
    .orderBy(sandboxObject.createdAt, sandboxObject.name);
  return rows.map(storedObject);
}

const keyOf = (object: StoredObject) =>
  and(
    eq(sandboxObject.clusterId, object.clusterId),
    eq(sandboxObject.namespace, object.namespace),
    eq(sandboxObject.kind, object.kind),
    eq(sandboxObject.name, object.name),
  );

/** Creates the object or replaces what is stored under its name. */
export async function saveObject(tx: Transaction, object: StoredObject): Promise<void> {
  const { uid, resourceVersion, epoch, projectId, serviceId, body, createdAt, updatedAt } = object;
  await tx
    .insert(sandboxObject)
    .values(object)
    .onConflictDoUpdate({
      target: [sandboxObject.clusterId, sandboxObject.namespace, sandboxObject.kind, sandboxObject.name],
      set: { uid, resourceVersion, epoch, projectId, serviceId, body, createdAt, updatedAt },
    });
}

/** Removes the object. */
export async function removeObject(tx: Transaction, object: StoredObject): Promise<void> {
  await tx.delete(sandboxObject).where(keyOf(object));
}

type SplitRow = { clusterId: string; serviceId: string; at: Date; split: Omit<Split, 'schema'> };

/** The instant of the last row that says something of the same kind. */
async function lastSplitAt(tx: Transaction, { clusterId, serviceId, split }: SplitRow): Promise<number> {
  const [last] = await tx
    .select({ fromAt: sandboxSplit.fromAt })
    .from(sandboxSplit)
    .where(
      and(
        eq(sandboxSplit.clusterId, clusterId),
        eq(sandboxSplit.serviceId, serviceId),
        or(...Object.keys(split).map((key) => sql`jsonb_exists(${sandboxSplit.split}, ${key})`)),
      ),
    )
    .orderBy(desc(sandboxSplit.fromAt))
    .limit(1);
  return last?.fromAt.getTime() ?? 0;
}

/**
 * Adds to a service's history; two changes of one instant become one row. A writer that read the clock before another
 * one but came later to the lock writes at the other's instant, or the last row would not be the last word.
 */
export async function recordSplit(tx: Transaction, row: SplitRow): Promise<void> {
  const { clusterId, serviceId, at, split } = row;
  const fromAt = new Date(Math.max(at.getTime(), await lastSplitAt(tx, row)));
  await tx
    .insert(sandboxSplit)
    .values({ clusterId, serviceId, fromAt, split: { schema: 1, ...split } satisfies Split })
    .onConflictDoUpdate({
      target: [sandboxSplit.clusterId, sandboxSplit.serviceId, sandboxSplit.fromAt],
      set: { split: sql`${sandboxSplit.split} || excluded.split` },
    });
}

/** Takes back weights that were to come into force after an instant. */
export async function dropComingWeights(
  tx: Transaction,
  of: { clusterId: string; serviceId: string; at: Date },
): Promise<void> {
  await tx
    .update(sandboxSplit)
    .set({ split: sql`${sandboxSplit.split} - 'weights'` })
    .where(
      and(
        eq(sandboxSplit.clusterId, of.clusterId),
        eq(sandboxSplit.serviceId, of.serviceId),
        gt(sandboxSplit.fromAt, of.at),
      ),
    );
}

/** What subjects were told until an instant; all of the cluster's when none is named. */
export async function behavioursOf(
  queries: Queries,
  of: { clusterId: string; until: Date; subjects?: readonly SandboxSubject[] },
): Promise<SandboxBehaviours> {
  const rows = await queries
    .select()
    .from(sandboxFault)
    .where(
      and(
        eq(sandboxFault.clusterId, of.clusterId),
        lte(sandboxFault.fromAt, of.until),
        of.subjects === undefined ? undefined : inArray(sandboxFault.subject, [...of.subjects]),
      ),
    );
  return behavioursFrom(rows);
}

/** Stores a subject's whole behaviour from an instant on. */
export async function recordBehaviour(
  tx: Transaction,
  row: { clusterId: string; subject: SandboxSubject; at: Date; behaviour: object },
): Promise<void> {
  const behaviour = { schema: 1, ...row.behaviour };
  await tx
    .insert(sandboxFault)
    .values({ clusterId: row.clusterId, subject: row.subject, fromAt: row.at, behaviour })
    .onConflictDoUpdate({
      target: [sandboxFault.clusterId, sandboxFault.subject, sandboxFault.fromAt],
      set: { behaviour },
    });
}
