import { and, asc, eq, isNull, ne, sql } from 'drizzle-orm';
import * as z from 'zod';
import type { Database } from '../../db/client.ts';
import { clusterRequest, metricsCredential } from '../../db/schema/environments.ts';
import { type MetricsSecret, metricsSourceSchema } from '../../domain/environment.ts';
import type { MetricsProbe } from '../../domain/metrics-probe.ts';
import { databaseClock } from '../clock.ts';
import { log } from '../log.ts';
import { openMetricsSecret, prometheusOptions } from '../metrics/metrics-secret.ts';
import { probeSource } from '../metrics/probe-source.ts';
import { egressAllowances } from '../rows/egress-allowances.ts';
import { staleSeconds } from './cluster-requests.ts';

const payloadSchema = z.object({
  schema: z.literal(1),
  source: metricsSourceSchema,
  /** Sealed for this request and the source's address; null when none was typed in. */
  sealed: z.string().nullable(),
  /** Environment whose stored secret is used instead. */
  storedOf: z.string().nullable(),
  scope: z.object({ namespace: z.string(), serviceName: z.string() }),
});
type Payload = z.output<typeof payloadSchema>;

/** Answers the open trials of metrics sources; several workers may answer, and the first answer stays. */
export async function answerMetricsProbes(db: Database, workerPrivateKey: string | null): Promise<void> {
  const probe = and(eq(clusterRequest.kind, 'metricsProbe'), isNull(clusterRequest.answeredAt));
  const age = sql`clock_timestamp() - ${clusterRequest.requestedAt}`;
  const open = await db
    .select()
    .from(clusterRequest)
    .where(and(probe, sql`${age} < ${staleSeconds} * interval '1 second'`))
    .orderBy(asc(clusterRequest.requestedAt))
    .limit(20);
  const answers = open.map(async ({ id, payload }) => {
    const answer = await probed(db, payload, { id, workerPrivateKey }).catch((error: unknown) => {
      log.warn({ error }, 'A metrics source could not be tried out.');
      return failed('The worker could not try the source out; its log says why.');
    });
    await db
      .update(clusterRequest)
      .set({ answer, payload: {}, answeredAt: sql`clock_timestamp()` })
      .where(and(eq(clusterRequest.id, id), isNull(clusterRequest.answeredAt)));
  });
  await Promise.all(answers);
  await db
    .update(clusterRequest)
    .set({ payload: {} })
    .where(and(probe, sql`${age} >= ${staleSeconds} * interval '1 second'`, ne(clusterRequest.payload, {})));
}

function failed(problem: string): MetricsProbe {
  return { schema: 1, reachable: false, problem, refusedByEgress: false, rows: [], revisions: null };
}

type Answering = { readonly id: string; readonly workerPrivateKey: string | null };

async function probed(db: Database, raw: unknown, answering: Answering): Promise<MetricsProbe> {
  const payload = payloadSchema.parse(raw);
  const { source, scope } = payload;
  if (source.kind !== 'prometheus') return failed('Only a Prometheus can be tried out.');
  const secret = source.auth === 'none' ? null : await secretOf(db, payload, answering);
  if (source.auth !== 'none' && secret?.kind !== source.auth)
    return failed(
      'No secret is stored for this address that this worker can open: type the secret in, and try again.',
    );
  const allowances = await egressAllowances(db);
  const options = prometheusOptions(source, { secret, allowances });
  return await probeSource(options, { scope, now: await databaseClock(db) });
}

async function secretOf(
  db: Database,
  { source, sealed, storedOf }: Payload,
  { id, workerPrivateKey }: Answering,
): Promise<MetricsSecret | null> {
  if (source.kind !== 'prometheus') return null;
  const { url } = source;
  if (sealed !== null) return openMetricsSecret(workerPrivateKey, sealed, { ownerId: id, url });
  if (storedOf === null) return null;
  const rows = await db
    .select({ sealed: metricsCredential.sealed })
    .from(metricsCredential)
    .where(eq(metricsCredential.environmentId, storedOf));
  const stored = rows[0];
  return stored === undefined
    ? null
    : openMetricsSecret(workerPrivateKey, stored.sealed, { ownerId: storedOf, url });
}
