import * as z from 'zod';
import type { Database } from '../../db/client.ts';
import { type Blocker, DomainError } from '../../domain/refusal.ts';
import type { Discovery, MeasuredRates } from '../../domain/workload.ts';
import type { Cluster } from '../cluster/cluster.ts';
import type { Metrics } from '../metrics/metrics.ts';
import { accessOf } from './metrics-access.ts';
import type { MetricsAccess } from './metrics-sources.ts';

const payloadSchema = z.object({
  schema: z.literal(1),
  namespace: z.string(),
  environmentId: z.string(),
});

export type Looking = {
  readonly db: Database;
  readonly cluster: Cluster;
  readonly metricsOf: (access: MetricsAccess) => Metrics;
};

const unmeasured = (sentence: string): MeasuredRates => ({ perSecond: {}, sentence });

/** Requests per second by workload, or the sentence that says why they are not known. */
async function ratesOf(
  { db, metricsOf }: Looking,
  { environmentId, namespace, names }: { environmentId: string; namespace: string; names: readonly string[] },
): Promise<MeasuredRates> {
  const access = await accessOf(db, environmentId);
  const metrics = access === null ? null : metricsOf(access);
  if (metrics?.rates === undefined) return unmeasured('Requests are not measured here.');
  const answer = await metrics.rates({ namespace, workloads: names });
  if (answer.kind === 'noEvidence') return unmeasured(answer.message);
  return { perSecond: Object.fromEntries(answer.perSecond), sentence: null };
}

/** What runs in an environment's namespace, with its requests; metrics that do not answer hold up nothing. Throws what the cluster throws. */
async function look(looking: Looking, raw: unknown): Promise<Discovery> {
  const { namespace, environmentId } = payloadSchema.parse(raw);
  const found = await looking.cluster.discover(namespace);
  const names = found.workloads.map(({ ref }) => ref.name);
  const rates = await ratesOf(looking, { environmentId, namespace, names }).catch((error: unknown) => {
    if (error instanceof DomainError) return unmeasured(error.refusal.message);
    throw error;
  });
  return { ...found, rates };
}

/** Answers one look; what keeps the cluster from being read is part of the answer. */
export async function discovered(
  looking: Looking,
  raw: unknown,
  blockerOf: (error: unknown) => Blocker,
): Promise<Discovery> {
  return await look(looking, raw).catch((error: unknown) => ({
    schema: 1 as const,
    namespace: payloadSchema.safeParse(raw).data?.namespace ?? '',
    workloads: [],
    routes: [],
    rates: unmeasured('Nothing could be read.'),
    problems: [blockerOf(error)],
  }));
}
