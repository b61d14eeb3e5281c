import { eq } from 'drizzle-orm';
import type { Database } from '../../../db/client.ts';
import { cluster, environment, metricsCredential } from '../../../db/schema/environments.ts';
import { service } from '../../../db/schema/services.ts';
import { fiveMinutesMs } from '../../../domain/drift/window.ts';
import { metricsSourceSchema } from '../../../domain/environment.ts';
import { databaseClock } from '../../clock.ts';
import { repeat } from '../../jobs/repeat.ts';
import { log } from '../../log.ts';
import type { Metrics } from '../../metrics/metrics.ts';
import { MetricsSources } from '../../reconciler/metrics-sources.ts';
import { egressAllowances } from '../../rows/egress-allowances.ts';
import { type IngestParts, ingestParts } from '../ingest-parts.ts';
import { HistogramProblem, readRound, settleMs } from './histogram-reader.ts';
import { type Source, takeDueSources, tellSource } from './source-rows.ts';

const lookEveryMs = 5_000;
const againMs = 30_000;

type Options = { readonly db: Database; readonly workerPrivateKey: string | null };
type Hands = { readonly parts: IngestParts; readonly metricsOf: (source: Source) => Promise<Metrics> };

/** Reads every source that is due, to the present; answers how many there were. */
export async function readDueSources({ parts, metricsOf }: Hands): Promise<number> {
  const sources = await takeDueSources(parts.db);
  for (const source of sources) {
    const told = await readSource({ parts, metricsOf }, source).catch((error: unknown) => {
      if (error instanceof HistogramProblem)
        return { state: 'blocked' as const, why: error.message, behind: false };
      log.warn({ error, source: source.id }, 'A histogram could not be counted; it is tried again.');
      const why = 'What was read could not be stored; it is tried again.';
      return { state: 'blocked' as const, why, behind: false };
    });
    const nowMs = (await databaseClock(parts.db)).getTime();
    const nextMs = Math.floor((nowMs - settleMs) / fiveMinutesMs + 1) * fiveMinutesMs + settleMs;
    const dueMs = told.behind ? nowMs : told.state === 'reading' ? nextMs : nowMs + againMs;
    await tellSource(parts.db, source, { ...told, dueAt: new Date(Math.min(dueMs, nextMs)) });
  }
  return sources.length;
}

async function readSource({ parts, metricsOf }: Hands, source: Source) {
  return await readRound(parts, source, await metricsOf(source));
}

/** Reads histograms until `close`. */
export function startHistograms({ db, workerPrivateKey }: Options): { close(): Promise<void> } {
  const parts = ingestParts(db);
  const opened = new Map<string, MetricsSources>();
  const metricsOf = async ({ serviceId }: Source): Promise<Metrics> => {
    const [found] = await db
      .select({
        environmentId: environment.id,
        source: environment.metricsSource,
        sealedSecret: metricsCredential.sealed,
        clusterId: cluster.id,
        kind: cluster.kind,
      })
      .from(service)
      .innerJoin(environment, eq(environment.id, service.environmentId))
      .innerJoin(cluster, eq(cluster.id, environment.clusterId))
      .leftJoin(metricsCredential, eq(metricsCredential.environmentId, environment.id))
      .where(eq(service.id, serviceId));
    if (found === undefined) throw new HistogramProblem('The service is gone.');
    const { environmentId, sealedSecret, clusterId: id, kind } = found;
    const sources = opened.get(id) ?? new MetricsSources(db, { id, kind }, workerPrivateKey);
    opened.set(id, sources);
    return sources.of({
      environmentId,
      sealedSecret,
      source: metricsSourceSchema.parse(found.source),
      allowances: await egressAllowances(db),
    });
  };
  const job = repeat({
    everyMs: lookEveryMs,
    run: () => readDueSources({ parts, metricsOf }),
    failed: 'Histograms could not be looked up; it is tried again.',
  });
  return {
    async close() {
      await job.close();
      await Promise.all([...opened.values()].map((sources) => sources.close()));
    },
  };
}
