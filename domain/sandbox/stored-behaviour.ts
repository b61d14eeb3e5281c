import * as z from 'zod';
import {
  type ClusterBehaviour,
  clusterBehaviourSchema,
  type ModelVersionBehaviour,
  modelVersionBehaviourSchema,
  type ServiceBehaviour,
  serviceBehaviourSchema,
  type Timeline,
} from '../sandbox.ts';

/** A stored row: from an instant on, a subject behaves like this as a whole. */
export type StoredBehaviour = {
  readonly subject: string;
  readonly fromAt: Date;
  readonly behaviour: unknown;
};

const envelope = z.looseObject({ schema: z.literal(1) }).transform((row): unknown => row);
const storedService = envelope.pipe(serviceBehaviourSchema.strip());
const storedModelVersion = envelope.pipe(modelVersionBehaviourSchema.strip());
const storedCluster = envelope.pipe(clusterBehaviourSchema.strip());

/** What every subject was told so far, and what holds for those that were told nothing. */
export type SandboxBehaviours = {
  readonly cluster: Timeline<ClusterBehaviour>;
  readonly services: ReadonlyMap<string, Timeline<ServiceBehaviour>>;
  readonly modelVersions: ReadonlyMap<string, Timeline<ModelVersionBehaviour>>;
};

/** Sorts stored rows into timelines; throws a ZodError for a row that is none of ours. */
export function behavioursFrom(rows: readonly StoredBehaviour[]): SandboxBehaviours {
  const cluster: { atMs: number; value: ClusterBehaviour }[] = [];
  const services = new Map<string, { atMs: number; value: ServiceBehaviour }[]>();
  const modelVersions = new Map<string, { atMs: number; value: ModelVersionBehaviour }[]>();
  const ordered = rows.toSorted((left, right) => left.fromAt.getTime() - right.fromAt.getTime());
  for (const { subject, fromAt, behaviour } of ordered) {
    const atMs = fromAt.getTime();
    const [kind, id = ''] = subject.split(':');
    if (kind === 'service') append(services, id, { atMs, value: storedService.parse(behaviour) });
    else if (kind === 'modelVersion')
      append(modelVersions, id, { atMs, value: storedModelVersion.parse(behaviour) });
    else cluster.push({ atMs, value: storedCluster.parse(behaviour) });
  }
  return { cluster, services, modelVersions };
}

function append<T>(map: Map<string, T[]>, id: string, entry: T): void {
  const entries = map.get(id);
  if (entries === undefined) map.set(id, [entry]);
  else entries.push(entry);
}
