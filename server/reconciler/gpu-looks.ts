import { and, asc, eq, inArray, isNull, sql } from 'drizzle-orm';
import type { Database } from '../../db/client.ts';
import {
  clusterRequest,
  cluster as clusterTable,
  environment,
  metricsCredential,
} from '../../db/schema/environments.ts';
import { metricsSourceSchema } from '../../domain/environment.ts';
import { type GpuLook, type GpuLookPayload, gpuLookPayloadSchema } from '../../domain/gpu-use/gpu-look.ts';
import { useWindowHours } from '../../domain/gpu-use/pod-use.ts';
import { log } from '../log.ts';
import { readGpuSamples } from '../metrics/gpu-samples.ts';
import { readSandboxGpus } from '../metrics/sandbox-gpus.ts';
import { egressAllowances } from '../rows/egress-allowances.ts';
import { clusterClock } from './cluster-clock.ts';
import { staleSeconds } from './cluster-requests.ts';
import { openSource } from './metrics-sources.ts';

type Found = GpuLook['environments'][number];

/** A hint may come again while a slow source is asked. */
const answering = new Set<string>();

/** Answers the open questions for the use of GPUs; any worker may, and no cluster's other requests wait for it. */
export async function answerGpuLooks(db: Database, workerPrivateKey: string | null): Promise<void> {
  const open = await db
    .select()
    .from(clusterRequest)
    .where(
      and(
        eq(clusterRequest.kind, 'gpuUse'),
        isNull(clusterRequest.answeredAt),
        sql`${clusterRequest.requestedAt} > clock_timestamp() - ${staleSeconds} * interval '1 second'`,
      ),
    )
    .orderBy(asc(clusterRequest.requestedAt))
    .limit(20);
  const due = open.filter(({ id }) => !answering.has(id));
  await Promise.all(
    due.map(async ({ id, payload }) => {
      answering.add(id);
      try {
        const answer = await look(db, gpuLookPayloadSchema.parse(payload), workerPrivateKey);
        await db
          .update(clusterRequest)
          .set({ answer, answeredAt: sql`clock_timestamp()` })
          .where(and(eq(clusterRequest.id, id), isNull(clusterRequest.answeredAt)));
      } finally {
        answering.delete(id);
      }
    }),
  );
}

async function look(
  db: Database,
  { environments }: GpuLookPayload,
  workerPrivateKey: string | null,
): Promise<GpuLook> {
  const sharedNodes = new Map(environments.map((asked) => [asked.environmentId, asked.sharedNodes]));
  const places = await placesOf(db, [...sharedNodes.keys()]);
  const allowances = await egressAllowances(db);
  const found = places.map(async (place): Promise<Found> => {
    const { environmentId } = place;
    const shared = sharedNodes.get(environmentId) ?? [];
    return await samplesOf(db, place, { workerPrivateKey, allowances, sharedNodes: shared }).catch(
      (error: unknown) => {
        log.warn({ error, environmentId }, 'The use of GPUs could not be asked.');
        return failed(environmentId, 'The worker could not ask the metrics source; its log says why.');
      },
    );
  });
  return { schema: 1, environments: await Promise.all(found) };
}

function placesOf(db: Database, environmentIds: readonly string[]) {
  return db
    .select({
      environmentId: environment.id,
      namespace: environment.namespace,
      source: environment.metricsSource,
      sealedSecret: metricsCredential.sealed,
      cluster: { id: clusterTable.id, kind: clusterTable.kind },
    })
    .from(environment)
    .innerJoin(clusterTable, eq(clusterTable.id, environment.clusterId))
    .leftJoin(metricsCredential, eq(metricsCredential.environmentId, environment.id))
    .where(inArray(environment.id, [...environmentIds]));
}
type Place = Awaited<ReturnType<typeof placesOf>>[number];

function failed(environmentId: string, problem: string): Found {
  return { environmentId, samples: [], problem };
}

type Access = {
  readonly workerPrivateKey: string | null;
  readonly allowances: readonly string[];
  readonly sharedNodes: readonly string[];
};

async function samplesOf(db: Database, place: Place, access: Access): Promise<Found> {
  const { environmentId, namespace, cluster, sealedSecret } = place;
  const { workerPrivateKey, allowances, sharedNodes } = access;
  const source = metricsSourceSchema.parse(place.source);
  const seconds = useWindowHours * 3_600;
  switch (source.kind) {
    case 'none':
      return failed(environmentId, 'The environment has no metrics source.');
    case 'sandbox': {
      const asked = { clusterId: cluster.id, environmentId, namespace, seconds };
      const found = await readSandboxGpus(db, { ...asked, at: await clusterClock(cluster)(db) });
      return 'kind' in found
        ? failed(environmentId, found.message)
        : { environmentId, samples: [...found], problem: null };
    }
    case 'prometheus': {
      const opened = openSource(source, { environmentId, sealedSecret, allowances }, workerPrivateKey);
      const found =
        'kind' in opened ? opened : await readGpuSamples(opened, { namespace, sharedNodes, seconds });
      return 'kind' in found
        ? failed(environmentId, found.message)
        : { environmentId, samples: [...found], problem: null };
    }
  }
}
