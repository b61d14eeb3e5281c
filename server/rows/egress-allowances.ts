import { asc, sql } from 'drizzle-orm';
import type { Queries } from '../../db/client.ts';
import { egressAllowance } from '../../db/schema/egress.ts';
import type { UrlRules } from '../egress/url-rules.ts';

/** Every allowed host and range, for a column of another query: one round trip less in each pass. */
export const allowancesColumn = sql<
  string[]
>`(select coalesce(array_agg(${egressAllowance.target} order by ${egressAllowance.target}), '{}') from ${egressAllowance})`;

/** Hosts and ranges that an instance admin allowed; read anew before each use, so that a revoked one is refused. */
export async function egressAllowances(queries: Queries): Promise<string[]> {
  const rows = await queries
    .select({ target: egressAllowance.target })
    .from(egressAllowance)
    .orderBy(asc(egressAllowance.target));
  return rows.map(({ target }) => target);
}

/** Rules for a URL or host that a user gave (metrics sources, webhooks, SMTP): public, or on the instance's list. */
export async function userEgressRules(
  queries: Queries,
  schemes: UrlRules['schemes'] = ['https', 'http'],
): Promise<UrlRules> {
  return { egressClass: 'user', schemes, allowances: await egressAllowances(queries) };
}
