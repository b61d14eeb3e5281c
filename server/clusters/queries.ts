import { asc, eq } from 'drizzle-orm';
import * as z from 'zod';
import { cluster, clusterLease, instance, namespaceClaim } from '../../db/schema/environments.ts';
import { type ClusterFindings, clusterFindingsSchema } from '../../domain/cluster-check.ts';
import { idSchema } from '../../domain/name.ts';
import { namespacesSchema } from '../../domain/namespace-access.ts';
import { DomainError } from '../../domain/refusal.ts';
import { blockerSchema } from '../../domain/refusal-schema.ts';
import { askWorker } from '../cluster-request.ts';
import { newId } from '../id.ts';
import { query } from '../query.ts';
import { connectionSchema, sealedConnection } from './connection.ts';

/** Never the credential. */
const shown = {
  id: cluster.id,
  name: cluster.name,
  kind: cluster.kind,
  credential: cluster.credential,
  serverUrl: cluster.serverUrl,
  capabilities: cluster.capabilities,
  probedAt: cluster.probedAt,
  namespaces: cluster.namespaces,
  tokenExpiresAt: cluster.tokenExpiresAt,
  tokenProblem: cluster.tokenProblem,
  uid: cluster.uid,
  replacedByUid: cluster.replacedByUid,
  leaseHolder: clusterLease.holder,
  leaseUntil: clusterLease.leaseUntil,
};

type Shown = { capabilities: unknown; namespaces: unknown; tokenProblem: unknown };

function read<Row extends Shown>({ capabilities, namespaces, tokenProblem, ...row }: Row) {
  const findings = clusterFindingsSchema.safeParse(capabilities);
  return {
    ...row,
    /** Of the last look; null before the first one, and when it was taken by an older version. */
    findings: findings.success ? findings.data : null,
    namespaces: namespacesSchema.parse(namespaces),
    tokenProblem: blockerSchema.nullable().parse(tokenProblem),
  };
}

/** Clusters with their last look; credentials are never among what is read. */
export const listClusters = query(
  { permission: 'clusters.list', schema: z.void(), project: 'instance' },
  async ({ db }) => {
    const rows = await db
      .select(shown)
      .from(cluster)
      .leftJoin(clusterLease, eq(clusterLease.clusterId, cluster.id))
      .orderBy(asc(cluster.name))
      .limit(500);
    return rows.map(read);
  },
);

/** One cluster with the check list of the last look, and who manages which of its namespaces. */
export const getCluster = query(
  { permission: 'clusters.get', schema: z.object({ clusterId: idSchema }), project: 'instance' },
  async ({ db, input }) => {
    const rows = await db
      .select(shown)
      .from(cluster)
      .leftJoin(clusterLease, eq(clusterLease.clusterId, cluster.id))
      .where(eq(cluster.id, input.clusterId));
    const found = rows[0];
    if (found === undefined) throw unknownCluster();
    const own = await db.select({ id: instance.id }).from(instance);
    const claims = await db
      .select()
      .from(namespaceClaim)
      .where(eq(namespaceClaim.clusterId, found.id))
      .orderBy(asc(namespaceClaim.namespace));
    return {
      ...read(found),
      claims: claims.map(({ namespace, wanted, takeFrom, holder, renewedAt }) => ({
        namespace,
        wanted,
        isBeingTaken: takeFrom !== null,
        isOurs: holder !== null && holder === own[0]?.id,
        holder,
        renewedAt,
      })),
    };
  },
);

/** Lets the worker look at the cluster now and returns what it found. */
export const probeCluster = query(
  { permission: 'clusters.probe', schema: z.object({ clusterId: idSchema }), project: 'instance' },
  async ({ db, input }): Promise<ClusterFindings> => {
    const rows = await db.select({ id: cluster.id }).from(cluster).where(eq(cluster.id, input.clusterId));
    if (rows.length === 0) throw unknownCluster();
    const { clusterId } = input;
    return findingsOf(await askWorker(db, { clusterId, kind: 'probe', payload: {} }));
  },
);

/** Lets a worker look at a cluster that is not registered; the token goes to it sealed and is kept nowhere. */
export const tryConnection = query(
  {
    permission: 'clusters.tryConnection',
    schema: z.object({
      connection: connectionSchema,
      namespaces: namespacesSchema,
    }),
    project: 'instance',
  },
  async ({ db, input, ctx }): Promise<ClusterFindings> => {
    const id = newId();
    const connection = sealedConnection(input.connection, id, ctx.workerPublicKey);
    const payload = { schema: 1, namespaces: input.namespaces, connection };
    return findingsOf(await askWorker(db, { clusterId: null, id, kind: 'trial', payload }));
  },
);

function unknownCluster(): DomainError {
  return new DomainError({ code: 'notFound', message: 'There is no such cluster.' });
}

function findingsOf(answer: unknown): ClusterFindings {
  const findings = clusterFindingsSchema.safeParse(answer);
  if (findings.success) return findings.data;
  throw new DomainError({
    code: 'workerSilent',
    message: 'The worker answered in a form that this version does not know.',
    fix: 'Run web and worker in the same version.',
  });
}
