import { sql } from 'drizzle-orm';
import type { Queries } from '../../db/client.ts';
import { prepared, type ValueOf } from '../../db/prepared.ts';
import { principal } from '../../db/schema/identity.ts';

/** Who did something, as pages show it. */
export type PrincipalRef = typeof principal.$inferSelect;

const principalRows = prepared((queries, value: ValueOf<{ wanted: readonly string[] }>) =>
  queries
    .select()
    .from(principal)
    .where(sql`${principal.id} = any(${value('wanted')})`),
);

/** Looks up principals by id in one round trip; the returned function throws for an id that was not asked for. */
export async function principalRefs(
  queries: Queries,
  ids: Iterable<string | null>,
): Promise<(id: string) => PrincipalRef> {
  const wanted = [...new Set(ids)].filter((id) => id !== null);
  const rows = wanted.length === 0 ? [] : await principalRows(queries, { wanted });
  const byId = new Map(rows.map((row) => [row.id, row]));
  return (id) => {
    const found = byId.get(id);
    if (found === undefined) throw new Error(`Principal ${id} was not loaded.`);
    return found;
  };
}

/** The person behind a principal, as separation of duties counts; null for Fairlead itself. */
export function ownerOf(ref: Pick<PrincipalRef, 'id' | 'kind' | 'ownerUserId'>): string | null {
  switch (ref.kind) {
    case 'user':
      return ref.id;
    case 'token':
      return ref.ownerUserId;
    case 'system':
      return null;
  }
}
