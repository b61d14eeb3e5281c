import { eq } from 'drizzle-orm';
import type { Queries } from '../../db/client.ts';
import { environment, metricsCredential } from '../../db/schema/environments.ts';
import { metricsSourceSchema } from '../../domain/environment.ts';
import { egressAllowances } from '../rows/egress-allowances.ts';
import type { MetricsAccess } from './metrics-sources.ts';

/** The metrics source of an environment as it is stored now; null when there is no such environment. */
export async function accessOf(db: Queries, environmentId: string): Promise<MetricsAccess | null> {
  const [found] = await db
    .select({ source: environment.metricsSource, sealedSecret: metricsCredential.sealed })
    .from(environment)
    .leftJoin(metricsCredential, eq(metricsCredential.environmentId, environment.id))
    .where(eq(environment.id, environmentId));
  if (found === undefined) return null;
  const source = metricsSourceSchema.parse(found.source);
  return { environmentId, source, sealedSecret: found.sealedSecret, allowances: await egressAllowances(db) };
}
