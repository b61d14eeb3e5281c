import { and, eq } from 'drizzle-orm';
import type { Queries } from '../../db/client.ts';
import { service } from '../../db/schema/services.ts';
import type { GpuSample } from '../../domain/gpu-use/gpu-look.ts';
import { productMemoryMib } from '../../domain/gpu-use/product-memory.ts';
import { sandboxGpuSamples } from '../../domain/sandbox/gpu-use.ts';
import { defaultClusterBehaviour, sandboxGpuProducts, valueAt } from '../../domain/sandbox.ts';
import type { NoEvidence } from './metrics.ts';
import { type SandboxRecord, sandboxRecord } from './sandbox-query.ts';

type Asked = {
  readonly clusterId: string;
  readonly environmentId: string;
  readonly namespace: string;
  readonly at: Date;
  readonly seconds: number;
};

/** Memory of the GPUs of a node, which are of one product after the other by the node's number. */
function memoryOf({ cluster }: SandboxRecord, at: Date): (node: string) => number | null {
  const { gpuProducts = sandboxGpuProducts } = valueAt(cluster, at.getTime(), defaultClusterBehaviour);
  return (node) => {
    const number = Number(/^sandbox-gpu-(\d+)$/.exec(node)?.[1] ?? Number.NaN);
    const product = gpuProducts[(number - 1) % gpuProducts.length];
    return product === undefined ? null : productMemoryMib(product);
  };
}

/** The GPUs of an environment's services in the sandbox, as its metrics would tell of them; nothing is kept. */
export async function readSandboxGpus(
  queries: Queries,
  { clusterId, environmentId, namespace, at, seconds }: Asked,
): Promise<readonly GpuSample[] | NoEvidence> {
  const services = await queries
    .select({ id: service.id })
    .from(service)
    .where(and(eq(service.environmentId, environmentId), eq(service.mode, 'managed')));
  const samples: GpuSample[] = [];
  for (const { id: serviceId } of services) {
    const record = await sandboxRecord(queries, { clusterId, serviceId, namespace }, at);
    if (record === null) continue;
    const atMs = at.getTime();
    if (valueAt(record.cluster, atMs, defaultClusterBehaviour).fault === 'metricsUnreachable')
      return {
        kind: 'noEvidence',
        reason: 'unreachable',
        message: 'The sandbox metrics do not answer: they were told to be unreachable.',
      };
    const window = { fromMs: atMs - seconds * 1_000, atMs, memoryMibOf: memoryOf(record, at) };
    samples.push(...sandboxGpuSamples(record.history, window));
  }
  return samples;
}
