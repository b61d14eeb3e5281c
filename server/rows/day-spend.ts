import { sql } from 'drizzle-orm';
import * as z from 'zod';
import type { Queries } from '../../db/client.ts';
import { ledgerDaySum } from '../../db/schema/ledger.ts';
import { ownedBuckets } from '../../domain/ledger/spend.ts';

const rowSchema = z.object({
  projectId: z.string().nullable(),
  serviceId: z.string().nullable(),
  day: z.string(),
  quantity: z.string().transform(BigInt),
});

/** GPU time of a UTC day, in milli-GPU-seconds: of a service, or of what of a project belongs to none. */
export type DayRow = z.output<typeof rowSchema>;

/** By day, project and service; a day on which nothing at all was metered has no row. Days as 2026-11-25. */
export async function daySpend(queries: Queries, days: readonly string[]): Promise<DayRow[]> {
  const { rows } = await queries.execute(sql`
    select project_id as "projectId", service_id as "serviceId",
           to_char(day_at at time zone 'UTC', 'YYYY-MM-DD') as day,
           coalesce(sum(quantity) filter (where line = 'gpu' and bucket = any(${sql.param([...ownedBuckets])}::text[])), 0)::text as quantity
    from ${ledgerDaySum}
    where day_at = any(select (text || 'T00:00:00Z')::timestamptz from unnest(${sql.param([...days])}::text[]) as text)
      and posted_month <= date_trunc('month', day_at, 'UTC')
    group by project_id, service_id, day_at`);
  return rows.map((row) => rowSchema.parse(row));
}
