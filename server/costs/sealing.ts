import { sql } from 'drizzle-orm';
import * as z from 'zod';
import type { Queries } from '../../db/client.ts';
import { ledgerProgress } from '../../db/schema/ledger.ts';
import { nodeInterval, watchInterval } from '../../db/schema/metering.ts';

export type Sealing = {
  /** Before this every hour of every cluster is sealed; null while nothing was metered. */
  readonly sealedUntil: Date | null;
  /** Hours of all clusters that are sealed, of those that could be; null when next to none waits. */
  readonly underWay: { readonly sealedHours: number; readonly hours: number } | null;
};

const rowSchema = z.object({
  sealedUntil: z.iso.datetime().nullable(),
  sealedHours: z.coerce.number(),
  hours: z.coerce.number(),
});

/** An hour waits ten minutes by rule, so a few are always open. */
const openHours = 3;

/** How far the ledger is; a cluster that was metered long before anybody sealed has its history ahead. */
export async function sealing(queries: Queries): Promise<Sealing> {
  const { rows } = await queries.execute(sql`
    select to_char(min(sealed) at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') as "sealedUntil",
           coalesce(sum(extract(epoch from sealed - began)) / 3600, 0)::int as "sealedHours",
           coalesce(sum(extract(epoch from greatest(seen, sealed) - began)) / 3600, 0)::int as hours
    from (select first.began, coalesce(${ledgerProgress.sealedUntil}, first.began) as sealed,
                 date_trunc('hour', (select max(${watchInterval.seenUntil}) from ${watchInterval}
                                     where ${watchInterval.clusterId} = first.cluster_id), 'UTC') as seen
          from (select ${nodeInterval.clusterId} as cluster_id,
                       date_trunc('hour', min(${nodeInterval.fromAt}), 'UTC') as began
                from ${nodeInterval} group by ${nodeInterval.clusterId}) as first
          left join ${ledgerProgress} on ${ledgerProgress.clusterId} = first.cluster_id) as clusters`);
  const { sealedUntil, sealedHours, hours } = rowSchema.parse(rows[0]);
  return {
    sealedUntil: sealedUntil === null ? null : new Date(sealedUntil),
    underWay: hours - sealedHours > openHours ? { sealedHours, hours } : null,
  };
}
