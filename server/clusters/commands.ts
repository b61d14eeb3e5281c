import { eq } from 'drizzle-orm';
import * as z from 'zod';
import type { Transaction } from '../../db/client.ts';
import { cluster, clusterLease } from '../../db/schema/environments.ts';
import { sandboxCluster } from '../../db/schema/sandbox.ts';
import { dnsLabelSchema, idSchema } from '../../domain/name.ts';
import { namespacesSchema } from '../../domain/namespace-access.ts';
import { DomainError } from '../../domain/refusal.ts';
import { command } from '../command.ts';
import { newId } from '../id.ts';
import { lockedCluster } from './cluster-row.ts';
import { auditedConnection, connectionSchema, storedConnection } from './connection.ts';

/** Registers a cluster; the token is sealed for the worker before it is stored. */
export const createCluster = command(
  {
    permission: 'clusters.create',
    schema: z.object({
      name: dnsLabelSchema,
      connection: connectionSchema,
      namespaces: namespacesSchema.default([]),
    }),
    project: 'instance',
  },
  async ({ tx, input, now, ctx }) => {
    await refuseTakenName(tx, input.name, null);
    const id = newId();
    await tx.insert(cluster).values({
      id,
      name: input.name,
      kind: 'kubernetes',
      createdAt: now,
      namespaces: input.namespaces,
      ...storedConnection(input.connection, id, ctx.workerPublicKey),
    });
    await tx.insert(clusterLease).values({ clusterId: id, epoch: 0, leaseUntil: new Date(0) });
    const after = {
      name: input.name,
      ...auditedConnection(input.connection),
      namespaces: input.namespaces,
    };
    return {
      result: { id },
      audit: [
        {
          object: { kind: 'cluster', id, name: input.name },
          sentence: `registered the cluster ${input.name}`,
          after,
        },
      ],
    };
  },
);

/** Adds a sandbox: an executable model of a cluster, labelled as such wherever it shows, for trying things out. */
export const createSandboxCluster = command(
  { permission: 'clusters.createSandbox', schema: z.object({ name: dnsLabelSchema }), project: 'instance' },
  async ({ tx, input, now }) => {
    await refuseTakenName(tx, input.name, null);
    const id = newId();
    await tx
      .insert(cluster)
      .values({ id, name: input.name, kind: 'sandbox', credential: 'none', createdAt: now });
    await tx.insert(clusterLease).values({ clusterId: id, epoch: 0, leaseUntil: new Date(0) });
    await tx.insert(sandboxCluster).values({ clusterId: id, seed: 1 });
    return {
      result: { id },
      audit: [
        {
          object: { kind: 'cluster', id, name: input.name },
          sentence: `added the sandbox cluster ${input.name}`,
          after: { name: input.name, kind: 'sandbox' },
        },
      ],
    };
  },
);

/** Replaces how a cluster is reached; a new address never gets the old token. */
export const updateCluster = command(
  {
    permission: 'clusters.update',
    schema: z.object({ clusterId: idSchema, name: dnsLabelSchema, connection: connectionSchema }),
    project: 'instance',
  },
  async ({ tx, input, ctx }) => {
    const found = await lockedCluster(tx, input.clusterId);
    if (found.kind === 'sandbox')
      throw new DomainError({
        code: 'wrongState',
        message: 'The sandbox cluster has no connection to change.',
      });
    await refuseTakenName(tx, input.name, found.id);
    await tx
      .update(cluster)
      .set({
        name: input.name,
        generation: found.generation + 1,
        ...storedConnection(input.connection, found.id, ctx.workerPublicKey),
      })
      .where(eq(cluster.id, found.id));
    const before = { name: found.name, credential: found.credential, serverUrl: found.serverUrl };
    const after = { name: input.name, ...auditedConnection(input.connection) };
    return {
      result: null,
      audit: [
        {
          object: { kind: 'cluster', id: found.id, name: input.name },
          sentence: `changed the connection of ${input.name}`,
          before,
          after,
        },
      ],
    };
  },
);

/** Says which namespaces the token was made for, and whether each is only watched: what the check list asks about. */
export const setNamespaces = command(
  {
    permission: 'clusters.setNamespaces',
    schema: z.object({ clusterId: idSchema, namespaces: namespacesSchema }),
    project: 'instance',
  },
  async ({ tx, input }) => {
    const found = await lockedCluster(tx, input.clusterId);
    await tx.update(cluster).set({ namespaces: input.namespaces }).where(eq(cluster.id, found.id));
    return {
      result: null,
      audit: [
        {
          object: { kind: 'cluster', id: found.id, name: found.name },
          sentence: `chose the namespaces of ${found.name}`,
          before: { namespaces: found.namespaces },
          after: { namespaces: input.namespaces },
        },
      ],
    };
  },
);

async function refuseTakenName(tx: Transaction, name: string, except: string | null): Promise<void> {
  const rows = await tx.select({ id: cluster.id }).from(cluster).where(eq(cluster.name, name));
  if (rows.some((row) => row.id !== except))
    throw new DomainError({ code: 'nameTaken', message: `There is a cluster "${name}" already.` });
}
