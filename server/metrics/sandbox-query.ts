import { and, asc, eq, inArray, lte } from 'drizzle-orm';
import type { Queries } from '../../db/client.ts';
import { environment } from '../../db/schema/environments.ts';
import { sandboxCluster, sandboxFault, sandboxSplit } from '../../db/schema/sandbox.ts';
import { service } from '../../db/schema/services.ts';
import type { SandboxHistory } from '../../domain/sandbox/load.ts';
import { type SandboxPod, splitSchema } from '../../domain/sandbox/pod.ts';
import { behavioursFrom } from '../../domain/sandbox/stored-behaviour.ts';
import { type ClusterBehaviour, type Timeline } from '../../domain/sandbox.ts';
import type { ServingScope, Weights } from '../../domain/serving.ts';

type Entry<T> = { atMs: number; value: T };

/** What the metrics of a service follow from, as far as it is known at an instant. */
export type SandboxRecord = {
  readonly history: SandboxHistory;
  readonly cluster: Timeline<ClusterBehaviour>;
};

async function splitsOf(
  queries: Queries,
  { clusterId, serviceId }: Pick<ServingScope, 'clusterId' | 'serviceId'>,
  until: Date,
) {
  const rows = await queries
    .select({ fromAt: sandboxSplit.fromAt, split: sandboxSplit.split })
    .from(sandboxSplit)
    .where(
      and(
        eq(sandboxSplit.clusterId, clusterId),
        eq(sandboxSplit.serviceId, serviceId),
        lte(sandboxSplit.fromAt, until),
      ),
    )
    .orderBy(asc(sandboxSplit.fromAt));
  const weights: Entry<Weights>[] = [];
  const pods: Entry<readonly SandboxPod[]>[] = [];
  for (const row of rows) {
    const atMs = row.fromAt.getTime();
    const split = splitSchema.parse(row.split);
    if (split.weights !== undefined) weights.push({ atMs, value: split.weights });
    if (split.pods !== undefined) pods.push({ atMs, value: split.pods });
  }
  return { weights, pods };
}

/** Reads the history of one service; null for a sandbox that was never written to. */
export async function sandboxRecord(
  queries: Queries,
  scope: Pick<ServingScope, 'clusterId' | 'serviceId' | 'namespace'>,
  until: Date,
): Promise<SandboxRecord | null> {
  const { clusterId, serviceId, namespace } = scope;
  const [sandbox] = await queries
    .select({ seed: sandboxCluster.seed })
    .from(sandboxCluster)
    .where(eq(sandboxCluster.clusterId, clusterId));
  if (sandbox === undefined) return null;
  const splits = await splitsOf(queries, scope, until);
  const modelVersionIds = new Set(splits.pods.flatMap(({ value }) => value.map((pod) => pod.modelVersionId)));
  const subjects = [
    'cluster',
    `service:${serviceId}`,
    ...[...modelVersionIds].map((id) => `modelVersion:${id}`),
  ];
  const rows = await queries
    .select()
    .from(sandboxFault)
    .where(
      and(
        eq(sandboxFault.clusterId, clusterId),
        inArray(sandboxFault.subject, subjects),
        lte(sandboxFault.fromAt, until),
      ),
    );
  const { cluster, services, modelVersions } = behavioursFrom(rows);
  const service = services.get(serviceId) ?? [];
  return { history: { seed: sandbox.seed, namespace, ...splits, service, modelVersions }, cluster };
}

/** The id of a service of a namespace by its name; null when there is none. */
export async function serviceNamed(
  queries: Queries,
  { clusterId, namespace, name }: { clusterId: string; namespace: string; name: string },
): Promise<string | null> {
  const [found] = await queries
    .select({ id: service.id })
    .from(service)
    .innerJoin(environment, eq(environment.id, service.environmentId))
    .where(
      and(eq(environment.clusterId, clusterId), eq(environment.namespace, namespace), eq(service.name, name)),
    );
  return found?.id ?? null;
}
