import { and, eq, sql } from 'drizzle-orm';
import type { Database } from '../../db/client.ts';
import { environment, metricsCredential } from '../../db/schema/environments.ts';
import { metricsSourceSchema } from '../../domain/environment.ts';
import type { PodLife, WatchGap } from '../../domain/metering/pod-life.ts';
import { log } from '../log.ts';
import { readPodLives } from '../metrics/pod-lives.ts';
import { egressAllowances } from '../rows/egress-allowances.ts';
import { openSource } from './metrics-sources.ts';

/** Prometheus keeps two weeks unless it is told otherwise, and a longer gap is no gap but a beginning. */
const longestMs = 31 * 86_400_000;

type Options = {
  readonly db: Database;
  readonly clusterId: string;
  readonly workerPrivateKey: string | null;
};

/**
 * Pods that lived while nobody watched, by the Prometheus of each environment, and of that environment's namespace alone: what
 * people typed in says nothing about the namespaces of others. A source that does not answer leaves its part unobserved.
 */
export async function backFill(options: Options, gap: WatchGap): Promise<readonly PodLife[]> {
  const { db, clusterId, workerPrivateKey } = options;
  if (gap.to.getTime() - gap.from.getTime() > longestMs) return [];
  const places = await db
    .select({
      environmentId: environment.id,
      namespace: environment.namespace,
      source: environment.metricsSource,
      sealedSecret: metricsCredential.sealed,
    })
    .from(environment)
    .leftJoin(metricsCredential, eq(metricsCredential.environmentId, environment.id))
    .where(
      and(eq(environment.clusterId, clusterId), sql`${environment.metricsSource}->>'kind' = 'prometheus'`),
    );
  const allowances = await egressAllowances(db);
  const lives: PodLife[] = [];
  for (const { namespace, source: stored, ...access } of places) {
    const source = metricsSourceSchema.parse(stored);
    if (source.kind !== 'prometheus') continue;
    const opened = openSource(source, { ...access, allowances }, workerPrivateKey);
    const found = 'kind' in opened ? opened : await readPodLives(opened, namespace, gap);
    if ('kind' in found)
      log.warn(
        { cluster: clusterId, namespace, why: found.message },
        'A gap of metering could not be filled.',
      );
    else lives.push(...found);
  }
  return lives;
}
