import { asc, eq } from 'drizzle-orm';
import type { Queries } from '../../db/client.ts';
import { service } from '../../db/schema/services.ts';
import { adoptionSchema, type WorkloadRef } from '../../domain/adoption.ts';

export type KnownService = {
  readonly id: string;
  readonly name: string;
  readonly mode: 'managed' | 'watched';
  /** What it looks at; null when Fairlead made it. */
  readonly workload: WorkloadRef | null;
};

/** Services of an environment with what they look at, by name. */
export async function knownServices(queries: Queries, environmentId: string): Promise<KnownService[]> {
  const rows = await queries
    .select({ id: service.id, name: service.name, mode: service.mode, adoption: service.adoption })
    .from(service)
    .where(eq(service.environmentId, environmentId))
    .orderBy(asc(service.name));
  return rows.map(({ adoption, ...row }) => ({
    ...row,
    workload: adoption === null ? null : adoptionSchema.parse(adoption).workload,
  }));
}

/** The service that looks at a workload, found by kind and name; null when none does. */
export function watcherOf(
  known: readonly KnownService[],
  { kind, name }: Pick<WorkloadRef, 'kind' | 'name'>,
): KnownService | null {
  return known.find(({ workload }) => workload?.kind === kind && workload.name === name) ?? null;
}
