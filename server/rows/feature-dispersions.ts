import { eq } from 'drizzle-orm';
import type { Queries } from '../../db/client.ts';
import { driftMonitor } from '../../db/schema/drift.ts';
import { dispersionsSchema, type StoredDispersions } from '../../domain/drift/monitor-schema.ts';

/** How rows of a service's features hang together, as its monitor last estimated it; empty before that. */
export async function featureDispersions(
  queries: Queries,
  serviceId: string,
): Promise<StoredDispersions['features']> {
  const [monitor] = await queries
    .select({ dispersions: driftMonitor.dispersions })
    .from(driftMonitor)
    .where(eq(driftMonitor.serviceId, serviceId));
  return dispersionsSchema.safeParse(monitor?.dispersions).data?.features ?? {};
}
